/* A sheet in a file of any size. CSV in UTF-8 is checked once and then read row by row; all else (workbooks, other
 * encodings, standard input) is read as a whole, with the limits of sheet_in.h. */
#ifndef FAZHI_BASE_SHEET_FILE_H
#define FAZHI_BASE_SHEET_FILE_H

#include "base/sheet_in.h"

struct sheet_file {
    struct sheet_in sheet;
    struct str digest; /* hex SM3 of the file */
    struct str mapped;
};

/* The sheet in what file_map gave, which must live as long as it; `file_name` serves messages. */
bool sheet_mapped_read(struct arena *a, struct str mapped, struct str file_name, struct sheet_in *sheet, struct str *digest,
                       struct error *err);

/* Ended by sheet_file_close, also after a fault. */
bool sheet_file_open(struct arena *a, const char *path, struct sheet_file *f, struct error *err);
void sheet_file_close(struct sheet_file *f);

#endif
