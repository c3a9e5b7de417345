/* list, act, import. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/sheet_file.h"
#include "base/utf8.h"
#include "cli/cli.h"
#include "office/act.h"
#include "office/chain.h"
#include "office/import.h"
#include "office/seal.h"
#include "office/show.h"
#include "paper/sheet.h"

static const struct reg *find_register(struct cli *cli, struct str name, int *status)
{
    const struct reg *reg = model_reg(cli->model, name);
    for (size_t i = 0; !reg && i < cli->model->reg_count; i++)
        if (str_eq(cli->model->regs[i].label, name)) reg = &cli->model->regs[i];
    if (!reg) {
        struct error err;
        error_set(&err, ERR_INPUT, "没有台账「%.*s」", STR_ARG(name));
        *status = cli_fail(cli, &err);
    }
    return reg;
}

/* ---- list ---- */

/* A list of any length, written as it is read. */
struct listing {
    struct cli *cli;
    const struct reg *reg;
    struct shower show;
    void (*put)(const struct listing *l, struct arena *a, const struct sheet *s);
    size_t rows; /* written so far */
};

static struct sheet *make_sheet(const struct listing *l, struct arena *a, const struct record_list *list)
{
    const struct reg *reg = l->reg;
    struct shower show = l->show;
    show.arena = a;
    struct sheet *s = sheet_new(a, reg->label);
    sheet_column(s, STR("编号"), 0, SHEET_TEXT);
    sheet_column(s, STR("阶段"), 0, SHEET_TEXT);
    for (size_t i = 0; i < reg->field_count; i++) sheet_column(s, reg->fields[i].label, 0, SHEET_TEXT);
    for (size_t r = 0; r < list->count; r++) {
        struct str *cells = sheet_row(s);
        cells[0] = list->rows[r].head.number;
        cells[1] = show_stage(&list->rows[r]);
        for (size_t i = 0; i < reg->field_count; i++)
            cells[i + 2] = show_value(&show, reg, &reg->fields[i], list->rows[r].values[i], false);
    }
    return s;
}

static void put_table(const struct listing *l, struct arena *a, const struct sheet *s)
{
    for (size_t r = l->rows ? 1 : 0; r <= s->row_count; r++) {
        for (size_t i = 0; i < s->column_count; i++) {
            if (i >= 2 && !l->reg->fields[i - 2].listed) continue;
            struct str cell = r == 0 ? s->columns[i].label : s->rows[r - 1][i];
            cell = str_replace(a, cell, STR("\n"), STR(" "));
            cli_print_padded(utf8_shorten(a, cell, 18), i == 0 ? 24 : 20);
        }
        putchar('\n');
    }
}

static void put_csv(const struct listing *l, struct arena *a, const struct sheet *s)
{
    struct buf out = buf_in(a);
    if (l->rows) sheet_csv_rows(s, &out);
    else sheet_csv(s, &out);
    cli_print(buf_str(&out));
}

static void put_json(const struct listing *l, struct arena *a, const struct sheet *s)
{
    for (size_t r = 0; r < s->row_count; r++) {
        json_t *o = json_object();
        for (size_t i = 0; i < s->column_count; i++) {
            const char *key = i == 0 ? "number" : i == 1 ? "stage" : str_cstr(a, l->reg->fields[i - 2].name);
            json_object_set_new(o, key, json_stringn(s->rows[r][i].s ? s->rows[r][i].s : "", s->rows[r][i].len));
        }
        putchar(l->rows + r ? ',' : '[');
        cli_print(chain_canonical(a, o));
        json_decref(o);
    }
}

static bool put_part(void *arg, struct arena *page, const struct record_list *part)
{
    struct listing *l = arg;
    l->put(l, page, make_sheet(l, page, part));
    l->rows += part->count;
    return !ferror(stdout);
}

/* What stands around the rows. An empty list has its labels too. */
static void end_list(struct listing *l)
{
    if (l->rows == 0 && l->put != put_json) l->put(l, l->cli->arena, make_sheet(l, l->cli->arena, &(struct record_list){0}));
    if (l->put == put_json) printf(l->rows ? "]\n" : "[]\n");
    if (l->put == put_table) printf("共 %zu 条\n", l->rows);
}

static bool list_condition(struct cli *cli, const struct reg *reg, struct formula_sql *sql, struct error *err)
{
    const char *where = cli_option(cli, "where");
    struct formula_context ctx = {.schema = &cli->model->schema, .self = &reg->as_formula};
    struct formula *f = formula_parse(cli->arena, str_from(where), &ctx, FT_BOOL, err);
    if (!f) return false;
    *sql = formula_to_sql(cli->arena, f, store_dialect(cli->store), true);
    return true;
}

static bool list_rows(struct listing *l, struct conn *c, struct error *err)
{
    struct cli *cli = l->cli;
    struct formula_sql condition;
    struct formula_run run = office_run(cli->office);
    struct list_query q = {.office = cli->office->key, .reg = l->reg, .sight = {.all = true}, .run = &run};
    if (cli_option(cli, "where")) {
        if (!list_condition(cli, l->reg, &condition, err)) return false;
        q.condition = &condition;
    }
    const char *limit = cli_option(cli, "limit");
    if (limit && (!str_to_i64(str_from(limit), &q.limit) || q.limit < 0))
        return error_set(err, ERR_INPUT, "--limit 要写条数");
    struct str sort = str_from(cli_option(cli, "sort"));
    q.descending = str_starts(sort, STR("-"));
    q.sort_field = q.descending ? str_slice(sort, 1, sort.len) : sort;
    /* Other columns would be sorted anew for every part that is read. */
    if (q.sort_field.len && !list_sorts_by(l->reg, q.sort_field))
        return error_at(err, ERR_INPUT, STR("sort"), "不能按这一列排序：只能按 number、stage 和列表里有的列");
    if (!shower_open(&l->show, cli->office, c, cli->arena, err)) return false;
    return (limit && q.limit == 0) || record_list_each(c, &q, put_part, l, err);
}

static bool choose_format(struct listing *l)
{
    static const struct {
        const char *name;
        void (*put)(const struct listing *l, struct arena *a, const struct sheet *s);
    } formats[] = {{"table", put_table}, {"csv", put_csv}, {"json", put_json}};
    const char *name = cli_option(l->cli, "format") ? cli_option(l->cli, "format") : "table";
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (strcmp(formats[i].name, name) == 0) l->put = formats[i].put;
    return l->put != NULL;
}

int cli_list(struct cli *cli)
{
    int status = EXIT_FAILED;
    struct error err;
    struct listing l = {.cli = cli};
    if (!choose_format(&l)) return cli_usage(cli, "格式只有 table、csv、json");
    if (!cli_open(cli, false)) return EXIT_FAILED;
    l.reg = find_register(cli, cli_argument(cli, 0), &status);
    if (!l.reg) return status;
    struct conn *c = store_read(cli->store, &err);
    bool ok = c && list_rows(&l, c, &err);
    if (ok) end_list(&l);
    if (c) store_done(c);
    return ok ? EXIT_YES : cli_fail(cli, &err);
}

/* ---- act ---- */

/* register/id, a register's name (for create), or a number of whatever register. */
static bool find_target(struct cli *cli, struct str what, struct act_request *rq, struct error *err)
{
    size_t slash = str_find(what, STR("/"), 0);
    rq->reg = model_reg(cli->model, slash == SIZE_MAX ? what : str_slice(what, 0, slash));
    if (rq->reg && slash == SIZE_MAX) return true;
    if (rq->reg && str_to_i64(str_slice(what, slash + 1, what.len), &rq->record)) return true;
    struct conn *c = store_read(cli->store, err);
    if (!c) return false;
    rq->reg = NULL;
    bool ok = true;
    for (size_t i = 0; ok && !rq->reg && i < cli->model->reg_count; i++) {
        ok = record_find(c, cli->office->key, &cli->model->regs[i], what, &(struct sight){.all = true}, &rq->record, err);
        if (ok && rq->record > 0) rq->reg = &cli->model->regs[i];
    }
    store_done(c);
    if (ok && !rq->reg) return error_set(err, ERR_NOT_FOUND, "没有编号是「%.*s」的记录", STR_ARG(what));
    return ok;
}

static bool parse_inputs(struct cli *cli, struct input **inputs, size_t *count, struct error *err)
{
    *inputs = arena_new_array(cli->arena, struct input, cli->argument_count);
    *count = 0;
    for (size_t i = 2; i < cli->argument_count; i++) {
        struct str word = cli_argument(cli, i);
        size_t equals = str_find(word, STR("="), 0);
        if (equals == SIZE_MAX || equals == 0)
            return error_set(err, ERR_INPUT, "「%.*s」要写成 字段=值", STR_ARG(word));
        if (!utf8_valid(word)) return error_set(err, ERR_INPUT, "参数不是 UTF-8 文本");
        (*inputs)[(*count)++] = (struct input){.name = str_slice(word, 0, equals), .text = str_slice(word, equals + 1, word.len)};
    }
    return true;
}

/* A field may be given by its Chinese label. */
static void labels_to_names(const struct reg *reg, struct input *inputs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct field *f = reg_field_by_header(reg, inputs[i].name);
        if (f) inputs[i].name = f->name;
    }
}

int cli_act(struct cli *cli)
{
    struct error err;
    struct user user;
    int status;
    struct input *inputs;
    struct act_request rq = {.act = cli_argument(cli, 1)};
    if (!cli_open(cli, false)) return EXIT_FAILED;
    if (!cli_user(cli, &user, &status)) return status;
    if (!find_target(cli, cli_argument(cli, 0), &rq, &err) || !parse_inputs(cli, &inputs, &rq.input_count, &err))
        return cli_fail(cli, &err);
    labels_to_names(rq.reg, inputs, rq.input_count);
    rq.inputs = inputs;
    rq.reason = str_from(cli_option(cli, "reason"));
    for (size_t i = 0; i < rq.reg->act_count; i++)
        if (str_eq(rq.reg->acts[i].label, rq.act)) rq.act = rq.reg->acts[i].name;
    struct errors faults = errors_in(cli->arena);
    struct act_result result;
    if (!act_do(cli->office, cli->arena, &user, STR("command"), &rq, &result, &faults, NULL)) return cli_fail_all(cli, &faults);
    const struct stage *s = reg_stage(rq.reg, result.stage);
    printf("%.*s/%lld %.*s %.*s（第%lld条办理记录）\n", STR_ARG(rq.reg->name), (long long)result.record,
           STR_ARG(result.number), STR_ARG(s ? s->label : result.stage), (long long)result.seq);
    return EXIT_YES;
}

/* ---- import ---- */

static bool apply_map(struct cli *cli, const struct reg *reg, const struct sheet_in *sheet,
                      struct import_column *columns, struct error *err)
{
    struct str rest = str_from(cli_option(cli, "map"));
    for (struct str pair; str_split(&rest, ',', &pair);) {
        size_t equals = str_find(pair, STR("="), 0);
        size_t at = equals == SIZE_MAX ? SIZE_MAX : sheet_in_column(sheet, str_slice(pair, 0, equals));
        const struct field *f = equals == SIZE_MAX ? NULL : reg_field_by_header(reg, str_slice(pair, equals + 1, pair.len));
        if (at == SIZE_MAX || !f)
            return error_set(err, ERR_INPUT, "--map 的「%.*s」不对：要写 表头=字段", STR_ARG(pair));
        columns[at].field = f;
        columns[at].what = COLUMN_FIELD;
    }
    return true;
}

/* What --map says is kept for the next sheet with this header. */
static bool remember_map(struct cli *cli, const struct user *user, const struct reg *reg, const struct sheet_in *sheet,
                         const struct import_column *columns, struct error *err)
{
    if (!cli_option(cli, "map")) return true;
    struct tx tx;
    if (!tx_begin(&tx, cli->office, cli->arena, user, STR("import"), err)) return false;
    if (import_remember(&tx, reg, sheet, columns, err)) return tx_commit(&tx, err);
    tx_rollback(&tx);
    return false;
}

static void print_faults(const struct import_report *r)
{
    for (size_t i = 0; i < r->fault_count; i++) {
        const struct import_fault *f = &r->faults[i];
        if (f->line) fprintf(stderr, "第%zu行", f->line);
        else fprintf(stderr, "表头");
        if (f->column.len) fprintf(stderr, " %.*s", STR_ARG(f->column));
        if (f->value.len) fprintf(stderr, "「%.*s」", STR_ARG(f->value));
        fprintf(stderr, "：%.*s\n", STR_ARG(f->why));
    }
}

static void show_progress(void *arg, struct import_at at)
{
    (void)arg;
    auto_arena a = arena_open();
    struct str words = import_at_words(a, at);
    fprintf(stderr, "\r%.*s%s", STR_ARG(words), at.done == at.total ? "\n" : "");
}

static int import_result(struct cli *cli, const struct reg *reg, const struct sheet_in *sheet,
                         const struct import_report *r)
{
    struct error err;
    print_faults(r);
    if (r->same_file) {
        printf("%.*s：这个文件已经导入过，没有再导入（要再导入请加 --again）\n", STR_ARG(reg->label));
        return EXIT_YES;
    }
    if (r->fault_count) {
        const char *faulty = cli_option(cli, "faulty");
        if (faulty && !file_write(faulty, import_faulty_rows(cli->arena, sheet, r), false, &err)) return cli_fail(cli, &err);
        printf("%.*s：%zu 行中有 %zu 处错误，什么也没有写入\n", STR_ARG(reg->label), r->rows, r->fault_count);
        return EXIT_NO;
    }
    printf("%.*s：%s%zu 行，新增 %zu 件，续办 %zu 件，已有 %zu 件\n", STR_ARG(reg->label),
           r->committed ? "导入 " : "试导入（没有写入） ", r->rows, r->created, r->advanced, r->repeated);
    return EXIT_YES;
}

static bool map_columns(struct cli *cli, const struct reg *reg, const struct sheet_in *sheet,
                        struct import_column **columns, struct error *err)
{
    struct conn *c = store_read(cli->store, err);
    bool ok = c && import_map(cli->office, c, cli->arena, reg, sheet, columns, err);
    if (c) store_done(c);
    return ok && apply_map(cli, reg, sheet, *columns, err);
}

/* From so many rows on it is worth keeping everybody else out of the database. */
enum { ROWS_ALONE = 5000 };

static int import_sheet(struct cli *cli, const struct reg *reg, const struct user *user, const struct sheet_file *file)
{
    struct error err;
    struct import_column *columns;
    struct import_report report;
    const struct sheet_in *sheet = &file->sheet;
    if (!map_columns(cli, reg, sheet, &columns, &err) || !remember_map(cli, user, reg, sheet, columns, &err))
        return cli_fail(cli, &err);
    struct import_options options = {.dry_run = cli_option(cli, "dry-run") != NULL,
                                     .again = cli_option(cli, "again") != NULL,
                                     .digest = file->digest,
                                     .progress = show_progress};
    bool alone = sheet->count >= ROWS_ALONE && store_take_alone(cli->store);
    bool ran = import_run(cli->office, cli->arena, user, STR("import"), reg, sheet, columns, &options, &report, &err);
    if (alone) store_share_again(cli->store);
    if (!ran) return cli_fail(cli, &err);
    return import_result(cli, reg, sheet, &report);
}

int cli_import(struct cli *cli)
{
    struct error err;
    struct user user;
    int status;
    struct sheet_file file;
    if (!cli_open(cli, false)) return EXIT_FAILED;
    const struct reg *reg = find_register(cli, cli_argument(cli, 0), &status);
    if (!reg || !cli_user(cli, &user, &status)) return status;
    bool ok = sheet_file_open(cli->arena, cli->arguments[1], &file, &err);
    status = ok ? import_sheet(cli, reg, &user, &file) : cli_fail(cli, &err);
    sheet_file_close(&file);
    return status;
}
