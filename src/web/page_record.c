#include "web/page_record.h"

#include <string.h>

#include "base/utf8.h"
#include "web/page_list.h"
#include "web/record_parts.h"
#include "web/templates.h"
#include "web/views.h"

enum { RELATED_ROWS = 5 };

bool page_load_record(struct request *rq, struct reply *rp, struct conn *c, struct record *r)
{
    const struct reg *reg = page_register(rq, rp);
    int64_t id;
    if (!reg) return false;
    bool found = str_to_i64(rq->arg[1], &id) &&
                 record_get(c, rq->arena, app_of(rq)->office->key, reg, id, r, &rp->err) &&
                 user_sees_record(&visit_of(rq)->user, r);
    if (!found) http_fault(rq, rp, 404, STR("没有这条记录，或者您无权查看"));
    return found;
}

/* ---- acts ---- */

static void put_acts(struct request *rq, const struct record *r, struct record_view *v)
{
    struct link_view *acts = arena_new_array(rq->arena, struct link_view, r->reg->act_count);
    struct link_view *others = arena_new_array(rq->arena, struct link_view, r->reg->act_count);
    struct str base = views_record_href(rq->arena, r->reg, r->head.id);
    for (size_t i = 0; i < r->reg->act_count; i++) {
        const struct act *act = &r->reg->acts[i];
        if (!act_is_open(&visit_of(rq)->user, r, act, STR("page"))) continue;
        struct link_view link = {act->label, str_printf(rq->arena, "%.*s/act/%.*s", STR_ARG(base), STR_ARG(act->name)),
                                 STR("")};
        if (act->kind == ACT_STEP)
            acts[v->act_count++] = link;
        else
            others[v->other_count++] = link;
    }
    v->acts = acts;
    v->others = others;
}

/* ---- related records ---- */

struct relating {
    struct request *rq;
    struct conn *conn;
    struct shower *show;
    const struct record *record;
    struct related_view *list;
    size_t count;
};

static bool put_related(struct relating *x, const struct reg *reg, const struct field *f, struct error *err)
{
    struct record_list list;
    struct arena *a = x->rq->arena;
    const struct user *u = &visit_of(x->rq)->user;
    struct list_query q = {.office = app_of(x->rq)->office->key,
                           .reg = reg,
                           .sight = user_sight(u, reg), /* who sees only some of the register gets only those counted */
                           .field = f,
                           .is = value_int(x->record->head.id),
                           .sort_field = STR("id"),
                           .descending = true,
                           .limit = RELATED_ROWS};
    if (!record_list(x->conn, a, &q, &list, err)) return false;
    bool create = user_may_act(u, reg, &reg->acts[0], STR("page")) && f->at_create;
    if (list.total == 0 && !create) return true;
    struct link_view *rows = arena_new_array(a, struct link_view, list.count + 1);
    struct related_view v = {.label = str_printf(a, "%.*s（%.*s）", STR_ARG(reg->label), STR_ARG(f->label)),
                             .total = list.total,
                             .more = list.more,
                             .rows = rows};
    for (size_t i = 0; i < list.count; i++)
        rows[v.row_count++] =
            (struct link_view){utf8_shorten(a, show_title(x->show, &list.rows[i]), 32),
                               views_record_href(a, reg, list.rows[i].head.id), show_stage(&list.rows[i])};
    struct str number = app_encode(a, x->record->head.number);
    if (create)
        v.create_href = str_printf(a, "/r/%.*s/new?%.*s=%.*s", STR_ARG(reg->name), STR_ARG(f->name), STR_ARG(number));
    v.all_href = str_printf(a, "/r/%.*s?%.*s=%.*s", STR_ARG(reg->name), STR_ARG(f->name), STR_ARG(number));
    x->list[x->count++] = v;
    return true;
}

static bool put_all_related(struct relating *x, struct error *err)
{
    const struct model *m = app_of(x->rq)->office->model;
    size_t fields = 0;
    for (size_t i = 0; i < m->reg_count; i++) fields += m->regs[i].field_count;
    x->list = arena_new_array(x->rq->arena, struct related_view, fields + 1);
    for (size_t i = 0; i < m->reg_count; i++) {
        const struct reg *reg = &m->regs[i];
        if (!user_sees_register(&visit_of(x->rq)->user, reg)) continue;
        for (size_t k = 0; k < reg->field_count; k++)
            if (reg->fields[k].type == FIELD_REF && reg->fields[k].target == x->record->reg &&
                !put_related(x, reg, &reg->fields[k], err))
                return false;
    }
    return true;
}

static bool load(struct request *rq, struct conn *c, const struct record *r, struct record_view *v, struct error *err)
{
    struct shower show;
    if (!shower_open(&show, app_of(rq)->office, c, rq->arena, err)) return false;
    struct record_parts parts = {
        .rq = rq, .conn = c, .show = &show, .record = r, .unmasked = show_is_unmasked(&show, &visit_of(rq)->user, r)};
    v->title = show_title(&show, r);
    v->number = r->head.number;
    v->reg = r->reg->label;
    struct str org = show_org(&show, r->head.org);
    if (org.len) v->org = str_printf(rq->arena, "%.*s登记", STR_ARG(org));
    v->voided = r->head.voided;
    v->stage_badge = views_stage_badge(r);
    put_acts(rq, r, v);
    parts_facts(&parts, &v->facts, &v->fact_count);
    struct relating x = {.rq = rq, .conn = c, .show = &show, .record = r};
    if (!parts_events(&parts, &v->events, &v->event_count, err) ||
        !parts_deadlines(&parts, &v->deadlines, &v->deadline_count, err) || !put_all_related(&x, err))
        return false;
    parts_steps(&parts, &v->steps, &v->step_count);
    v->related = x.list;
    v->related_count = x.count;
    return true;
}

void page_record(struct request *rq, struct reply *rp)
{
    struct record r;
    struct record_view v = {0};
    struct conn *c = app_read(rq, rp);
    if (!c) return;
    if (!page_load_record(rq, rp, c, &r)) {
        store_done(c);
        return;
    }
    bool ok = load(rq, c, &r, &v, &rp->err);
    if (!app_read_end(rq, rp, c, ok)) return;
    struct page p = app_page(rq, v.title);
    struct crumb crumbs[] = {{STR("工作台"), STR("/")},
                             {r.reg->label, str_printf(rq->arena, "/r/%.*s", STR_ARG(r.reg->name))},
                             {r.head.number, STR("")}};
    app_crumbs(rq, &p, crumbs, 3);
    tmpl_page_record(rp->body, &p, &v);
}
