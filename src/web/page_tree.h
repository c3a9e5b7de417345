/* The offices below: figures side by side, the records behind them, the reports received. For people of an office above
 * the township level whose role may see the tree; for everybody else these pages are not there. */
#ifndef FAZHI_WEB_PAGE_TREE_H
#define FAZHI_WEB_PAGE_TREE_H

#include "web/app.h"

void page_tree(struct request *rq, struct reply *rp);
void page_tree_export(struct request *rq, struct reply *rp);
void page_tree_records(struct request *rq, struct reply *rp);
void page_tree_reports(struct request *rq, struct reply *rp);
void page_tree_text(struct request *rq, struct reply *rp);

/* May who asks see offices below the own one? */
bool tree_is_there(const struct request *rq);

/* ---- shared by these pages ---- */

/* False after 404 was answered to whom the tree is not there for. */
bool tree_begin(struct request *rq, struct reply *rp);
/* The place of ?place=, the own office without; false after 404: there is none, or it does not lie below. */
bool tree_place(struct request *rq, struct reply *rp, struct str code, struct office_row *place);
/* The office with that code among those below, opened; NULL after 404. */
struct app *tree_office(struct request *rq, struct reply *rp, struct str code);
/* From the own office down to the place; `last` behind it, when there is more. `query`: kept in the addresses. */
void tree_crumbs(struct request *rq, struct page *p, const struct office_row *place, struct str query, struct str last);

#endif
