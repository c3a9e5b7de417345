#include "web/page_find.h"

#include "base/utf8.h"
#include "web/page_record.h"
#include "web/templates.h"
#include "web/views.h"
#include "web/work_view.h"

enum { SEARCH_ROWS = 6, LOOKUP_ROWS = 12 };

static bool find(struct request *rq, struct conn *c, const struct reg *reg, struct str text, int64_t rows,
                 struct record_list *list, struct error *err)
{
    struct formula_run run = office_run(app_of(rq)->office);
    struct list_query q = {.office = app_of(rq)->office->key,
                           .reg = reg,
                           .sight = user_sight(&visit_of(rq)->user, reg),
                           .search = text,
                           .run = &run,
                           .limit = rows};
    return record_list(c, rq->arena, &q, list, err);
}

static bool search(struct request *rq, struct conn *c, struct search_view *v, struct error *err)
{
    const struct model *m = app_of(rq)->office->model;
    struct shower s;
    if (!shower_open(&s, app_of(rq)->office, c, rq->arena, err)) return false;
    struct search_group *groups = arena_new_array(rq->arena, struct search_group, m->reg_count + 1);
    for (size_t i = 0; i < m->reg_count; i++) {
        struct record_list list;
        const struct reg *reg = &m->regs[i];
        if (!user_sees_register(&visit_of(rq)->user, reg)) continue;
        if (!find(rq, c, reg, v->q, SEARCH_ROWS, &list, err)) return false;
        if (list.count == 0) continue;
        struct link_view *rows = arena_new_array(rq->arena, struct link_view, list.count);
        for (size_t k = 0; k < list.count; k++)
            rows[k] =
                (struct link_view){utf8_shorten(rq->arena, show_title(&s, &list.rows[k]), 48),
                                   views_record_href(rq->arena, reg, list.rows[k].head.id), list.rows[k].head.number};
        groups[v->group_count++] = (struct search_group){
            reg->label,
            str_printf(rq->arena, "/r/%.*s?q=%.*s", STR_ARG(reg->name), STR_ARG(app_encode(rq->arena, v->q))),
            list.total, list.more, rows, list.count};
    }
    v->groups = groups;
    return true;
}

void page_search(struct request *rq, struct reply *rp)
{
    struct search_view v = {.q = str_trim(request_query(rq, "q"))};
    if (v.q.len) {
        struct conn *c = app_read(rq, rp);
        if (!c) return;
        bool ok = search(rq, c, &v, &rp->err);
        if (!app_read_end(rq, rp, c, ok)) return;
    }
    struct page p = app_page(rq, STR("搜索"));
    tmpl_page_search(rp->body, &p, &v);
}

void page_lookup(struct request *rq, struct reply *rp)
{
    const struct reg *reg = model_reg(app_of(rq)->office->model, rq->arg[0]);
    /* The field's own name carries the text, whatever it is called. */
    struct str text = rq->query.count ? str_trim(rq->query.items[0].value) : STR("");
    struct record_list list = {0};
    struct shower s;
    if (!reg || !user_sees_register(&visit_of(rq)->user, reg)) return;
    struct conn *c = app_read(rq, rp);
    if (!c) return;
    struct option_view *options = arena_new_array(rq->arena, struct option_view, LOOKUP_ROWS);
    if (shower_open(&s, app_of(rq)->office, c, rq->arena, &rp->err) &&
        find(rq, c, reg, text, LOOKUP_ROWS, &list, &rp->err))
        for (size_t i = 0; i < list.count; i++)
            options[i] = (struct option_view){.value = list.rows[i].head.number,
                                              .label = utf8_shorten(rq->arena, show_title(&s, &list.rows[i]), 40)};
    store_done(c);
    tmpl_lookup_options(rp->body, options, list.count);
}

/* The file must stand in a field of a record that the person may see. */
static bool holds_file(const struct record *r, struct str digest)
{
    for (size_t i = 0; i < r->reg->field_count; i++)
        if (r->reg->fields[i].type == FIELD_ATTACHMENT && r->values[i].kind == VALUE_TEXT &&
            str_eq(r->values[i].t, digest))
            return true;
    return false;
}

void page_file(struct request *rq, struct reply *rp)
{
    struct record r;
    struct attachment att;
    struct str bytes;
    struct conn *c = app_read(rq, rp);
    if (!c) return;
    bool found = page_load_record(rq, rp, c, &r);
    bool ok = found && holds_file(&r, rq->arg[2]) &&
              attachment_get(c, rq->arena, app_of(rq)->office->key, rq->arg[2], &att, &bytes, &rp->err);
    store_done(c);
    if (ok)
        reply_download(rp, att.name, STR("application/octet-stream"), bytes);
    else if (found)
        http_fault(rq, rp, 404, STR("没有这个附件"));
}
