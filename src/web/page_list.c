#include "web/page_list.h"

#include "base/utf8.h"
#include "paper/sheet.h"
#include "web/form.h"
#include "web/list_query.h"
#include "web/place.h"
#include "web/templates.h"
#include "web/views.h"

enum { EXPORT_MOST = 100000, CELL_CHARS = 40 };

const struct reg *page_register(struct request *rq, struct reply *rp)
{
    const struct reg *reg = model_reg(app_of(rq)->office->model, rq->arg[0]);
    if (reg && user_sees_register(&visit_of(rq)->user, reg)) return reg;
    http_fault(rq, rp, 404, STR("没有这个台账，或者您的岗位不能查看"));
    return NULL;
}

/* ---- table ---- */

struct listing {
    struct request *rq;
    struct reply *rp; /* for an export */
    const struct reg *reg;
    struct list_request list;
    struct record_list rows;
    struct deadline_row *next_due; /* by row; without a name: none */
    struct shower show;
    const struct field **columns;
    size_t column_count;
};

static void choose_columns(struct listing *l)
{
    l->columns = arena_new_array(l->rq->arena, const struct field *, l->reg->field_count + 1);
    for (size_t i = 0; i < l->reg->field_count; i++)
        if (l->reg->fields[i].listed) l->columns[l->column_count++] = &l->reg->fields[i];
    if (l->column_count == 0 && l->reg->title) l->columns[l->column_count++] = l->reg->title;
}

static struct column_view column(struct listing *l, struct str name, struct str label)
{
    bool sorted = str_eq(l->list.query.sort_field, name);
    bool descending = sorted && l->list.query.descending;
    struct str next = sorted && !descending ? str_printf(l->rq->arena, "-%.*s", STR_ARG(name)) : name;
    return (struct column_view){.label = label,
                                .sort = app_url_with(l->rq, l->rq->path, "sort", next),
                                .sorted = sorted ? (descending ? -1 : 1) : 0};
}

static struct html badge_html(struct arena *a, const struct badge_view *badge)
{
    struct buf b = buf_in(a);
    tmpl_badge(&b, badge);
    return html_take(&b, 0);
}

/* The earliest running deadline of each row. */
static bool load_next_due(struct listing *l, struct error *err)
{
    struct arena *a = l->rq->arena;
    int64_t *ids = arena_new_array(a, int64_t, l->rows.count + 1);
    l->next_due = arena_new_array(a, struct deadline_row, l->rows.count + 1);
    if (l->reg->deadline_count == 0) return true;
    struct str today = date_iso(a, clock_today(&l->show.office->clock));
    for (size_t i = 0; i < l->rows.count; i++) ids[i] = l->rows.rows[i].head.id;
    return deadline_list_next(l->show.conn, a, l->show.office->key, l->reg, today, ids, l->rows.count, l->next_due, err);
}

/* As a badge behind its day. */
static void put_next_due(struct listing *l, const struct deadline_row *next, struct cell_view *cell)
{
    if (next->name.len == 0) return;
    struct buf b = buf_in(l->rq->arena);
    buf_put_html(&b, next->legal_on);
    buf_putc(&b, ' ');
    struct badge_view badge = views_due_badge(l->rq, reg_deadline(l->reg, next->name), next);
    tmpl_badge(&b, &badge);
    cell->html = html_take(&b, 0);
}

/* Columns before those of the fields: number, stage and, where the register has deadlines, the next one. */
static size_t fixed_columns(const struct listing *l)
{
    return l->reg->deadline_count ? 3 : 2;
}

static const struct column_view *make_columns(struct listing *l)
{
    size_t fixed = fixed_columns(l);
    struct column_view *columns = arena_new_array(l->rq->arena, struct column_view, fixed + l->column_count);
    columns[0] = column(l, STR("number"), STR("编号"));
    columns[1] = column(l, STR("stage"), STR("阶段"));
    if (fixed > 2) columns[2] = (struct column_view){.label = STR("最近期限")};
    for (size_t i = 0; i < l->column_count; i++) {
        const struct field *f = l->columns[i];
        struct column_view *c = &columns[fixed + i];
        *c = column(l, f->name, f->label);
        if (!list_sorts_by(l->reg, f->name)) c->sort = STR("");
        c->number = f->type == FIELD_INTEGER || f->type == FIELD_MONEY || f->type == FIELD_DECIMAL;
        c->text = f->type == FIELD_TEXT || f->type == FIELD_REF || f->type == FIELD_PLACE;
    }
    return columns;
}

static void fill_row(struct listing *l, size_t index, struct cell_view *row)
{
    const struct record *rec = &l->rows.rows[index];
    struct arena *a = l->rq->arena;
    size_t fixed = fixed_columns(l);
    struct badge_view stage = views_stage_badge(rec);
    row[0] = (struct cell_view){.text = rec->head.number, .href = views_record_href(a, l->reg, rec->head.id)};
    row[1].html = badge_html(a, &stage);
    if (fixed > 2) put_next_due(l, &l->next_due[index], &row[2]);
    for (size_t i = 0; i < l->column_count; i++) {
        const struct field *f = l->columns[i];
        struct str t = views_value(l->rq, &l->show, l->reg, f, rec->values[f - l->reg->fields], false, NULL);
        row[fixed + i].text = utf8_shorten(a, t, CELL_CHARS);
        if (f == l->reg->title) row[fixed + i].href = row[0].href;
    }
}

static bool make_table(struct listing *l, struct table_view *v, struct error *err)
{
    size_t width = l->column_count + fixed_columns(l);
    struct cell_view *cells = arena_new_array(l->rq->arena, struct cell_view, width * (l->rows.count + 1));
    if (!load_next_due(l, err)) return false;
    for (size_t r = 0; r < l->rows.count; r++) fill_row(l, r, &cells[r * width]);
    *v = (struct table_view){.caption = l->reg->label,
                             .columns = make_columns(l),
                             .column_count = width,
                             .cells = cells,
                             .row_count = l->rows.count};
    return true;
}

/* ---- filter bar ---- */

static void put_code_filter(struct listing *l, const struct field *f, struct filter_view *v, struct field_view *fields)
{
    char *key = str_cstr(l->rq->arena, f->name);
    struct str chosen = request_query(l->rq, key);
    struct option_view *options = arena_new_array(l->rq->arena, struct option_view, f->codes->count);
    for (size_t i = 0; i < f->codes->count; i++)
        options[i] = (struct option_view){.value = f->codes->codes[i].key,
                                          .label = f->codes->codes[i].label,
                                          .selected = str_eq(f->codes->codes[i].key, chosen)};
    fields[v->field_count++] = (struct field_view){
        .kind = INPUT_CODE, .name = f->name, .label = f->label, .options = options, .option_count = f->codes->count};
}

static void put_date_filters(struct listing *l, const struct field *f, struct filter_view *v, struct field_view *fields)
{
    static const char *const ends[] = {"from", "to"};
    static const char *const words[] = {"从", "到"};
    for (int i = 0; i < 2; i++) {
        struct str name = str_printf(l->rq->arena, "%.*s.%s", STR_ARG(f->name), ends[i]);
        fields[v->field_count++] =
            (struct field_view){.kind = INPUT_DATE,
                                .name = name,
                                .label = str_printf(l->rq->arena, "%.*s%s", STR_ARG(f->label), words[i]),
                                .value = request_query(l->rq, str_cstr(l->rq->arena, name))};
    }
}

/* Organisations whose records the person may see; no filter when there is nothing to choose. */
static void put_org_filter(struct listing *l, struct filter_view *v, struct field_view *fields)
{
    const struct user *u = &visit_of(l->rq)->user;
    struct field_view f = {
        .kind = INPUT_ORG, .name = STR("org"), .label = STR("单位"), .value = request_query(l->rq, "org")};
    form_org_options(l->rq, &l->show, user_sight(u, l->reg).all ? NULL : u, &f);
    if (f.option_count > 1) fields[v->field_count++] = f;
}

/* Filters that come by links and have no control of their own: several stages, references. */
static void put_linked(struct listing *l, struct filter_view *v, struct pair_view *chosen)
{
    struct arena *a = l->rq->arena;
    struct str stages = request_query(l->rq, "stage");
    struct buf words = buf_in(a);
    bool several = str_contains(stages, STR(","));
    for (struct str key; several && str_split(&stages, ',', &key);) {
        const struct stage *s = reg_stage(l->reg, key);
        if (s) buf_putf(&words, "%s%.*s", words.len ? "、" : "", STR_ARG(s->label));
    }
    if (words.len)
        chosen[v->chosen_count++] = (struct pair_view){
            .label = STR("阶段"), .value = buf_str(&words), .href = app_url_with(l->rq, l->rq->path, "stage", STR(""))};
    for (size_t i = 0; i < l->reg->field_count; i++) {
        const struct field *f = &l->reg->fields[i];
        char *key = str_cstr(a, f->name);
        struct str value = f->type == FIELD_REF ? request_query(l->rq, key) : STR("");
        if (value.len)
            chosen[v->chosen_count++] = (struct pair_view){
                .label = f->label, .value = value, .href = app_url_with(l->rq, l->rq->path, key, STR(""))};
    }
}

static void put_chosen(struct listing *l, struct filter_view *v)
{
    size_t most = v->field_count + l->reg->field_count + 2;
    struct pair_view *chosen = arena_new_array(l->rq->arena, struct pair_view, most);
    put_linked(l, v, chosen);
    if (v->search.len)
        chosen[v->chosen_count++] = (struct pair_view){
            .label = STR("搜索"), .value = v->search, .href = app_url_with(l->rq, l->rq->path, "q", STR(""))};
    for (size_t i = 0; i < v->field_count; i++) {
        const struct field_view *f = &v->fields[i];
        char *key = str_cstr(l->rq->arena, f->name);
        struct str value = request_query(l->rq, key);
        if (value.len == 0) continue;
        for (size_t k = 0; k < f->option_count; k++)
            if (f->options[k].selected) value = f->options[k].label;
        chosen[v->chosen_count++] = (struct pair_view){
            .label = f->label, .value = value, .href = app_url_with(l->rq, l->rq->path, key, STR(""))};
    }
    v->chosen = chosen;
}

static bool has_control(const struct filter_view *v, struct str name)
{
    for (size_t i = 0; i < v->field_count; i++)
        if (str_eq(v->fields[i].name, name)) return true;
    return false;
}

/* Parameters of the address that a form of the page must keep: all but those it has controls for. `own` is the name of
 * the form's text. */
static const struct pair_view *kept(struct request *rq, const struct filter_view *v, const char *own, size_t *count)
{
    struct pair_view *list = arena_new_array(rq->arena, struct pair_view, rq->query.count);
    for (size_t i = 0; i < rq->query.count; i++) {
        const struct pair *p = &rq->query.items[i];
        bool dropped = p->value.len == 0 || str_is(p->name, own) || str_is(p->name, "page") || str_is(p->name, "done");
        if (!dropped && !(v && has_control(v, p->name)))
            list[(*count)++] = (struct pair_view){.label = p->name, .value = p->value};
    }
    return list;
}

static struct filter_view make_filter(struct listing *l)
{
    struct field_view *fields = arena_new_array(l->rq->arena, struct field_view, 2 * l->reg->field_count + 2);
    struct filter_view v = {.action = l->rq->path,
                            .search = l->list.query.search,
                            .search_hint = STR("编号、标题、内容"),
                            .fields = fields};
    bool dated = false;
    for (size_t i = 0; i < l->reg->field_count; i++) {
        const struct field *f = &l->reg->fields[i];
        if (f->private_ || !f->listed) continue;
        if (f->type == FIELD_CODE) put_code_filter(l, f, &v, fields);
        if (f->type == FIELD_DATE && !dated) {
            put_date_filters(l, f, &v, fields);
            dated = true;
        }
    }
    put_org_filter(l, &v, fields);
    v.hidden = kept(l->rq, &v, "q", &v.hidden_count);
    put_chosen(l, &v);
    return v;
}

static bool make_tabs(struct listing *l, struct list_page_view *v, struct error *err)
{
    struct str *stages;
    int64_t *counts;
    size_t count;
    bool known;
    struct office *o = app_of(l->rq)->office;
    if (!record_count_by_stage(l->show.conn, l->rq->arena, o->key, l->reg, l->list.query.sight, &stages, &counts,
                               &count, &known, err))
        return false;
    struct str chosen = request_query(l->rq, "stage");
    struct tab_view *tabs = arena_new_array(l->rq->arena, struct tab_view, l->reg->stage_count + 1);
    tabs[0] = (struct tab_view){
        .label = STR("全部"), .href = app_url_with(l->rq, l->rq->path, "stage", STR("")), .current = chosen.len == 0};
    tabs[0].count = known ? 0 : -1;
    for (size_t i = 0; i < l->reg->stage_count; i++) {
        struct tab_view *t = &tabs[i + 1];
        const struct stage *s = &l->reg->stages[i];
        *t = (struct tab_view){.label = s->label,
                               .href = app_url_with(l->rq, l->rq->path, "stage", s->key),
                               .current = str_eq(s->key, chosen)};
        t->count = known ? 0 : -1;
        for (size_t k = 0; known && k < count; k++)
            if (str_eq(stages[k], s->key)) t->count = counts[k];
        if (known) tabs[0].count += t->count;
    }
    v->tabs = tabs;
    v->tab_count = l->reg->stage_count + 1;
    return true;
}

static bool may_create(const struct request *rq, const struct reg *reg)
{
    return user_may_act(&visit_of(rq)->user, reg, &reg->acts[0], STR("page"));
}

/* Reads the address: what the list asks for. */
static bool prepare(struct listing *l, struct conn *c, int64_t rows, struct error *err)
{
    if (!list_request_read(l->rq, c, l->reg, rows, &l->list, err)) return false;
    l->list.query.run = &l->list.run;
    return shower_open(&l->show, app_of(l->rq)->office, c, l->rq->arena, err);
}

static bool load(struct listing *l, struct conn *c, struct error *err)
{
    return prepare(l, c, PAGE_ROWS, err) && place_list(l->rq, c, &l->list.query, &l->rows, err);
}

static bool fill(struct listing *l, struct list_page_view *v, struct error *err)
{
    struct arena *a = l->rq->arena;
    struct str base = str_printf(a, "/r/%.*s", STR_ARG(l->reg->name));
    struct str export = str_printf(a, "%.*s/export", STR_ARG(base));
    v->title = l->reg->label;
    v->help = l->reg->help;
    v->cite = l->reg->cite.text;
    v->create_href = may_create(l->rq, l->reg) ? str_printf(a, "%.*s/new", STR_ARG(base)) : STR("");
    v->import_href =
        user_may(&visit_of(l->rq)->user, MAY_IMPORT) ? str_printf(a, "/import/%.*s", STR_ARG(l->reg->name)) : STR("");
    v->csv_href = app_url_with(l->rq, export, "format", STR("csv"));
    v->xlsx_href = app_url_with(l->rq, export, "format", STR("xlsx"));
    v->definition_href = str_printf(a, "/definitions/%.*s", STR_ARG(l->reg->name));
    v->where = l->list.where;
    v->where_error = l->list.where_error;
    v->where_action = l->rq->path;
    v->where_hidden = kept(l->rq, NULL, "where", &v->where_hidden_count);
    v->filter = make_filter(l);
    if (!place_list_pager(l->rq, "page", &l->list.query, &l->rows, STR(""), &v->pager, err)) return false;
    bool filtered = v->filter.chosen_count || l->list.where.len || request_query(l->rq, "stage").len;
    v->empty = (struct empty_view){.title = filtered ? STR("没有符合条件的记录") : STR("还没有记录"),
                                   .text = filtered ? STR("去掉一些条件再试。") : l->reg->help,
                                   .href = filtered ? base : v->create_href,
                                   .action = filtered ? STR("去掉全部条件") : STR("新增")};
    return make_table(l, &v->table, err);
}

void page_list(struct request *rq, struct reply *rp)
{
    struct listing l = {.rq = rq, .reg = page_register(rq, rp)};
    struct list_page_view v = {0};
    if (!l.reg) return;
    struct conn *c = app_read(rq, rp);
    if (!c) return;
    choose_columns(&l);
    bool ok = load(&l, c, &rp->err) && make_tabs(&l, &v, &rp->err) && fill(&l, &v, &rp->err);
    if (!app_read_end(rq, rp, c, ok)) return;
    struct page p = app_page(rq, l.reg->label);
    tmpl_page_list(rp->body, &p, &v);
}

/* ---- export ---- */

/* An export holds all that the conditions ask for, or nothing. */
static bool load_export(struct listing *l, struct conn *c)
{
    struct error *err = &l->rp->err;
    struct list_query *q = &l->list.query;
    if (!prepare(l, c, 0, err)) return false;
    if (l->list.where_error.len)
        return error_set(err, ERR_INPUT, "没有导出：筛选条件有误。%.*s", STR_ARG(l->list.where_error));
    q->from = LIST_FIRST;
    q->count_most = EXPORT_MOST;
    if (!record_list(c, l->rq->arena, q, &l->rows, err)) return false;
    if (l->rows.more || l->rows.total > EXPORT_MOST)
        return error_set(err, ERR_INPUT, "没有导出：符合条件的超过%d条，一次最多导出%d条，请按日期分批导出", EXPORT_MOST,
                         EXPORT_MOST);
    q->limit = EXPORT_MOST;
    q->count_most = -1;
    return record_list(c, l->rq->arena, q, &l->rows, err);
}

static struct sheet *make_sheet(struct listing *l)
{
    struct sheet *s = sheet_new(l->rq->arena, l->reg->label);
    sheet_column(s, STR("编号"), 0, SHEET_TEXT);
    sheet_column(s, STR("阶段"), 0, SHEET_TEXT);
    for (size_t i = 0; i < l->reg->field_count; i++) {
        const struct field *f = &l->reg->fields[i];
        bool number = f->type == FIELD_INTEGER || f->type == FIELD_DECIMAL;
        sheet_column(s, f->label, 0, number ? SHEET_NUMBER : f->type == FIELD_DATE ? SHEET_DATE : SHEET_TEXT);
    }
    for (size_t r = 0; r < l->rows.count; r++) {
        const struct record *rec = &l->rows.rows[r];
        struct str *cells = sheet_row(s);
        cells[0] = rec->head.number;
        cells[1] = show_stage(rec);
        for (size_t i = 0; i < l->reg->field_count; i++)
            cells[i + 2] = views_value(l->rq, &l->show, l->reg, &l->reg->fields[i], rec->values[i], false, NULL);
    }
    return s;
}

void page_list_export(struct request *rq, struct reply *rp)
{
    struct listing l = {.rq = rq, .rp = rp, .reg = page_register(rq, rp)};
    if (!l.reg) return;
    struct conn *c = app_read(rq, rp);
    if (!c) return;
    struct sheet *s = load_export(&l, c) ? make_sheet(&l) : NULL;
    store_done(c);
    if (s) views_send_sheet(rq, rp, s, l.reg->label);
    else http_fault_error(rq, rp, &rp->err);
}
