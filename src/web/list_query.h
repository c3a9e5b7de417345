/* The list that an address asks for: stage, codes, dates, references, organisation, formula, search, sort, page. */
#ifndef FAZHI_WEB_LIST_QUERY_H
#define FAZHI_WEB_LIST_QUERY_H

#include "web/app.h"

struct list_request {
    const struct reg *reg;
    struct list_query query;
    struct formula_run run;
    struct str where;        /* the formula the person typed */
    struct str where_error;
    int64_t org;             /* the organisation chosen by ?org=CODE; 0: none */
};

/* Reads the address into a store query with the person's sight, narrowed to the chosen organisation and those below. A
 * faulty typed formula, or one that asks about records the person may not see, gives where_error and a list without
 * it. */
bool list_request_read(struct request *rq, struct conn *c, const struct reg *reg, int64_t rows,
                       struct list_request *list, struct error *err);

#endif
