/* Charts as SVG made on the server: they need no script, and the table beside them says the same in words. */
#ifndef FAZHI_WEB_CHART_H
#define FAZHI_WEB_CHART_H

#include "web/html.h"

struct chart_column {
    struct str label; /* below: 1月 */
    struct str shown; /* above: 98, 97.5%; — when there is nothing to show */
    double height;    /* 0–1 of the chart's; negative: no column at all */
};

/* Upright columns beside one another on a common base line. `title` is what screen readers say. */
struct html chart_columns(struct arena *a, struct str title, const struct chart_column *columns, size_t count);

#endif
