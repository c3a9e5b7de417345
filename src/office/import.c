#include "office/import.h"

#include <jansson.h>

#include "base/buf.h"
#include "office/chain.h"
#include "office/held.h"
#include "office/inputs.h"
#include "office/seal.h"

/* One import under way. */
struct run {
    struct tx *tx;
    const struct reg *reg;
    const struct sheet_in *sheet;
    const struct import_column *columns;
    struct import_report *report;
    size_t fault_cap;
    struct arena *keep;       /* what outlives a row */
    size_t *column_of;        /* by field: its column, or SIZE_MAX */
    size_t number_at, stage_at; /* the special columns, or SIZE_MAX */
};

/* One row. */
struct line {
    const struct sheet_row *row;
    bool *used;    /* acts already played, by index */
    bool *refused; /* acts refused since the last one that was played: things may change with the next */
    bool *taken;   /* columns that were used as inputs */
    const struct record *known; /* the record that the row became before; NULL: a new one */
    const struct act_entry *done; /* its acts up to now */
    size_t done_count;
    struct held held; /* what the row becomes, in hand while rows are played together */
};

static void add_fault(struct run *r, size_t line, struct str column, struct str value, struct str why)
{
    struct import_fault f = {line, str_copy(r->keep, column), str_copy(r->keep, value), str_copy(r->keep, why)};
    ARENA_PUSH(r->keep, r->report->faults, r->report->fault_count, r->fault_cap, f);
}

static void find_columns(struct run *r)
{
    r->column_of = arena_new_array(r->keep, size_t, r->reg->field_count);
    for (size_t i = 0; i < r->reg->field_count; i++) r->column_of[i] = SIZE_MAX;
    r->number_at = r->stage_at = SIZE_MAX;
    for (size_t i = r->sheet->columns; i-- > 0;) {
        const struct import_column *c = &r->columns[i];
        if (c->what == COLUMN_FIELD) r->column_of[c->field - r->reg->fields] = i;
        if (c->what == COLUMN_NUMBER) r->number_at = i;
        if (c->what == COLUMN_STAGE) r->stage_at = i;
    }
}

static size_t column_of_field(const struct run *r, const struct field *f)
{
    return f ? r->column_of[f - r->reg->fields] : SIZE_MAX;
}

static struct str cell_at(const struct line *l, size_t column)
{
    return column == SIZE_MAX ? STR("") : str_trim(l->row->cells[column]);
}

static struct str cell(const struct run *r, const struct line *l, const struct field *f)
{
    return cell_at(l, column_of_field(r, f));
}

/* The column that a fault is about: that of its field, or of the record's number. */
static size_t column_of_fault(const struct run *r, const struct error *e)
{
    struct str where = str_from(e->where);
    return str_is(where, "number") ? r->number_at : column_of_field(r, reg_field(r->reg, where));
}

static void add_stage_fault(struct run *r, const struct line *l, struct str why)
{
    add_fault(r, l->row->line, r->sheet->header[r->stage_at], l->row->cells[r->stage_at], why);
}

/* Faults of an act become faults of cells: the field's name leads to its column. */
static void add_act_faults(struct run *r, const struct line *l, const struct errors *faults)
{
    for (size_t i = 0; i < faults->count; i++) {
        const struct error *e = &faults->items[i];
        size_t at = column_of_fault(r, e);
        struct error bare = *e;
        bare.where[0] = '\0';
        struct str column = at == SIZE_MAX ? STR("") : r->sheet->header[at];
        struct str value = at == SIZE_MAX ? STR("") : l->row->cells[at];
        if (at == SIZE_MAX) {
            const struct field *f = reg_field(r->reg, str_from(e->where));
            if (f) column = f->label;
        }
        add_fault(r, l->row->line, column, value, error_line(r->tx->arena, &bare));
    }
}

/* ---- which inputs a row gives an act ---- */

static size_t gather_inputs(struct run *r, struct line *l, const struct act *act, struct input **inputs)
{
    struct act_input *fields;
    size_t n = act_fields(r->tx->arena, r->reg, act, &fields);
    *inputs = arena_new_array(r->tx->arena, struct input, n + 1);
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        struct str text = cell(r, l, fields[i].field);
        if (text.len) (*inputs)[count++] = (struct input){.name = fields[i].field->name, .text = text};
    }
    return count;
}

static bool has_all_required(const struct run *r, const struct line *l, const struct act *act)
{
    for (size_t i = 0; i < act->input_count; i++)
        if (act->inputs[i].required && cell(r, l, act->inputs[i].field).len == 0) return false;
    return true;
}

/* An act of the past whose day the row does not tell must not be dated today. */
static bool lacks_day(const struct run *r, const struct line *l, const struct act *act)
{
    for (size_t i = 0; act->dated && i < act->input_count; i++)
        if (act->inputs[i].field == act->dated) return cell(r, l, act->dated).len == 0;
    return false;
}

static bool has_any_required(const struct act *act)
{
    for (size_t i = 0; i < act->input_count; i++)
        if (act->inputs[i].required) return true;
    return false;
}

static bool act_leaves(const struct reg *reg, const struct act *act, struct str stage)
{
    const struct stage *s = reg_stage(reg, stage);
    return s && act_leads_from(act, s);
}

/* ---- playing a row ---- */

static bool apply(struct run *r, struct line *l, const struct act *act, struct act_request *rq,
                  struct act_result *result, struct errors *faults)
{
    rq->reg = r->reg;
    rq->act = act->name;
    rq->held = r->tx->whole ? &l->held : NULL;
    rq->input_count = gather_inputs(r, l, act, (struct input **)&rq->inputs);
    if (!act_apply(r->tx, rq, result, faults)) return false;
    for (size_t i = 0; i < rq->input_count; i++)
        l->taken[column_of_field(r, reg_field(r->reg, rq->inputs[i].name))] = true;
    return true;
}

static const struct stage *wanted_stage(const struct run *r, const struct line *l)
{
    struct str text = cell_at(l, r->stage_at);
    for (size_t i = 0; i < r->reg->stage_count; i++) {
        const struct stage *s = &r->reg->stages[i];
        if (str_eq(s->label, text) || str_eq(s->key, text)) return s;
    }
    return NULL;
}

/* Can the row play this act now? Acts without required inputs are played only towards the stage it asks for. */
static bool is_playable(const struct run *r, const struct line *l, size_t index, struct str stage,
                        const struct stage *wanted)
{
    const struct act *act = &r->reg->acts[index];
    if (act->kind != ACT_STEP || l->used[index] || l->refused[index] || !act_leaves(r->reg, act, stage)) return false;
    if (lacks_day(r, l, act)) return false;
    if (wanted && str_eq(stage, wanted->key) && act->to.len && !str_eq(act->to, stage)) return false;
    if (!has_any_required(act)) return wanted && act->to.len && str_eq(act->to, wanted->key);
    return has_all_required(r, l, act);
}

/* Plays on until no act fits. A refused act is tried again after another was played; the first refusal that remains
 * explains a stage not reached. */
static size_t play_on(struct run *r, struct line *l, struct act_result *at, const struct stage *wanted,
                      struct errors *refusals)
{
    size_t played = 0;
    for (size_t i = 0; i < r->reg->act_count && !r->tx->spoilt; i++) {
        if (!is_playable(r, l, i, at->stage, wanted)) continue;
        struct errors faults = errors_in(r->tx->arena);
        struct act_request rq = {.record = at->record};
        if (!apply(r, l, &r->reg->acts[i], &rq, at, &faults)) {
            l->refused[i] = true;
            if (refusals->count == 0) *refusals = faults;
            continue;
        }
        l->used[i] = true;
        played++;
        for (size_t k = 0; k < r->reg->act_count; k++) l->refused[k] = false;
        *refusals = errors_in(r->tx->arena);
        i = SIZE_MAX; /* from the first act again */
    }
    return played;
}

/* What keeps the record from leaving its present stage: for the message. */
static struct str missing_for(struct run *r, const struct line *l, struct str stage)
{
    struct buf b = buf_in(r->tx->arena);
    for (size_t i = 0; i < r->reg->act_count; i++) {
        const struct act *act = &r->reg->acts[i];
        bool fits = l->used[i] || (has_all_required(r, l, act) && !lacks_day(r, l, act));
        if (act->kind != ACT_STEP || !act_leaves(r->reg, act, stage) || fits) continue;
        buf_putf(&b, "%s「%.*s」缺少", b.len ? "；" : "", STR_ARG(act->label));
        bool first = true;
        for (size_t k = 0; k < act->input_count; k++) {
            bool needed = act->inputs[k].required || act->inputs[k].field == act->dated;
            if (!needed || cell(r, l, act->inputs[k].field).len) continue;
            buf_putf(&b, "%s%.*s", first ? "" : "、", STR_ARG(act->inputs[k].field->label));
            first = false;
        }
    }
    return buf_str(&b);
}

/* An old sheet states where a known matter stood then: no fault when it has gone on since. */
static bool was_there(const struct run *r, const struct line *l, const struct stage *stage)
{
    const struct str first = r->reg->acts[0].to.len ? r->reg->acts[0].to : r->reg->stages[0].key;
    if (str_eq(first, stage->key)) return true;
    for (size_t i = 0; i < r->reg->act_count; i++)
        if (l->used[i] && str_eq(r->reg->acts[i].to, stage->key)) return true;
    return false;
}

static void check_stage(struct run *r, struct line *l, const struct act_result *at, const struct stage *wanted,
                        const struct errors *refusals)
{
    struct str text = cell_at(l, r->stage_at);
    bool reached = wanted && (str_eq(at->stage, wanted->key) || (l->known && was_there(r, l, wanted)));
    if (text.len && !wanted) {
        add_stage_fault(r, l, STR("没有这个阶段"));
        return;
    }
    if (refusals->count && (!reached || l->known)) add_act_faults(r, l, refusals);
    if (text.len == 0 || reached) return;
    const struct stage *now = reg_stage(r->reg, at->stage);
    struct str missing = missing_for(r, l, at->stage);
    add_stage_fault(r, l,
                    str_printf(r->tx->arena, "按所填内容只能到「%.*s」%s%.*s", STR_ARG(now ? now->label : at->stage),
                               missing.len ? "：" : "", STR_ARG(missing)));
}

/* What a cell says, as plain value; nothing when it says nothing that the field can hold. */
static struct value value_of_cell(struct run *r, const struct field *f, struct str text)
{
    struct value v;
    struct error err;
    struct errors faults = errors_in(r->tx->arena);
    bool named = f->type == FIELD_REF || f->type == FIELD_ORG;
    bool good = named ? input_value(r->tx, r->reg, f, text, &v, &faults)
                      : field_parse(r->tx->arena, f, str_trim(text), &v, &err);
    return good ? v : value_null();
}

/* Did this act give the field this value? */
static bool gave(struct run *r, const struct act_entry *e, const struct field *f, struct value v)
{
    json_t *inputs = json_loadb(e->inputs.s, e->inputs.len, 0, NULL);
    const json_t *given = json_object_get(inputs, str_cstr(r->tx->arena, f->name));
    bool same;
    if (f->private_ && json_is_string(given)) {
        struct value sealed = value_text((struct str){json_string_value(given), json_string_length(given)});
        same = value_eq(v, input_reveal(r->tx->office, r->tx->arena, r->reg, f, sealed));
    } else {
        json_t *wanted = chain_json_value(v);
        same = json_equal(given, wanted);
        json_decref(wanted);
    }
    json_decref(inputs);
    return same;
}

/* A known record is not told again what it holds, what it was told before, or what it began with. */
static bool is_known(struct run *r, const struct line *l, const struct field *f, struct str text)
{
    if (!l->known) return false;
    if (f->at_create) return true;
    struct value v = value_of_cell(r, f, text);
    if (v.kind == VALUE_NULL) return false;
    struct value now = l->known->values[f - r->reg->fields];
    if (value_eq(v, input_reveal(r->tx->office, r->tx->arena, r->reg, f, now))) return true;
    for (size_t i = 0; i < l->done_count; i++)
        if (gave(r, &l->done[i], f, v)) return true;
    return false;
}

/* Cells that no act took would be lost without a word. */
static void check_unused(struct run *r, const struct line *l)
{
    for (size_t i = 0; i < r->sheet->columns; i++) {
        if (r->columns[i].what != COLUMN_FIELD || l->taken[i] || str_trim(l->row->cells[i]).len == 0) continue;
        if (is_known(r, l, r->columns[i].field, l->row->cells[i])) continue;
        add_fault(r, l->row->line, r->sheet->header[i], l->row->cells[i],
                  STR("这一格没有用上：办到这一步的程序不填写这一项，请核对阶段和前面的各项"));
    }
}

/* Plays on from where the record stands, and tells what of the row was of no use; gives how many acts it took. */
static size_t play_out(struct run *r, struct line *l, struct act_result *at)
{
    const struct stage *wanted = wanted_stage(r, l);
    const struct stage *now = reg_stage(r->reg, at->stage);
    struct errors refusals = errors_in(r->tx->arena);
    size_t before = r->report->fault_count;
    size_t played = l->known && now && now->final ? 0 : play_on(r, l, at, wanted, &refusals);
    check_stage(r, l, at, wanted, &refusals);
    if (r->report->fault_count == before) check_unused(r, l);
    return played;
}

/* Id of the record that this row already became, 0 when it is new. */
static bool find_known(struct run *r, struct line *l, int64_t *id, struct error *err)
{
    *id = 0;
    const struct reg *reg = r->reg;
    if (reg->natural_key_count == 0) return true;
    struct value *values = arena_new_array(r->tx->arena, struct value, reg->natural_key_count);
    for (size_t i = 0; i < reg->natural_key_count; i++) {
        const struct field *f = reg_field(reg, reg->natural_key[i]);
        struct errors faults = errors_in(r->tx->arena);
        if (!f || f->private_ || cell(r, l, f).len == 0) return true;
        if (!input_value(r->tx, reg, f, cell(r, l, f), &values[i], &faults)) return true; /* told by create */
    }
    return record_find_by_key(r->tx->conn, r->tx->office->key, reg, values, id, err);
}

/* What was done on the record before is not done again because the row comes again. */
static bool mark_done(struct run *r, struct line *l, int64_t id, struct error *err)
{
    struct act_entry *acts;
    size_t count;
    if (!act_list_of_record(r->tx->conn, r->tx->arena, r->tx->office->key, r->reg->name, id, &acts, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct act *act = reg_act(r->reg, acts[i].act);
        if (act) l->used[act - r->reg->acts] = true;
    }
    l->done = acts;
    l->done_count = count;
    return true;
}

static bool advance_known(struct run *r, struct line *l, int64_t id, struct error *err)
{
    struct record rec;
    if (!record_get(r->tx->conn, r->tx->arena, r->tx->office->key, r->reg, id, &rec, err)) return false;
    if (!mark_done(r, l, id, err)) return false;
    l->known = &rec;
    held_take(&l->held, r->tx->arena, &rec, false);
    struct act_result at = {.record = id, .stage = rec.head.stage};
    size_t before = r->report->fault_count;
    size_t played = play_out(r, l, &at);
    l->known = NULL;
    if (r->report->fault_count > before) return true;
    if (played)
        r->report->advanced++;
    else
        r->report->repeated++;
    return true;
}

static void create(struct run *r, struct line *l)
{
    struct errors faults = errors_in(r->tx->arena);
    struct act_result at;
    struct act_request rq = {.number = cell_at(l, r->number_at)};
    if (!apply(r, l, &r->reg->acts[0], &rq, &at, &faults)) {
        add_act_faults(r, l, &faults);
        return;
    }
    size_t before = r->report->fault_count;
    play_out(r, l, &at);
    if (r->report->fault_count == before) r->report->created++;
}

static bool play_row(struct run *r, const struct sheet_row *row, struct error *err)
{
    struct line l = {.row = row,
                     .used = arena_new_array(r->tx->arena, bool, r->reg->act_count),
                     .refused = arena_new_array(r->tx->arena, bool, r->reg->act_count),
                     .taken = arena_new_array(r->tx->arena, bool, r->sheet->columns)};
    int64_t known;
    if (!find_known(r, &l, &known, err)) return false;
    if (known && !advance_known(r, &l, known, err)) return false;
    if (!known) create(r, &l);
    return r->tx->spoilt || held_write(r->tx, &l.held, err);
}

/* A row with faults is undone, so that the rows after it are checked against a clean state. */
static bool play_row_alone(struct run *r, const struct sheet_row *row, struct error *err)
{
    size_t before = r->report->fault_count;
    struct tx_mark mark;
    return tx_savepoint(r->tx, &mark, err) && play_row(r, row, err) &&
           (r->report->fault_count == before ? tx_release(r->tx, err) : tx_undo(r->tx, &mark, err));
}

static void restore_counts(struct import_report *r, const struct import_report *before)
{
    r->created = before->created;
    r->advanced = before->advanced;
    r->repeated = before->repeated;
    r->fault_count = before->fault_count;
}

/* Rows in one savepoint for all of them: a savepoint copies every page that is written after it. Whatever goes wrong
 * with any of them, all are undone, and `good` says that each must be played alone. */
static bool play_together(struct run *r, const struct sheet_row *rows, size_t count, bool *good, struct error *err)
{
    const struct import_report before = *r->report;
    struct tx_mark mark;
    if (!tx_savepoint(r->tx, &mark, err)) return false;
    r->tx->whole = true;
    *good = true;
    bool ok = true;
    for (size_t i = 0; ok && *good && i < count; i++) {
        arena_reset(r->tx->arena);
        ok = play_row(r, &rows[i], err);
        *good = !r->tx->spoilt && r->report->fault_count == before.fault_count;
    }
    r->tx->whole = false;
    if (ok && *good) ok = tx_release(r->tx, err);
    bool taken = !ok && act_number_taken(err);
    if (!taken && (!ok || *good)) return ok;
    r->tx->careful = true; /* numbers may have met those of earlier imports: from here on each is looked at */
    *good = false;
    restore_counts(r->report, &before);
    return tx_undo(r->tx, &mark, err);
}

static bool play_each(struct run *r, const struct sheet_row *rows, size_t count, struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        arena_reset(r->tx->arena);
        if (!play_row_alone(r, &rows[i], err)) return false;
    }
    return true;
}

enum { ROWS_TOGETHER = 200 };

/* The next rows of the sheet, at most `most`. */
static bool take_rows(struct sheet_rows *from, struct arena *a, size_t most, struct sheet_row *rows, size_t *count,
                      struct error *err)
{
    bool more = true;
    *count = 0;
    while (*count < most) {
        if (!sheet_rows_next(from, a, &rows[*count], &more, err)) return false;
        if (!more) break;
        ++*count;
    }
    return true;
}

static bool play_some(struct run *r, const struct sheet_row *rows, size_t count, size_t *together, struct error *err)
{
    bool good = false;
    if (count > 1 && !play_together(r, rows, count, &good, err)) return false;
    if (!good && !play_each(r, rows, count, err)) return false;
    size_t next = !good && count > 1 ? count / 8 + 1 : *together * 2;
    *together = next < ROWS_TOGETHER ? next : ROWS_TOGETHER;
    return true;
}

static bool play_rows(struct run *r, const struct import_options *options, struct error *err)
{
    auto_arena rows_arena = arena_open();
    auto_arena row_arena = arena_open();
    struct sheet_rows *sheet = sheet_rows_open(r->keep, r->sheet);
    struct sheet_row rows[ROWS_TOGETHER];
    size_t together = ROWS_TOGETHER, done = 0, count;
    r->tx->arena = row_arena;
    bool ok;
    do {
        arena_reset(rows_arena);
        ok = take_rows(sheet, rows_arena, together, rows, &count, err) && play_some(r, rows, count, &together, err);
        done += count;
        if (ok && count) store_tell_progress(r->tx->conn, (int64_t)done, (int64_t)r->sheet->count);
        if (ok && count && options->progress)
            options->progress(options->progress_arg, (struct import_at){IMPORT_ROWS, done, r->sheet->count});
    } while (ok && count);
    r->tx->arena = r->keep;
    return ok;
}

static void check_header(struct run *r)
{
    for (size_t i = 0; i < r->sheet->columns; i++)
        if (r->columns[i].what == COLUMN_UNKNOWN)
            add_fault(
                r, 0, r->sheet->header[i], STR(""),
                str_printf(r->keep, "「%.*s」没有这一栏：请改正表头，或者指定它对应的栏目", STR_ARG(r->reg->label)));
}

static struct str file_mark(struct arena *a, const struct reg *reg, struct str digest)
{
    return str_printf(a, "imported/%.*s/%.*s", STR_ARG(reg->name), STR_ARG(digest));
}

/* Everything inside the transaction. */
static bool run_all(struct run *r, const struct import_options *options, struct error *err)
{
    struct str mark = file_mark(r->keep, r->reg, options->digest);
    struct str before;
    if (!setting_get(r->tx->conn, r->keep, r->tx->office->key, mark, &before, err)) return false;
    if (options->digest.len && before.len && !options->again) {
        r->report->same_file = true;
        return true;
    }
    check_header(r);
    find_columns(r);
    if (!play_rows(r, options, err)) return false;
    if (r->report->fault_count || !options->digest.len) return true;
    return setting_put(r->tx->conn, r->tx->office->key, mark, moment_iso(r->keep, r->tx->now), err);
}

struct str import_at_words(struct arena *a, struct import_at at)
{
    return str_printf(a, at.phase == IMPORT_WORDS ? "正在建立全文索引：%zu / %zu 件" : "正在导入：%zu / %zu 行", at.done, at.total);
}

static void watch_words(void *arg, size_t done, size_t total)
{
    const struct import_options *options = arg;
    options->progress(options->progress_arg, (struct import_at){IMPORT_WORDS, done, total});
}

bool import_run(struct office *o, struct arena *a, const struct user *u, struct str entrance, const struct reg *reg,
                const struct sheet_in *sheet, const struct import_column *columns, const struct import_options *options,
                struct import_report *report, struct error *err)
{
    *report = (struct import_report){.rows = sheet->count};
    if (!user_may(u, MAY_IMPORT)) return error_set(err, ERR_FORBIDDEN, "您的岗位不能导入数据");
    struct tx tx;
    if (!tx_begin_long(&tx, o, a, u, entrance, err)) return false;
    struct run r = {.tx = &tx, .reg = reg, .sheet = sheet, .columns = columns, .report = report, .keep = a};
    bool ok = run_all(&r, options, err);
    tx.arena = a;
    if (!ok || options->dry_run || report->fault_count || report->same_file) {
        tx_rollback(&tx);
        return ok;
    }
    if (options->saving && !options->saving(options->saving_arg, &tx, report, err)) {
        tx_rollback(&tx);
        return false;
    }
    struct import_options watched = *options;
    if (options->progress) store_watch_words(tx.conn, watch_words, &watched);
    report->committed = tx_commit(&tx, err);
    return report->committed;
}

static void put_csv(struct buf *b, struct str cell)
{
    buf_putc(b, '"');
    for (size_t i = 0; i < cell.len; i++) {
        if (cell.s[i] == '"') buf_putc(b, '"');
        buf_putc(b, cell.s[i]);
    }
    buf_putc(b, '"');
}

static void put_row(struct buf *b, const struct sheet_in *sheet, const struct str *cells, struct str reason)
{
    for (size_t i = 0; i < sheet->columns; i++) {
        put_csv(b, cells[i]);
        buf_putc(b, ',');
    }
    put_csv(b, reason);
    buf_puts(b, "\r\n");
}

/* The faults of a row, which stand in the order of the rows; moves *k behind them. */
static struct str reasons(struct arena *a, const struct import_report *report, size_t line, size_t *k)
{
    struct buf why = buf_in(a);
    for (; *k < report->fault_count && report->faults[*k].line == line; ++*k) {
        const struct import_fault *f = &report->faults[*k];
        buf_putf(&why, "%s%.*s%s%.*s", why.len ? "；" : "", STR_ARG(f->column), f->column.len ? "：" : "",
                 STR_ARG(f->why));
    }
    return buf_str(&why);
}

struct str import_faulty_rows(struct arena *a, const struct sheet_in *sheet, const struct import_report *report)
{
    struct buf b = buf_in(a);
    buf_puts(&b, "\xEF\xBB\xBF");
    put_row(&b, sheet, sheet->header, STR("原因"));
    size_t k = 0;
    while (k < report->fault_count && report->faults[k].line == 0) k++;
    auto_arena row_arena = arena_open();
    struct sheet_rows *rows = sheet_rows_open(a, sheet);
    struct sheet_row row;
    struct error changed;
    for (bool more = true; k < report->fault_count;) {
        arena_reset(row_arena);
        if (!sheet_rows_next(rows, row_arena, &row, &more, &changed) || !more) break;
        struct str why = reasons(row_arena, report, row.line, &k);
        if (why.len) put_row(&b, sheet, row.cells, why);
    }
    return buf_str(&b);
}
