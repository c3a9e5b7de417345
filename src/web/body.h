/* The body of a request as it comes in: a small one stays in memory, a large one goes to a file without a name, which
 * is gone when the request is, whatever happens. Either way it is then read as one text. */
#ifndef FAZHI_WEB_BODY_H
#define FAZHI_WEB_BODY_H

#include <stdatomic.h>

#include "base/error.h"

/* What all requests of a server share. */
struct bodies {
    const char *folder;  /* for the files; NULL: all bodies stay in memory */
    atomic_size_t bytes; /* in memory now */
};

/* Begins as {0}. */
struct body {
    char *s; /* malloc'd; in a file: mapped, once it is whole */
    size_t len, cap;
    int fd;
    bool in_file, mapped;
};

/* Adds what came; `most` bytes is the largest that it may become. On a fault, ERR_BUSY (no memory, a full disk) or
 * ERR_IO, what was kept is to be dropped. */
bool body_add(struct body *b, struct bodies *all, size_t most, struct str part, struct error *err);
/* All of it, until body_drop. */
bool body_whole(struct body *b, struct str *whole, struct error *err);
void body_drop(struct body *b, struct bodies *all);

#endif
