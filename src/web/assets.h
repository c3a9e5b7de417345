/* Assets: stylesheet, script and icons, built into the program by tools/embed.c. */
#ifndef FAZHI_WEB_ASSETS_H
#define FAZHI_WEB_ASSETS_H

#include "base/str.h"

struct asset {
    const char *name;    /* style.css */
    const char *type;    /* content type */
    const char *address; /* /assets/style.css?v=… ; changes with the content */
    const char *version; /* hash of the content */
    const unsigned char *data;
    size_t size;
};

extern const struct asset assets[];
extern const size_t asset_count;

/* NULL when there is none of this name. */
const struct asset *asset_find(struct str name);
/* The address for a page; the name must exist. */
struct str asset_address(const char *name);

#endif
