/* Pages of long lists in addresses: ?page=after-PLACE, before-PLACE or last, where PLACE is the place of a row.
 *
 * A page number would have to be counted up to; a place is found at once, and stays where it is while records come. */
#ifndef FAZHI_WEB_PLACE_H
#define FAZHI_WEB_PLACE_H

#include "web/app.h"

/* Which page the parameter asks for. ERR_INPUT when it can't be read. */
bool place_read(struct request *rq, const char *name, enum list_from *from, struct list_place *place,
                struct error *err);
/* The value that asks for the page behind (after) or before a place. */
struct str place_value(struct arena *a, enum list_from from, const struct list_place *place);

/* The rows shown: how many, of how many (`more`: or more than these), between which places. */
struct shown_page {
    int64_t rows, total; /* total -1: unknown */
    bool more;
    bool before, after;
    struct list_place first, last;
};
/* `anchor` (may be empty): the part of the page that the links lead to. */
struct pager_view place_pager(struct request *rq, const char *name, const struct shown_page *page, struct str anchor);

/* record_list, with a whole first page where the page before another would be a shorter one; and its pager. */
bool place_list(struct request *rq, struct conn *c, struct list_query *q, struct record_list *list, struct error *err);
bool place_list_pager(struct request *rq, const char *name, const struct list_query *q, const struct record_list *list,
                      struct str anchor, struct pager_view *pager, struct error *err);

#endif
