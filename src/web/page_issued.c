#include "web/page_issued.h"

#include "model/compare.h"
#include "office/definitions.h"
#include "web/templates.h"
#include "web/views.h"

enum { SET_COLUMNS = 6, OFFICE_COLUMNS = 3, FILE_COLUMNS = 3, CHANGE_COLUMNS = 3, OFFICES_SHOWN = 2000 };

#define COLUMN(words, ...) {.label = {words, sizeof words - 1}, __VA_ARGS__}

static struct str set_href(struct arena *a, const struct definitions_row *row)
{
    return str_printf(a, "/definitions/issued/%.*s/%lld", STR_ARG(row->code), (long long)row->number);
}

static struct str set_words(struct arena *a, const struct definitions_row *row)
{
    return str_printf(a, "%.*s第 %lld 份", STR_ARG(row->name), (long long)row->number);
}

struct in_force_view issued_in_force(struct request *rq)
{
    struct arena *a = rq->arena;
    const struct definitions_row *row = &app_of(rq)->office->issued;
    if (!row->number) return (struct in_force_view){.words = STR("现在生效的是程序自带的定义。")};
    struct str words = str_printf(a, "现在生效的是%.*s下发的第 %lld 份定义（%.*s 起），盖在程序自带的定义上。",
                                  STR_ARG(row->name), (long long)row->number, STR_ARG(row->valid_from));
    return (struct in_force_view){words, set_href(a, row)};
}

/* ---- the list ---- */

static bool same_row(const struct definitions_row *a, const struct definitions_row *b)
{
    return a->number == b->number && str_eq(a->office, b->office);
}

static const char *standing(const struct office *o, const struct definitions_row *row)
{
    struct date from;
    if (same_row(row, &o->issued)) return "生效中";
    if (date_parse(row->valid_from, &from) && date_cmp(from, clock_today(&o->clock)) > 0) return "尚未生效";
    return row->digest.len ? "" : "撤回";
}

static void fill_sets(struct request *rq, const struct definitions_row *list, size_t count, struct table_view *t)
{
    static const struct column_view columns[SET_COLUMNS] = {COLUMN("份", .text = true), COLUMN("自何日起"), COLUMN("状态"),
                                                            COLUMN("说明", .text = true), COLUMN("下发人"),
                                                            COLUMN("SM3 摘要")};
    struct arena *a = rq->arena;
    struct cell_view *cells = arena_new_array(a, struct cell_view, SET_COLUMNS * (count + 1));
    for (size_t i = 0; i < count; i++) {
        struct cell_view *row = &cells[i * SET_COLUMNS];
        row[0] = (struct cell_view){.text = set_words(a, &list[i]), .href = set_href(a, &list[i])};
        row[1].text = list[i].valid_from;
        row[2].text = str_from(standing(app_of(rq)->office, &list[i]));
        row[3].text = list[i].note;
        row[4].text = list[i].issued_by;
        row[5].text = list[i].digest.len ? str_slice(list[i].digest, 0, 16) : STR("");
    }
    *t = (struct table_view){.caption = STR("下发的定义"),
                             .columns = columns,
                             .column_count = SET_COLUMNS,
                             .cells = cells,
                             .row_count = count};
}

static void fill_office(struct arena *a, const struct definitions_standing *s, const struct definitions_row *now,
                        struct cell_view *row)
{
    bool noted = definitions_are_noted(a, s->noted, now);
    row[0].text = s->name;
    row[1] = now ? (struct cell_view){.text = set_words(a, now), .href = set_href(a, now)}
                 : (struct cell_view){.text = STR("程序自带的")};
    row[2].text = noted ? STR("已按它办理") : STR("生效以后还没有办理过");
}

/* What each office below runs follows from the rows; whether it has worked under it, from its own log. */
static bool fill_offices(struct request *rq, struct conn *c, struct issued_view *v, struct error *err)
{
    static const struct column_view columns[OFFICE_COLUMNS] = {COLUMN("单位", .text = true), COLUMN("现在用的定义", .text = true),
                                                               COLUMN("办理记录里")};
    struct arena *a = rq->arena;
    const struct office *o = app_of(rq)->office;
    struct definitions_row *all;
    struct definitions_standing *list;
    size_t count, offices, behind = 0;
    if (!definitions_list(c, a, STR(""), &all, &count, err) ||
        !definitions_standings(c, a, o->info.code, OFFICES_SHOWN, &list, &offices, err))
        return false;
    struct cell_view *cells = arena_new_array(a, struct cell_view, OFFICE_COLUMNS * (offices + 1));
    for (size_t i = 0; i < offices; i++) {
        const struct definitions_row *now = definitions_at(a, all, count, list[i].code, clock_today(&o->clock));
        fill_office(a, &list[i], now, &cells[i * OFFICE_COLUMNS]);
        behind += !definitions_are_noted(a, list[i].noted, now);
    }
    v->offices_note = str_printf(a, "%zu 个单位中，%zu 个在现在的定义生效以后还没有办理过。定义在各台服务器上一秒以内生效，不用重启。",
                                 offices, behind);
    v->offices = (struct table_view){.caption = STR("各单位现在用的定义"),
                                     .columns = columns,
                                     .column_count = OFFICE_COLUMNS,
                                     .cells = cells,
                                     .row_count = offices};
    return true;
}

static bool sees_below(struct request *rq)
{
    const struct user *u = &visit_of(rq)->user;
    enum office_level level = office_level_of(app_of(rq)->office->info.code);
    return level != LEVEL_NONE && level < LEVEL_TOWNSHIP && (user_may(u, MAY_SEE_TREE) || user_may(u, MAY_ISSUE));
}

static bool fill(struct request *rq, struct conn *c, struct issued_view *v, struct error *err)
{
    struct definitions_row *list;
    size_t count;
    if (!definitions_list(c, rq->arena, app_of(rq)->office->info.code, &list, &count, err)) return false;
    fill_sets(rq, list, count, &v->sets);
    return !sees_below(rq) || fill_offices(rq, c, v, err);
}

void page_issued(struct request *rq, struct reply *rp)
{
    struct issued_view v = {.title = STR("下发的定义"),
                            .help = STR("上级单位把定义文件盖在程序自带的定义上，对自己和全部下级单位生效；离本单位最近的上级下发的优先。"),
                            .in_force = issued_in_force(rq).words};
    struct conn *c = app_read(rq, rp);
    if (!c) return;
    bool ok = fill(rq, c, &v, &rp->err);
    store_done(c);
    if (!ok) {
        http_fault_error(rq, rp, &rp->err);
        return;
    }
    if (definitions_may_issue(app_of(rq)->office, &visit_of(rq)->user)) {
        static const struct pair_view buttons[] = {
            {.label = {"下发定义", sizeof "下发定义" - 1}, .href = {"/definitions/issue", sizeof "/definitions/issue" - 1}},
            {.label = {"撤回", sizeof "撤回" - 1}, .href = {"/definitions/withdraw", sizeof "/definitions/withdraw" - 1}}};
        bool own = str_eq(app_of(rq)->office->issued.office, app_of(rq)->office->key);
        v.buttons = buttons;
        v.button_count = own ? 2 : 1;
    }
    struct page p = app_page(rq, v.title);
    struct crumb crumbs[] = {{STR("台账定义"), STR("/definitions")}, {v.title, STR("")}};
    app_crumbs(rq, &p, crumbs, 2);
    tmpl_page_issued(rp->body, &p, &v);
}

/* ---- one set ---- */

struct opened {
    const struct definitions_row *row;
    const struct definitions_row *before; /* what the same office had in force before it; NULL: nothing */
    struct definition_file *files;        /* of the set alone */
    size_t file_count;
    struct definition_change *changes;
    size_t change_count;
};

/* Of what holds here or could: issued by this office or one above. */
static bool find_row(struct request *rq, struct conn *c, struct opened *x, struct error *err)
{
    struct definitions_row *list;
    size_t count;
    int64_t number = 0;
    *x = (struct opened){0};
    if (!definitions_list(c, rq->arena, app_of(rq)->office->info.code, &list, &count, err)) return false;
    if (!str_to_i64(rq->arg[1], &number)) return true;
    for (size_t i = 0; i < count; i++) {
        if (!str_eq(list[i].code, rq->arg[0])) continue;
        if (list[i].number == number) x->row = &list[i];
        if (list[i].number == number - 1) x->before = &list[i];
    }
    return true;
}

static bool load_set(struct request *rq, struct conn *c, struct opened *x, struct error *err)
{
    struct arena *a = rq->arena;
    const struct office *o = app_of(rq)->office;
    struct definition_file *old, *new;
    size_t old_count, new_count;
    if (!find_row(rq, c, x, err) || !x->row) return err->code == ERR_NONE;
    if (!definitions_files(c, a, x->row->office, x->row->digest, &x->files, &x->file_count, err) ||
        !definitions_effective(o, c, a, x->before, &old, &old_count, err) ||
        !definitions_effective(o, c, a, x->row, &new, &new_count, err))
        return false;
    x->change_count = definition_changes(a, old, old_count, new, new_count, &x->changes);
    return true;
}

static bool open_set(struct request *rq, struct reply *rp, struct opened *x)
{
    struct conn *c = app_read(rq, rp);
    if (!c) return false;
    rp->err = (struct error){0};
    bool ok = load_set(rq, c, x, &rp->err);
    store_done(c);
    if (!ok) http_fault_error(rq, rp, &rp->err);
    if (ok && !x->row) http_fault(rq, rp, 404, STR("没有下发过这份定义"));
    return ok && x->row;
}

static struct table_view files_table(struct request *rq, const struct opened *x)
{
    static const struct column_view columns[FILE_COLUMNS] = {COLUMN("文件", .text = true), COLUMN("字节", .number = true),
                                                             COLUMN("SM3 摘要")};
    struct arena *a = rq->arena;
    struct cell_view *cells = arena_new_array(a, struct cell_view, FILE_COLUMNS * (x->file_count + 1));
    for (size_t i = 0; i < x->file_count; i++) {
        const struct definition_file *f = &x->files[i];
        struct cell_view *row = &cells[i * FILE_COLUMNS];
        row[0] = (struct cell_view){
            .text = f->path,
            .href = str_printf(a, "%.*s/%.*s", STR_ARG(set_href(a, x->row)), STR_ARG(f->path))};
        row[1].text = str_printf(a, "%zu", f->text.len);
        row[2].text = str_slice(definition_files_digest(a, f, 1), 0, 16);
    }
    return (struct table_view){.caption = STR("文件"),
                               .columns = columns,
                               .column_count = FILE_COLUMNS,
                               .cells = cells,
                               .row_count = x->file_count};
}

/* What it is called, then where it stands: 信访事项 · 受理告知期限（registers/petition.yaml …） */
static struct str change_place(struct arena *a, const struct definition_change *c)
{
    struct str where = str_printf(a, "%.*s%s%.*s", STR_ARG(c->path), c->place.len ? " " : "", STR_ARG(c->place));
    return c->label.len ? str_printf(a, "%.*s（%.*s）", STR_ARG(c->label), STR_ARG(where)) : where;
}

struct table_view issued_changes(struct request *rq, const struct definition_change *list, size_t count)
{
    static const struct column_view columns[CHANGE_COLUMNS] = {COLUMN("位置", .text = true), COLUMN("原来", .text = true),
                                                               COLUMN("现在", .text = true)};
    struct cell_view *cells = arena_new_array(rq->arena, struct cell_view, CHANGE_COLUMNS * (count + 1));
    for (size_t i = 0; i < count; i++) {
        struct cell_view *row = &cells[i * CHANGE_COLUMNS];
        row[0].text = change_place(rq->arena, &list[i]);
        row[1].text = list[i].before;
        row[2].text = list[i].after;
    }
    return (struct table_view){.caption = STR("改了什么"),
                               .columns = columns,
                               .column_count = CHANGE_COLUMNS,
                               .cells = cells,
                               .row_count = count};
}

static struct str before_words(struct arena *a, const struct opened *x)
{
    if (!x->before || !x->before->digest.len) return STR("和程序自带的定义相比");
    return str_printf(a, "和第 %lld 份相比", (long long)x->before->number);
}

static const struct pair_view *make_facts(struct request *rq, const struct definitions_row *row, size_t *count)
{
    struct arena *a = rq->arena;
    struct pair_view *facts = arena_new_array(a, struct pair_view, 6);
    size_t n = 0;
    facts[n++] = (struct pair_view){.label = STR("下发单位"), .value = row->name};
    facts[n++] = (struct pair_view){.label = STR("自何日起"), .value = row->valid_from};
    facts[n++] = (struct pair_view){
        .label = STR("下发人"),
        .value = str_printf(a, "%.*s，%.*s", STR_ARG(row->issued_by), STR_ARG(views_minute(a, row->issued_at)))};
    facts[n++] = (struct pair_view){.label = STR("状态"), .value = str_from(standing(app_of(rq)->office, row))};
    if (row->note.len) facts[n++] = (struct pair_view){.label = STR("说明"), .value = row->note, .wide = true};
    if (row->digest.len) facts[n++] = (struct pair_view){.label = STR("SM3 摘要"), .value = row->digest, .wide = true};
    *count = n;
    return facts;
}

void page_issued_set(struct request *rq, struct reply *rp)
{
    struct opened x;
    if (!open_set(rq, rp, &x)) return;
    struct arena *a = rq->arena;
    struct issued_set_view v = {
        .title = str_printf(a, "%.*s%s第 %lld 份定义", STR_ARG(x.row->name), x.row->digest.len ? "下发的" : "撤回：",
                            (long long)x.row->number),
        .files = files_table(rq, &x),
        .changes = issued_changes(rq, x.changes, x.change_count),
        .changes_title = STR("改了什么"),
        .changes_note = str_printf(a, "%.*s，%zu 处不同%s。", STR_ARG(before_words(a, &x)), x.change_count,
                                   x.change_count == DEFINITION_CHANGES_MOST ? "（只列出这些）" : "")};
    v.facts = make_facts(rq, x.row, &v.fact_count);
    struct page p = app_page(rq, v.title);
    struct crumb crumbs[] = {{STR("台账定义"), STR("/definitions")},
                             {STR("下发的定义"), STR("/definitions/issued")},
                             {v.title, STR("")}};
    app_crumbs(rq, &p, crumbs, 3);
    tmpl_page_issued_set(rp->body, &p, &v);
}

void page_issued_file(struct request *rq, struct reply *rp)
{
    struct opened x;
    if (!open_set(rq, rp, &x)) return;
    for (size_t i = 0; i < x.file_count; i++) {
        if (!str_eq(x.files[i].path, rq->arg[2])) continue;
        rp->type = STR("text/plain; charset=utf-8");
        buf_put(rp->body, x.files[i].text);
        return;
    }
    http_fault(rq, rp, 404, STR("这份定义里没有这个文件"));
}
