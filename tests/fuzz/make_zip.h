/* Makes ZIP archives and small workbooks in memory, good and bad ones, for fuzz targets and unit tests. */
#ifndef FAZHI_TESTS_MAKE_ZIP_H
#define FAZHI_TESTS_MAKE_ZIP_H

#include "base/str.h"

struct zip_item {
    const char *name;
    struct str content;
};

/* A ZIP archive of the items, deflated or stored. Aborts when libzip fails: that is no finding. */
struct str make_zip(struct arena *a, const struct zip_item *items, size_t count, bool deflated);

/* A workbook with one sheet whose part is `sheet_xml`. Shared strings: 姓名, 日期, 金额, 甲. Cell styles: 0 plain,
 * 1 date (built-in 14), 2 date and time (22), 3 h:mm (20), 4 [h]:mm:ss (46), 5 yyyy"年"m"月"d"日" (custom). */
struct str make_workbook(struct arena *a, struct str sheet_xml);
/* The same with another part replaced, named as in the package: "xl/workbook.xml". */
struct str make_workbook_with(struct arena *a, const char *part, struct str part_xml, struct str sheet_xml);

#endif
