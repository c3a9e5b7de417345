#include "web/page_home.h"

#include "base/utf8.h"
#include "web/templates.h"
#include "web/views.h"

enum { DUE_ROWS = 30, WAITING_ROWS = 8, SOON_DAYS = 7 };

enum due_nearness { DUE_LATE, DUE_SOON, DUE_LATER };

/* Everything the page shows. */
struct home {
    struct request *rq;
    struct conn *conn;
    struct shower show;
    const struct user *user;
    struct home_view view;
};

/* Registers of which the person sees all (or only own) records: one query of deadlines has one sight. */
static const struct reg *const *seen_registers(struct home *h, bool all, size_t *count)
{
    const struct model *m = app_of(h->rq)->office->model;
    const struct reg **list = arena_new_array(h->rq->arena, const struct reg *, m->reg_count + 1);
    *count = 0;
    for (size_t i = 0; i < m->reg_count; i++)
        if (user_sees_register(h->user, &m->regs[i]) && user_sight(h->user, &m->regs[i]).all == all)
            list[(*count)++] = &m->regs[i];
    return list;
}

struct due_items {
    struct due_item *items;
    size_t count;
    int64_t total;
};

static bool list_due(struct home *h, bool all, struct str until, int64_t limit, struct due_items *due,
                     struct error *err)
{
    struct deadline_query q = {.office = app_of(h->rq)->office->key,
                               .until = until,
                               .limit = limit,
                               .sight = {.all = all, .orgs = h->user->orgs, .org_count = h->user->org_count}};
    q.regs = seen_registers(h, all, &q.reg_count);
    return deadline_list_open(h->conn, h->rq->arena, &q, &due->items, &due->count, &due->total, err);
}

/* By day, without a day last. */
static bool is_before(const struct due_item *a, const struct due_item *b)
{
    struct str x = a->deadline.legal_on, y = b->deadline.legal_on;
    return x.len && (y.len == 0 || str_cmp(x, y) <= 0);
}

/* The first `limit` open deadlines over all registers, each with the person's sight of it. */
static bool all_due(struct home *h, struct str until, int64_t limit, struct due_items *due, struct error *err)
{
    struct due_items whole, own;
    if (!list_due(h, true, until, limit, &whole, err) || !list_due(h, false, until, limit, &own, err)) return false;
    due->total = whole.total + own.total;
    due->items = arena_new_array(h->rq->arena, struct due_item, whole.count + own.count + 1);
    for (size_t i = 0, k = 0; i < whole.count || k < own.count;) {
        bool first = k == own.count || (i < whole.count && is_before(&whole.items[i], &own.items[k]));
        due->items[due->count++] = first ? whole.items[i++] : own.items[k++];
    }
    return true;
}

static struct due_view due_view(struct home *h, const struct due_item *item)
{
    const struct reg *reg = model_reg(app_of(h->rq)->office->model, item->deadline.reg);
    const struct deadline *d = reg ? reg_deadline(reg, item->deadline.name) : NULL;
    const struct stage *s = reg ? reg_stage(reg, item->head.stage) : NULL;
    struct str title = item->title.len ? utf8_shorten(h->rq->arena, item->title, 40) : item->head.number;
    return (struct due_view){.title = title,
                             .number = item->head.number,
                             .href = reg ? views_record_href(h->rq->arena, reg, item->head.id) : STR("/"),
                             .reg = reg ? reg->label : item->deadline.reg,
                             .stage = s ? s->label : STR(""),
                             .deadline = d ? d->label : item->deadline.name,
                             .due = views_day(h->rq, item->deadline.legal_on),
                             .cite = item->deadline.cite,
                             .badge = views_due_badge(h->rq, &item->deadline)};
}

/* Soon is what its own warning says, and in any case the days that the tile above counts. */
static enum due_nearness nearness(const struct deadline_row *d, struct date today)
{
    struct date last;
    enum due_standing s = due_standing(d, today);
    if (s == DUE_OVERDUE) return DUE_LATE;
    if (s == DUE_NEAR || s == DUE_TODAY) return DUE_SOON;
    return date_parse(d->legal_on, &last) && date_cmp(last, date_add_days(today, SOON_DAYS)) <= 0 ? DUE_SOON
                                                                                                  : DUE_LATER;
}

static void put_group(struct home *h, const struct due_item *items, size_t count, const char *label,
                      enum due_nearness of)
{
    struct date today = clock_today(&app_of(h->rq)->office->clock);
    struct due_view *rows = arena_new_array(h->rq->arena, struct due_view, count + 1);
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (nearness(&items[i].deadline, today) == of) rows[n++] = due_view(h, &items[i]);
    if (n) h->view.due[h->view.due_count++] = (struct due_group){str_from(label), rows, n};
}

static bool load_due(struct home *h, struct error *err)
{
    struct due_items due = {0};
    int64_t offset = views_offset(h->rq, DUE_ROWS);
    if (!all_due(h, STR(""), offset + DUE_ROWS, &due, err)) return false;
    size_t from = (size_t)offset < due.count ? (size_t)offset : due.count;
    size_t n = due.count - from < DUE_ROWS ? due.count - from : DUE_ROWS;
    h->view.due = arena_new_array(h->rq->arena, struct due_group, 3);
    put_group(h, due.items + from, n, "已逾期", DUE_LATE);
    put_group(h, due.items + from, n, "即将到期", DUE_SOON);
    put_group(h, due.items + from, n, "以后到期", DUE_LATER);
    h->view.due_total = due.total;
    h->view.pager = views_pager(h->rq, offset, (int64_t)n, DUE_ROWS, due.total);
    return true;
}

/* How many open deadlines end on or before a day. */
static bool count_until(struct home *h, struct date day, int64_t *total, struct error *err)
{
    struct due_items due = {0};
    if (!all_due(h, date_iso(h->rq->arena, day), 0, &due, err)) return false;
    *total = due.total;
    return true;
}

/* ---- what waits ---- */

static bool my_act(const struct home *h, const struct act *act)
{
    if (act->kind != ACT_STEP) return false;
    for (size_t i = 0; i < act->by_count; i++)
        if (user_has_role(h->user, act->by[i])) return true;
    return false;
}

static void add_stage(struct str **stages, size_t *count, struct str key)
{
    for (size_t i = 0; i < *count; i++)
        if (str_eq((*stages)[i], key)) return;
    (*stages)[(*count)++] = key;
}

/* Stages of the register in which one of the person's roles has something to do, with those acts in words. */
static size_t my_stages(struct home *h, const struct reg *reg, struct str **stages, struct str *acts)
{
    struct buf words = buf_in(h->rq->arena);
    size_t count = 0;
    *stages = arena_new_array(h->rq->arena, struct str, reg->stage_count);
    for (size_t i = 0; i < reg->act_count; i++) {
        const struct act *act = &reg->acts[i];
        if (!my_act(h, act)) continue;
        buf_putf(&words, "%s%.*s", words.len ? "、" : "", STR_ARG(act->label));
        for (size_t k = 0; k < act->from_count; k++) add_stage(stages, &count, act->from[k]);
        for (size_t k = 0; act->from_count == 0 && k < reg->stage_count; k++)
            if (!reg->stages[k].final) add_stage(stages, &count, reg->stages[k].key);
    }
    *acts = utf8_shorten(h->rq->arena, buf_str(&words), 60);
    return count;
}

static struct str stages_query(struct home *h, const struct str *stages, size_t count)
{
    struct buf b = buf_in(h->rq->arena);
    for (size_t i = 0; i < count; i++) buf_putf(&b, "%s%.*s", i ? "," : "", STR_ARG(stages[i]));
    return buf_str(&b);
}

static bool load_waiting_of(struct home *h, const struct reg *reg, struct waiting_view *w, struct error *err)
{
    struct str *stages;
    struct record_list list;
    size_t count = my_stages(h, reg, &stages, &w->acts);
    w->total = 0;
    if (count == 0) return true;
    if (!record_list_in_stages(h->conn, h->rq->arena, app_of(h->rq)->office->key, reg, user_sight(h->user, reg), stages,
                               count, WAITING_ROWS, &list, err))
        return false;
    struct link_view *rows = arena_new_array(h->rq->arena, struct link_view, list.count + 1);
    for (size_t i = 0; i < list.count; i++) {
        struct str title = utf8_shorten(h->rq->arena, show_title(&h->show, &list.rows[i]), 32);
        rows[i] = (struct link_view){title, views_record_href(h->rq->arena, reg, list.rows[i].head.id),
                                     show_stage(&list.rows[i])};
    }
    w->label = reg->label;
    w->href =
        str_printf(h->rq->arena, "/r/%.*s?stage=%.*s", STR_ARG(reg->name), STR_ARG(stages_query(h, stages, count)));
    w->rows = rows;
    w->row_count = list.count;
    w->total = list.total;
    return true;
}

static bool load_waiting(struct home *h, struct error *err)
{
    const struct model *m = app_of(h->rq)->office->model;
    struct waiting_view *list = arena_new_array(h->rq->arena, struct waiting_view, m->reg_count + 1);
    for (size_t i = 0; i < m->reg_count; i++) {
        if (!user_sees_register(h->user, &m->regs[i])) continue;
        struct waiting_view *w = &list[h->view.waiting_count];
        if (!load_waiting_of(h, &m->regs[i], w, err)) return false;
        h->view.waiting_total += w->total;
        if (w->total) h->view.waiting_count++;
    }
    h->view.waiting = list;
    return true;
}

static void load_create_links(struct home *h)
{
    const struct model *m = app_of(h->rq)->office->model;
    struct link_view *list = arena_new_array(h->rq->arena, struct link_view, m->reg_count + 1);
    for (size_t i = 0; i < m->reg_count; i++) {
        const struct reg *reg = &m->regs[i];
        bool mine = false;
        for (size_t k = 0; k < reg->acts[0].by_count; k++) mine = mine || user_has_role(h->user, reg->acts[0].by[k]);
        if (!mine || !user_sees_register(h->user, reg)) continue;
        list[h->view.create_count++] =
            (struct link_view){reg->label, str_printf(h->rq->arena, "/r/%.*s/new", STR_ARG(reg->name)), STR("")};
    }
    h->view.create = list;
}

static bool load_tiles(struct home *h, struct error *err)
{
    struct date today = clock_today(&app_of(h->rq)->office->clock);
    int64_t late, week;
    if (!count_until(h, date_add_days(today, -1), &late, err) ||
        !count_until(h, date_add_days(today, SOON_DAYS), &week, err))
        return false;
    struct tile_view *t = arena_new_array(h->rq->arena, struct tile_view, 3);
    t[0] = (struct tile_view){STR("已逾期"), str_printf(h->rq->arena, "%lld", (long long)late), STR("须立即办理"),
                              STR("#due"), late ? BADGE_LATE : BADGE_DONE};
    t[1] = (struct tile_view){STR("七天内到期"), str_printf(h->rq->arena, "%lld", (long long)(week - late)),
                              STR("今天起七天"), STR("#due"), week > late ? BADGE_SOON : BADGE_DONE};
    t[2] = (struct tile_view){STR("等我办理"), str_printf(h->rq->arena, "%lld", (long long)h->view.waiting_total),
                              STR("按岗位列出"), STR("#waiting"), BADGE_NORMAL};
    h->view.tiles = t;
    h->view.tile_count = 3;
    return true;
}

static bool load(struct home *h, struct error *err)
{
    if (!shower_open(&h->show, app_of(h->rq)->office, h->conn, h->rq->arena, err)) return false;
    if (!load_due(h, err) || !load_waiting(h, err) || !load_tiles(h, err)) return false;
    load_create_links(h);
    return true;
}

void page_home(struct request *rq, struct reply *rp)
{
    struct home h = {.rq = rq, .user = &visit_of(rq)->user};
    h.conn = app_read(rq, rp);
    if (!h.conn) return;
    bool ok = load(&h, &rp->err);
    store_done(h.conn);
    if (!ok) {
        http_fault_error(rq, rp, &rp->err);
        return;
    }
    struct page p = app_page(rq, STR("工作台"));
    h.view.name = h.user->account.person;
    tmpl_page_home(rp->body, &p, &h.view);
}
