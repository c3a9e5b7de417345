/* What the pages about the offices below share: who may be there, places, the way down. */
#include "web/page_tree.h"

bool tree_is_there(const struct request *rq)
{
    enum office_level level = office_level_of(app_of(rq)->office->info.code);
    return level != LEVEL_NONE && level < LEVEL_TOWNSHIP && user_may(&visit_of(rq)->user, MAY_SEE_TREE);
}

bool tree_begin(struct request *rq, struct reply *rp)
{
    if (tree_is_there(rq)) return true;
    http_fault(rq, rp, 404, STR("没有这个网页"));
    return false;
}

/* Every code below the own one begins with it. */
static bool is_below(const struct request *rq, struct str code)
{
    return office_level_of(code) != LEVEL_NONE && str_starts(code, app_of(rq)->office->info.code);
}

static bool load_place(struct request *rq, struct str code, struct office_row *place, bool *found, struct error *err)
{
    struct office_row *list;
    size_t count;
    struct conn *c = store_read(app_of(rq)->office->store, err);
    if (!c) return false;
    bool ok = offices_list(c, rq->arena, code, 1, &list, &count, err);
    store_done(c);
    *found = ok && count && str_eq(list[0].code, code);
    if (*found) *place = list[0];
    return ok;
}

bool tree_place(struct request *rq, struct reply *rp, struct str code, struct office_row *place)
{
    bool found = false;
    *place = app_of(rq)->office->info;
    if (code.len == 0) return true;
    if (is_below(rq, code) && !load_place(rq, code, place, &found, &rp->err)) {
        http_fault_error(rq, rp, &rp->err);
        return false;
    }
    if (!found) http_fault(rq, rp, 404, STR("下级单位里没有这个单位"));
    return found;
}

struct app *tree_office(struct request *rq, struct reply *rp, struct str code)
{
    struct office_row place;
    if (!tree_place(rq, rp, code, &place)) return NULL;
    struct app *app = app_take(rq, place.key, &rp->err);
    if (!app) http_fault_error(rq, rp, &rp->err);
    return app;
}

static struct str place_href(struct request *rq, struct str code, struct str query)
{
    return str_printf(rq->arena, "/tree?place=%.*s%s%.*s", STR_ARG(code), query.len ? "&" : "", STR_ARG(query));
}

void tree_crumbs(struct request *rq, struct page *p, const struct office_row *place, struct str query, struct str last)
{
    static const size_t digits[] = {2, 4, 6, 9};
    struct str own = app_of(rq)->office->info.code;
    struct crumb crumbs[6];
    size_t n = 0;
    for (size_t i = 0; i < 4; i++) {
        struct office_row up = *place;
        struct error ignored;
        bool found = true, is_place = place->code.len == digits[i];
        if (digits[i] < own.len || digits[i] > place->code.len) continue;
        if (!is_place && (!load_place(rq, str_slice(place->code, 0, digits[i]), &up, &found, &ignored) || !found))
            continue;
        crumbs[n++] = (struct crumb){up.name, is_place && !last.len ? STR("") : place_href(rq, up.code, query)};
    }
    if (last.len) crumbs[n++] = (struct crumb){last, STR("")};
    if (n > 1) app_crumbs(rq, p, crumbs, n);
}
