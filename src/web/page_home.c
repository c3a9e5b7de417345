#include "web/page_home.h"

#include "base/utf8.h"
#include "web/page_tree.h"
#include "web/place.h"
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

/* The open deadlines of all registers, each with the person's sight of it. */
static struct deadline_query due_query(struct home *h)
{
    const struct model *m = app_of(h->rq)->office->model;
    struct seen_register *list = arena_new_array(h->rq->arena, struct seen_register, m->reg_count + 1);
    struct deadline_query q = {.office = app_of(h->rq)->office->key, .regs = list, .limit = DUE_ROWS};
    q.today = date_iso(h->rq->arena, clock_today(&app_of(h->rq)->office->clock));
    for (size_t i = 0; i < m->reg_count; i++)
        if (m->regs[i].deadline_count && user_sees_register(h->user, &m->regs[i]))
            list[q.reg_count++] = (struct seen_register){&m->regs[i], user_sight(h->user, &m->regs[i])};
    return q;
}

static const struct deadline *rule_of(struct home *h, const struct due_item *item)
{
    const struct reg *reg = model_reg(app_of(h->rq)->office->model, item->deadline.reg);
    return reg ? reg_deadline(reg, item->deadline.name) : NULL;
}

static struct due_view due_view(struct home *h, const struct due_item *item)
{
    const struct reg *reg = model_reg(app_of(h->rq)->office->model, item->deadline.reg);
    const struct deadline *d = rule_of(h, item);
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
                             .badge = views_due_badge(h->rq, d, &item->deadline)};
}

/* Soon is what its own warning says, and in any case the days that the tile above counts. */
static enum due_nearness nearness(const struct deadline *rule, const struct deadline_row *d, struct date today)
{
    struct date last;
    enum due_standing s = due_standing(rule, d, today);
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
        if (nearness(rule_of(h, &items[i]), &items[i].deadline, today) == of) rows[n++] = due_view(h, &items[i]);
    if (n) h->view.due[h->view.due_count++] = (struct due_group){str_from(label), rows, n};
}

static void put_due_pager(struct home *h, const struct due_list *due)
{
    struct shown_page page = {.rows = (int64_t)due->count,
                              .total = h->view.due_total,
                              .more = h->view.due_more,
                              .before = due->before,
                              .after = due->after};
    if (due->count) {
        page.first = deadline_place_of(&due->items[0]);
        page.last = deadline_place_of(&due->items[due->count - 1]);
    }
    h->view.pager = place_pager(h->rq, "page", &page, STR("due"));
    if (due->count == 0) h->view.pager.previous = STR("");
}

static bool load_due(struct home *h, struct error *err)
{
    struct due_list due;
    struct deadline_query q = due_query(h);
    if (!place_read(h->rq, "page", &q.from, &q.place, err) || !deadline_list_open(h->conn, h->rq->arena, &q, &due, err))
        return false;
    bool short_page = q.from == LIST_BEFORE && !due.before && due.count < DUE_ROWS;
    q.from = LIST_FIRST;
    if (short_page && !deadline_list_open(h->conn, h->rq->arena, &q, &due, err)) return false;
    h->view.due = arena_new_array(h->rq->arena, struct due_group, 3);
    put_group(h, due.items, due.count, "已逾期", DUE_LATE);
    put_group(h, due.items, due.count, "即将到期", DUE_SOON);
    put_group(h, due.items, due.count, "以后到期", DUE_LATER);
    put_due_pager(h, &due);
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
    struct list_query q = {.office = app_of(h->rq)->office->key,
                           .reg = reg,
                           .sight = user_sight(h->user, reg),
                           .stages = stages,
                           .stage_count = count,
                           .limit = WAITING_ROWS};
    if (!record_list(h->conn, h->rq->arena, &q, &list, err)) return false;
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
    w->more = list.more;
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
        h->view.waiting_more = h->view.waiting_more || w->more;
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

/* Deadlines by how near they are. Counting stops somewhere: what begins behind that is not known. */
struct due_counts {
    int64_t late, week, all; /* on or before yesterday, in a week, ever */
    bool more;
};

static bool count_due(struct home *h, struct due_counts *n, struct error *err)
{
    struct date today = clock_today(&app_of(h->rq)->office->clock);
    struct deadline_query q = due_query(h);
    const struct str days[] = {date_iso(h->rq->arena, date_add_days(today, -1)),
                               date_iso(h->rq->arena, date_add_days(today, SOON_DAYS)), STR("")};
    int64_t counts[3];
    if (!deadline_count_open(h->conn, &q, days, 3, counts, err)) return false;
    *n = (struct due_counts){counts[0], counts[1], counts[2], counts[2] >= LIST_COUNT_MOST};
    return true;
}

static struct str count_text(struct home *h, int64_t n, bool more)
{
    return str_printf(h->rq->arena, "%lld%s", (long long)n, more ? "+" : "");
}

static void put_tiles(struct home *h, const struct due_counts *n)
{
    struct tile_view *t = arena_new_array(h->rq->arena, struct tile_view, 3);
    t[0] = (struct tile_view){STR("已逾期"), count_text(h, n->late, n->more && n->late == n->all),
                              n->late ? STR("须立即办理") : STR("没有逾期的事项"),
                              STR("#due"), n->late ? BADGE_LATE : BADGE_DONE};
    t[1] = (struct tile_view){STR("七天内到期"), count_text(h, n->week - n->late, n->more && n->week == n->all),
                              STR("今天起七天"), STR("#due"), n->week > n->late ? BADGE_SOON : BADGE_DONE};
    t[2] = (struct tile_view){STR("等我办理"), count_text(h, h->view.waiting_total, h->view.waiting_more),
                              STR("按岗位列出"), STR("#waiting"), BADGE_NORMAL};
    h->view.tiles = t;
    h->view.tile_count = 3;
}

static bool load(struct home *h, struct error *err)
{
    if (!shower_open(&h->show, app_of(h->rq)->office, h->conn, h->rq->arena, err)) return false;
    struct due_counts due;
    if (!count_due(h, &due, err)) return false;
    h->view.due_total = due.all;
    h->view.due_more = due.more;
    if (!load_due(h, err) || !load_waiting(h, err)) return false;
    put_tiles(h, &due);
    load_create_links(h);
    h->view.has_below = tree_is_there(h->rq);
    return true;
}

void page_home(struct request *rq, struct reply *rp)
{
    struct home h = {.rq = rq, .user = &visit_of(rq)->user};
    h.conn = app_read(rq, rp);
    if (!h.conn) return;
    bool ok = load(&h, &rp->err);
    if (!app_read_end(rq, rp, h.conn, ok)) return;
    struct page p = app_page(rq, STR("工作台"));
    h.view.name = h.user->account.person;
    tmpl_page_home(rp->body, &p, &h.view);
}
