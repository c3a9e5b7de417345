#include "figures/report.h"

#include <string.h>

#include "base/buf.h"
#include "office/show.h"

enum { LISTED_MOST = 1000 }; /* records that one list of a report names */

/* A report being filled. */
struct filling {
    struct office *office;
    struct conn *conn;
    struct shower show;
    struct arena *arena;
    struct formula_run run;
    const struct report *report;
    struct figure_result *computed; /* of all figures that the report names */
    size_t computed_count;
    struct value *wanted;           /* by item: does its condition hold? */
    const struct figure_result **figures; /* those that stand in the text, in its order */
    size_t figure_count, figure_cap;
    struct report_block *blocks;
    size_t block_count, block_cap;
    struct report_piece *pieces;    /* of the block under way */
    size_t piece_count, piece_cap;
    struct error *err;
};

int report_year(struct date from, struct date to)
{
    struct ymd f = date_ymd(from);
    struct ymd t = date_ymd(to);
    bool whole = f.year == t.year && f.month == 1 && f.day == 1 && t.month == 12 && t.day == 31;
    return whole ? f.year : 0;
}

struct str report_chinese_number(struct arena *a, int64_t n)
{
    static const char *const digits[] = {"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
    if (n < 0 || n > 99) return str_printf(a, "%lld", (long long)n);
    if (n < 10) return str_from(digits[n]);
    return str_printf(a, "%s十%s", n < 20 ? "" : digits[n / 10], n % 10 ? digits[n % 10] : "");
}

static void put_piece(struct filling *f, struct report_piece p)
{
    if (p.text.len == 0) return;
    ARENA_PUSH(f->arena, f->pieces, f->piece_count, f->piece_cap, p);
}

static void end_block(struct filling *f, int level)
{
    if (f->piece_count == 0) return;
    struct report_block b = {level, f->pieces, f->piece_count};
    ARENA_PUSH(f->arena, f->blocks, f->block_count, f->block_cap, b);
    f->pieces = NULL;
    f->piece_count = f->piece_cap = 0;
}

static const struct figure_result *result_of(struct filling *f, const struct figure *figure)
{
    for (size_t i = 0; i < f->figure_count; i++)
        if (f->figures[i]->figure == figure) return f->figures[i];
    for (size_t i = 0; i < f->computed_count; i++) {
        const struct figure_result *r = &f->computed[i];
        if (r->figure != figure) continue;
        ARENA_PUSH(f->arena, f->figures, f->figure_count, f->figure_cap, r);
        return r;
    }
    error_set(f->err, ERR_STORE, "报告里的数字「%.*s」没有算出来", STR_ARG(figure->label));
    return NULL;
}

struct naming {
    struct arena *arena;
    const struct figure **list;
    size_t count, cap;
};

static void name_figures(struct naming *n, const struct prose *prose)
{
    for (size_t i = 0; i < prose->count; i++) {
        const struct figure *figure = prose->pieces[i].figure;
        bool known = !figure;
        for (size_t k = 0; k < n->count && !known; k++) known = n->list[k] == figure;
        if (!known) ARENA_PUSH(n->arena, n->list, n->count, n->cap, figure);
    }
}

/* All figures and conditions of the report at once: what reads the same records reads them once. */
static bool compute(struct filling *f)
{
    const struct report *r = f->report;
    struct naming named = {.arena = f->arena};
    const struct formula **conditions = arena_new_array(f->arena, const struct formula *, r->item_count + 1);
    struct value *values = arena_new_array(f->arena, struct value, r->item_count + 1);
    size_t count = 0;
    name_figures(&named, &r->title);
    for (size_t i = 0; i < r->item_count; i++) {
        const struct report_item *item = &r->items[i];
        const struct prose *const parts[] = {&item->text, &item->each, &item->after, &item->none};
        for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) name_figures(&named, parts[k]);
        if (item->when) conditions[count++] = item->when;
    }
    struct figures_wanted wanted = {named.list, named.count, conditions, count};
    f->computed = arena_new_array(f->arena, struct figure_result, named.count + 1);
    f->computed_count = named.count;
    f->wanted = arena_new_array(f->arena, struct value, r->item_count + 1);
    if (!figures_compute(f->office, f->conn, f->arena, &wanted, &f->run, f->computed, values, f->err)) return false;
    for (size_t i = 0, k = 0; i < r->item_count; i++) f->wanted[i] = r->items[i].when ? values[k++] : value_int(1);
    return true;
}

/* 2136 about 100 → 2100余 */
static struct str about(struct arena *a, int64_t n, int round)
{
    if (round <= 1 || n < round) return str_printf(a, "%lld", (long long)n);
    int64_t down = n / round * round;
    return str_printf(a, "%lld%s", (long long)down, n > down ? "余" : "");
}

static struct str shown_as(struct filling *f, const struct prose_piece *p, const struct figure_result *r)
{
    if (r->value.kind != VALUE_INT) return r->shown;
    if (p->show == SHOW_ABOUT) return about(f->arena, r->value.i, p->about);
    if (p->show == SHOW_CHINESE) return report_chinese_number(f->arena, r->value.i);
    return r->shown;
}

/* {year}, {next_year}, {office}, {full_name}: known everywhere in a report. */
static struct str known_word(const struct filling *f, struct str name)
{
    struct arena *a = f->arena;
    const struct office_row *s = &f->office->info;
    if (str_is(name, "year")) return str_printf(a, "%d", date_ymd(f->run.period_from).year);
    if (str_is(name, "next_year")) return str_printf(a, "%d", date_ymd(f->run.period_from).year + 1);
    if (str_is(name, "office")) return s->name;
    if (str_is(name, "full_name")) return s->full_name;
    return (struct str){NULL, 0};
}

static struct str field_text(struct filling *f, const struct record *rec, struct str name, size_t index)
{
    if (str_is(name, "ordinal"))
        return str_printf(f->arena, "%.*s是", STR_ARG(report_chinese_number(f->arena, (int64_t)index + 1)));
    if (str_is(name, "index")) return str_printf(f->arena, "%zu", index + 1);
    struct str known = known_word(f, name);
    if (known.s || !rec) return known;
    if (str_is(name, "number")) return rec->head.number;
    const struct field *field = reg_field(rec->reg, name);
    if (!field || field->private_) return STR("");
    return show_value(&f->show, rec->reg, field, rec->values[field - rec->reg->fields], false);
}

static bool fill_prose(struct filling *f, const struct prose *prose, const struct record *rec, size_t index)
{
    for (size_t i = 0; i < prose->count; i++) {
        const struct prose_piece *p = &prose->pieces[i];
        struct report_piece out = {.text = p->text};
        if (p->figure) {
            const struct figure_result *r = result_of(f, p->figure);
            if (!r) return false;
            out = (struct report_piece){shown_as(f, p, r), r, r->note};
        } else if (p->field.len) {
            out.text = field_text(f, rec, p->field, index);
        }
        put_piece(f, out);
        /* A rate of few cases says little: its parts stand beside it. */
        if (out.note.len) put_piece(f, (struct report_piece){.text = str_printf(f->arena, "（%.*s）", STR_ARG(out.note))});
    }
    return true;
}

/* The records, as many as are named, and how many there are beyond them. */
static bool list_records(struct filling *f, const struct report_item *item, struct record_list *list, int64_t *beyond)
{
    struct formula_sql where = {0};
    struct list_query q = {.office = f->office->key, .reg = item->from, .sight = {.all = true}, .run = &f->run,
                           .limit = LISTED_MOST, .count_most = -1};
    if (item->where) {
        where = formula_to_sql(f->arena, item->where, store_dialect(f->office->store), true);
        q.condition = &where;
    }
    if (item->order_count) {
        struct str order = item->order[0];
        q.descending = str_starts(order, STR("-"));
        q.sort_field = q.descending ? str_slice(order, 1, order.len) : order;
    }
    *beyond = 0;
    if (!record_list(f->conn, f->arena, &q, list, f->err)) return false;
    if (!list->after) return true;
    struct record_list all;
    q.limit = 0;
    q.count_most = LIST_COUNT_ALL;
    if (!record_list(f->conn, f->arena, &q, &all, f->err)) return false;
    *beyond = all.total - (int64_t)list->count;
    return true;
}

/* What a list does not name is told, never left out in silence. */
static void tell_beyond(struct filling *f, const struct report_item *item, int64_t beyond)
{
    if (beyond == 0) return;
    struct str text = str_printf(f->arena, "%s另有%lld件不逐一列出，见“%.*s”台账%s", item->between.len ? "（" : "",
                                 (long long)beyond, STR_ARG(item->from->label), item->between.len ? "）" : "。");
    put_piece(f, (struct report_piece){.text = text});
    if (item->between.len == 0) end_block(f, 0);
}

static bool fill_list(struct filling *f, const struct report_item *item)
{
    struct record_list list;
    int64_t beyond;
    if (!list_records(f, item, &list, &beyond)) return false;
    if (list.count == 0) {
        if (!fill_prose(f, &item->none, NULL, 0)) return false;
        end_block(f, 0);
        return true;
    }
    if (!fill_prose(f, &item->text, NULL, 0)) return false;
    for (size_t i = 0; i < list.count; i++) {
        if (i && item->between.len) put_piece(f, (struct report_piece){.text = item->between});
        if (!fill_prose(f, &item->each, &list.rows[i], i)) return false;
        if (item->between.len == 0) end_block(f, 0);
    }
    tell_beyond(f, item, beyond);
    if (!fill_prose(f, &item->after, NULL, 0)) return false;
    end_block(f, 0);
    return true;
}

static bool fill_item(struct filling *f, size_t at)
{
    const struct report_item *item = &f->report->items[at];
    if (f->wanted[at].kind != VALUE_INT || !f->wanted[at].i) return true;
    if (item->part == REPORT_LIST) return fill_list(f, item);
    if (!fill_prose(f, &item->text, NULL, 0)) return false;
    end_block(f, item->part == REPORT_HEADING ? item->level : 0);
    return true;
}

static struct str joined(struct arena *a, const struct report_piece *pieces, size_t count)
{
    struct buf b = buf_in(a);
    for (size_t i = 0; i < count; i++) buf_put(&b, pieces[i].text);
    return buf_str(&b);
}

bool report_build(struct office *o, struct conn *c, struct arena *a, const struct report *r, struct str period,
                  struct report_text *text, struct error *err)
{
    *text = (struct report_text){.report = r, .period = period};
    if (!period_parse(period, &text->from, &text->to))
        return error_set(err, ERR_INPUT, "「%.*s」不是统计期：请写成 2024、2024-05、2024-Q1 或者 2024-01-01..2024-06-30",
                         STR_ARG(period));
    struct filling f = {
        .office = o, .conn = c, .arena = a, .report = r, .run = figure_run(o, text->from, text->to), .err = err};
    struct str hash;
    if (!act_last(c, a, o->key, &text->seq, &hash, err) || !shower_open(&f.show, o, c, a, err)) return false;
    if (!compute(&f) || !fill_prose(&f, &r->title, NULL, 0)) return false;
    text->title = joined(a, f.pieces, f.piece_count);
    f.piece_count = 0;
    for (size_t i = 0; i < r->item_count; i++)
        if (!fill_item(&f, i)) return false;
    text->blocks = f.blocks;
    text->block_count = f.block_count;
    struct figure_result *figures = arena_new_array(a, struct figure_result, f.figure_count);
    for (size_t i = 0; i < f.figure_count; i++) figures[i] = *f.figures[i];
    text->figures = figures;
    text->figure_count = f.figure_count;
    return true;
}
