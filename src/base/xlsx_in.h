/* Reads a sheet of an XLSX workbook (ECMA-376, transitional and strict).
 *
 * Cells become text as a person sees them, in the forms that the rest of the program reads: numbers without exponent
 * or thousands separator (95% is 0.95), dates as 2024-03-01 or 2024-03-01T09:30:00, times as 09:30:00, TRUE as 是 and
 * FALSE as 否, rich text without its formatting, formulas by their stored result. What would lose data silently is a
 * fault with its cell: an error value (#N/A), a formula never computed, a number with more than 15 digits, a cell
 * merged over several rows below the header.
 *
 * The file is hostile until proven otherwise: see the limits in base/xlsx_package.h and base/sheet_in.h.
 * With several threads call xmlInitParser() once before they start. */
#ifndef FAZHI_BASE_XLSX_IN_H
#define FAZHI_BASE_XLSX_IN_H

#include "base/sheet_in.h"

/* The sheet named `name`, or for the empty name the first that is visible. */
bool xlsx_read(struct arena *a, struct str bytes, struct str name, struct sheet_in *sheet, struct error *err);

#endif
