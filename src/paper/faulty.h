/* Faulty rows of an import as a workbook: the sheet as it came, only the rows with faults, and a column that says why. */
#ifndef FAZHI_PAPER_FAULTY_H
#define FAZHI_PAPER_FAULTY_H

#include "office/import.h"

bool faulty_xlsx(struct arena *a, const struct sheet_in *sheet, const struct import_report *report, struct str *xlsx,
                 struct error *err);
/* The upload was a workbook, so its faulty rows go back as one. */
bool faulty_wants_xlsx(struct str bytes);

#endif
