/* Files of a ZIP archive from outside, hardened: what the archive says about sizes is not believed. */
#ifndef FAZHI_BASE_ZIP_IN_H
#define FAZHI_BASE_ZIP_IN_H

#include <zip.h>

#include "base/error.h"

/* The archive in these bytes, which must stay where they are; NULL when it is none. */
zip_t *zip_of_bytes(struct str bytes);

struct zip_in_file {
    struct str path; /* with /, as the archive has it */
    struct str bytes;
};
struct zip_in_limits {
    size_t files, file_bytes, all_bytes;
};
/* All files in the order of the archive, copied into the arena. Folders, what a Mac leaves beside them (__MACOSX/) and names
 * that begin with a dot are left out. ERR_INPUT when it is no archive or damaged, ERR_LIMIT beyond the limits. */
bool zip_in_read(struct arena *a, struct str bytes, const struct zip_in_limits *limits, struct zip_in_file **files,
                 size_t *count, struct error *err);

#endif
