/* The list that an address asks for: stage, codes, dates, organisation, formula, search, sort, page. */
#ifndef FAZHI_WEB_LIST_QUERY_H
#define FAZHI_WEB_LIST_QUERY_H

#include "web/app.h"

struct list_request {
    const struct reg *reg;
    struct list_query query;
    struct formula_run run;
    struct str where;        /* the formula the person typed */
    struct str where_error;
};

/* Reads the address into a store query with the person's sight. A faulty typed formula gives where_error and a list
 * without it. */
bool list_request_read(struct request *rq, const struct reg *reg, int64_t rows, struct list_request *list,
                       struct error *err);

#endif
