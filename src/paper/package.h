/* A ZIP package built in memory, for DOCX. The same entries give the same bytes: every entry bears 1980-01-01. */
#ifndef FAZHI_PAPER_PACKAGE_H
#define FAZHI_PAPER_PACKAGE_H

#include "base/error.h"

struct package_entry {
    const char *name;
    struct str content;
};

bool package_zip(const struct package_entry *entries, size_t count, struct arena *a, struct str *zip,
                 struct error *err);

#endif
