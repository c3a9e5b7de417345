/* The ZIP and XML below a workbook, hardened: everything that is unpacked is counted, XML may bring no DTD, opens no
 * file and no network. Used by xlsx_in.c. */
#ifndef FAZHI_BASE_XLSX_PACKAGE_H
#define FAZHI_BASE_XLSX_PACKAGE_H

#include <libxml/xmlreader.h>
#include <zip.h>

#include "base/error.h"

#define XLSX_MAX_FILE ((size_t)64 << 20)   /* the file as it comes */
#define XLSX_MAX_PART ((size_t)256 << 20)  /* one part, unpacked */
#define XLSX_MAX_TOTAL ((size_t)384 << 20) /* all parts that are read */
#define XLSX_MAX_RATIO ((size_t)200)       /* unpacked to packed; real sheets stay below 50 */
#define XLSX_RATIO_FREE ((size_t)4 << 20)  /* small workbooks may pack better than that */
#define XLSX_MAX_ENTRIES 10000

struct xlsx_package {
    struct arena *arena;
    zip_t *zip;
    size_t left; /* bytes that may still be unpacked */
};

bool xlsx_package_open(struct xlsx_package *p, struct arena *a, struct str bytes, struct error *err);
void xlsx_package_close(struct xlsx_package *p);

/* One XML part, read node by node. */
struct xlsx_part {
    struct xlsx_package *package;
    struct str name;
    zip_file_t *file;
    size_t left;
    bool too_large;
    bool broken;
    xmlTextReaderPtr xml;
};

/* False without touching `err` when there is no such part. */
bool xlsx_part_exists(const struct xlsx_package *p, struct str name);
/* The structure must stay where it is until xlsx_part_close. */
bool xlsx_part_open(struct xlsx_part *part, struct xlsx_package *p, struct str name, struct error *err);
void xlsx_part_close(struct xlsx_part *part);

enum xlsx_step { XLSX_NODE, XLSX_END, XLSX_FAULT };
enum xlsx_step xlsx_part_next(struct xlsx_part *part, struct error *err);

/* Of the present node, without prefix. */
bool xlsx_is(const struct xlsx_part *part, const char *name);
bool xlsx_starts(const struct xlsx_part *part); /* a start tag */
bool xlsx_ends(const struct xlsx_part *part);   /* an end tag, or a start tag that is empty */
/* The text of a text node; false for other nodes. Valid until the next step. */
bool xlsx_text(const struct xlsx_part *part, struct str *text);
/* Walks over the attributes of the present node; name and value are valid until the next call. Go on until it gives
 * false, which returns to the node. */
bool xlsx_next_attribute(const struct xlsx_part *part, const char **name, struct str *value);
/* Attribute by local name, copied into the arena; false when it is missing. */
bool xlsx_attribute(const struct xlsx_part *part, const char *name, struct str *value);

#endif
