/* A small office made from definitions in a test's text, on a store of its own: what the tests of the engine begin
 * with.
 *
 * Four accounts: clerk (registers and works matters), reviewer (judges them), loader (imports, may do every act by
 * import) and admin (accounts). Dates are set with at(). */
#ifndef FAZHI_TEST_OFFICE_WORLD_H
#define FAZHI_TEST_OFFICE_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/buf.h"
#include "base/file.h"
#include "office/act.h"
#include "office/due.h"
#include "office/people.h"
#include "office/replay.h"
#include "database.h"

enum { WORLD_FILES_MOST = 16, WORLD_INPUTS_MOST = 16 };

struct world {
    struct arena *arena;
    char parent[40]; /* removed at the end */
    char *folder;
    struct definition_file files[WORLD_FILES_MOST];
    size_t file_count;
    struct model *model;
    struct store *store;
    struct office *office;
    struct user clerk, reviewer, loader, admin;
    struct errors faults; /* of the last act */
};

#define WORLD_PASSWORD STR("Mulberry-2024")

static const char world_office[] = "office:\n"
                                   "  key: yuejin\n"
                                   "  name: 跃进街道\n"
                                   "  full_name: 柳州市柳北区人民政府跃进街道办事处\n"
                                   "  code: \"450205008\"\n"
                                   "  region: guangxi\n"
                                   "chapters:\n"
                                   "  work: 工作\n";

static const char world_roles[] =
    "roles:\n"
    "  clerk: {label: 经办人, help: 登记, sees: office, registers: all, unmask: all, may: [recompute]}\n"
    "  reviewer: {label: 审核人, help: 审核, sees: office, registers: all}\n"
    "  handler: {label: 承办人, help: 承办, registers: all}\n"
    "  loader: {label: 补录人, help: 补录, sees: office, registers: all, may: [import, act_any]}\n"
    "  sysadmin: {label: 系统管理员, help: 账号, registers: [], may: [manage_users]}\n"
    "  auditor: {label: 审计管理员, help: 审计, registers: [], may: [audit]}\n";

static const char world_codes[] = "codes:\n"
                                  "  kind: {label: 类别, codes: {noise: 噪声扰民, fee: 物业收费, other: 其他}}\n";

static const char world_parameters[] =
    "parameters:\n"
    "  visit_days: {label: 走访天数, type: integer, unit: 天, default: 10, min: 1, max: 60, own: true}\n"
    "  visit_lead: {label: 走访提醒, type: integer, unit: 天, default: 2, min: 1, max: 9, own: true}\n";

static inline void fail_with(const struct error *err)
{
    fail_msg("%s: %s", err->where, err->message);
}

#define OK(call)                                                                                                       \
    do {                                                                                                               \
        struct error err = {0};                                                                                        \
        if (!(call)) fail_with(&err);                                                                                  \
    } while (0)

static inline void world_file(struct world *w, const char *path, struct str text)
{
    assert_true(w->file_count < WORLD_FILES_MOST);
    w->files[w->file_count++] = (struct definition_file){str_from(path), text};
}

static inline struct str world_calendar(struct world *w, const char *name)
{
    struct str text;
    struct error err;
    char *path = str_cstr(w->arena, str_printf(w->arena, SOURCE_ROOT "/definitions/calendar/%s.csv", name));
    if (!file_read(w->arena, path, 1 << 20, &text, &err)) fail_with(&err);
    return text;
}

/* The calendar as it was before the arrangement of `year` came. */
static inline struct str calendar_before(struct world *w, const char *name, const char *year)
{
    struct str text = world_calendar(w, name);
    size_t cut = str_find(text, str_printf(w->arena, "\n%s-", year), 0);
    return cut == SIZE_MAX ? text : str_slice(text, 0, cut + 1);
}

static inline void set_clock(struct world *w, const char *moment)
{
    int64_t ms;
    assert_true(moment_parse(str_from(moment), &ms));
    w->office->clock = clock_started_at(ms);
}

/* The office opens in the morning of that day. */
static inline void at(struct world *w, const char *day)
{
    set_clock(w, str_cstr(w->arena, str_printf(w->arena, "%sT09:00:00", day)));
}

static inline void world_close(struct world *w)
{
    office_close(w->office);
    store_close(w->store);
    model_close(w->model);
    w->office = NULL;
    w->store = NULL;
    w->model = NULL;
}

/* Opens (again) with the files as they stand now. */
static inline void world_open(struct world *w)
{
    struct errors faults = errors_in(w->arena);
    struct error err;
    w->model = model_load(w->files, w->file_count, &faults);
    if (!w->model) fail_with(&faults.items[0]);
    w->store = store_open(w->folder, test_database(w->arena, w->folder), w->model, true, &err);
    if (!w->store) fail_with(&err);
    w->office = office_open(w->store, NULL, STR(""), clock_system(), true, &err);
    if (!w->office) fail_with(&err);
    at(w, "2024-06-03");
}

static inline struct tx begin_as(struct world *w, const struct user *u, const char *entrance)
{
    struct tx tx;
    OK(tx_begin(&tx, w->office, w->arena, u, str_from(entrance), &err));
    return tx;
}

/* Made ready once for all worlds of a program: hashing is most of what it takes to make one. */
static inline struct new_password world_password(struct world *w)
{
    static char encoded[256];
    struct new_password password = {.text = WORLD_PASSWORD, .encoded = str_from(encoded)};
    if (encoded[0]) return password;
    OK(password_prepare(w->arena, WORLD_PASSWORD, STR(""), &password, &err));
    assert_true(password.encoded.len < sizeof encoded);
    memcpy(encoded, password.encoded.s, password.encoded.len);
    return password;
}

static inline void add_account(struct world *w, const char *name, const char *roles, int64_t org)
{
    struct user owner = {.account = {.name = STR("command")}};
    struct account acc = {.name = str_from(name), .person = STR("某某"), .roles = str_from(roles), .org = org};
    struct new_password password = world_password(w);
    struct tx tx = begin_as(w, &owner, "command");
    OK(people_add(&tx, &acc, &password, true, &err));
    OK(tx_commit(&tx, &err));
}

static inline struct user load_user(struct world *w, const char *name)
{
    struct user u;
    struct conn *c = store_read(w->store, &(struct error){0});
    assert_non_null(c);
    OK(user_load(w->office, c, w->arena, str_from(name), &u, &err));
    store_done(c);
    return u;
}

static inline void add_org(struct world *w, int64_t id, int64_t parent, const char *code, const char *name)
{
    struct user owner = {.account = {.name = STR("command")}};
    struct org org = {
        .id = id, .parent = parent, .code = str_from(code), .name = str_from(name), .kind = STR("department")};
    struct tx tx = begin_as(w, &owner, "command");
    if (!id) OK(tx_next_id(&tx, &org.id, &err));
    OK(people_put_org(&tx, &org, &err));
    OK(tx_commit(&tx, &err));
}

static inline void load_users(struct world *w)
{
    w->clerk = load_user(w, "clerk");
    w->reviewer = load_user(w, "reviewer");
    w->loader = load_user(w, "loader");
    w->admin = load_user(w, "admin");
}

/* `registers`: pairs of name and text, then NULL. */
static inline struct world *world_make(const char *const *registers)
{
    struct world *w = calloc(1, sizeof *w);
    w->arena = arena_open();
    snprintf(w->parent, sizeof w->parent, "/tmp/fazhi-office-XXXXXX");
    assert_non_null(mkdtemp(w->parent));
    w->folder = str_cstr(w->arena, str_printf(w->arena, "%s/data", w->parent));
    world_file(w, "office.yaml", str_from(world_office));
    world_file(w, "roles.yaml", str_from(world_roles));
    world_file(w, "codes/kinds.yaml", str_from(world_codes));
    world_file(w, "parameters.yaml", str_from(world_parameters));
    for (size_t i = 0; registers[i]; i += 2)
        world_file(w, str_cstr(w->arena, str_printf(w->arena, "registers/%s.yaml", registers[i])),
                   str_from(registers[i + 1]));
    world_file(w, "calendar/national.csv", world_calendar(w, "national"));
    world_file(w, "calendar/guangxi.csv", world_calendar(w, "guangxi"));
    world_open(w);
    add_org(w, 0, 0, "000", "跃进街道");
    add_account(w, "clerk", "clerk", 1);
    add_account(w, "reviewer", "reviewer", 1);
    add_account(w, "loader", "loader", 1);
    add_account(w, "admin", "sysadmin", 0);
    load_users(w);
    return w;
}

static inline struct definition_file *world_find_file(struct world *w, const char *path)
{
    for (size_t i = 0; i < w->file_count; i++)
        if (str_is(w->files[i].path, path)) return &w->files[i];
    fail_msg("no file %s", path);
    return NULL;
}

/* The same data folder under definitions in which one file has another text. */
static inline void reopen_with(struct world *w, const char *path, struct str text)
{
    if (path) world_find_file(w, path)->text = text;
    world_close(w);
    world_open(w);
    load_users(w);
}

static inline void world_free(struct world *w)
{
    world_close(w);
    char command[80];
    snprintf(command, sizeof command, "rm -rf '%s'", w->parent);
    int ignored = system(command);
    (void)ignored;
    arena_close(w->arena);
    free(w);
}

static inline const struct reg *reg_of(struct world *w, const char *name)
{
    const struct reg *reg = model_reg(w->model, str_from(name));
    assert_non_null(reg);
    return reg;
}

/* ---- acting ---- */

/* What one call does; inputs are name, text, … up to NULL. */
struct doing {
    const struct user *user; /* NULL: the clerk */
    const char *entrance;    /* NULL: page */
    const char *reg;         /* NULL: matter */
    int64_t record;
    const char *act; /* NULL: create */
    const char *reason;
    int64_t version;
    const char *number;
    const char *inputs[2 * WORLD_INPUTS_MOST];
};

static inline bool doing_run(struct world *w, struct doing d, struct act_result *result)
{
    struct input inputs[WORLD_INPUTS_MOST];
    size_t n = 0;
    for (; n < WORLD_INPUTS_MOST && d.inputs[2 * n]; n++)
        inputs[n] = (struct input){.name = str_from(d.inputs[2 * n]), .text = str_from(d.inputs[2 * n + 1])};
    struct act_request rq = {.reg = reg_of(w, d.reg ? d.reg : "matter"),
                             .record = d.record,
                             .act = str_from(d.act ? d.act : "create"),
                             .inputs = inputs,
                             .input_count = n,
                             .reason = str_from(d.reason),
                             .version = d.version,
                             .number = str_from(d.number)};
    w->faults = errors_in(w->arena);
    return act_do(w->office, w->arena, d.user ? d.user : &w->clerk, str_from(d.entrance ? d.entrance : "page"), &rq,
                  result, &w->faults, NULL);
}

/* It must be done; gives the record's id. */
static inline int64_t done(struct world *w, struct doing d)
{
    struct act_result result = {0};
    if (!doing_run(w, d, &result))
        fail_msg("%s %s: %s %s", d.reg ? d.reg : "matter", d.act ? d.act : "create", w->faults.items[0].where,
                 w->faults.items[0].message);
    assert_int_equal(w->faults.count, 0);
    return result.record;
}

#define DO(...) done(w, (struct doing){__VA_ARGS__})
#define INPUTS(...) .inputs = {__VA_ARGS__}

static inline const struct error *fault_at(const struct world *w, const char *where)
{
    for (size_t i = 0; i < w->faults.count; i++)
        if (strcmp(w->faults.items[i].where, where) == 0) return &w->faults.items[i];
    return NULL;
}

static inline const struct error *fault_saying(const struct world *w, const char *words)
{
    for (size_t i = 0; i < w->faults.count; i++)
        if (strstr(w->faults.items[i].message, words)) return &w->faults.items[i];
    return NULL;
}

/* ---- looking ---- */

static inline struct record record_of(struct world *w, const char *reg, int64_t id)
{
    struct record r;
    struct conn *c = store_read(w->store, &(struct error){0});
    assert_non_null(c);
    OK(record_get(c, w->arena, w->office->key, reg_of(w, reg), id, &r, &err));
    store_done(c);
    return r;
}

static inline struct value value_in(struct world *w, const char *reg, int64_t id, const char *field)
{
    struct record r = record_of(w, reg, id);
    const struct field *f = reg_field(r.reg, str_from(field));
    assert_non_null(f);
    return r.values[f - r.reg->fields];
}

static inline void assert_text(struct str is, const char *wanted)
{
    if (!str_is(is, wanted)) fail_msg("is \"%.*s\", should be \"%s\"", STR_ARG(is), wanted);
}

static inline struct deadline_row due_of(struct world *w, const char *reg, int64_t id, const char *name)
{
    struct deadline_row *rows;
    size_t count;
    struct conn *c = store_read(w->store, &(struct error){0});
    assert_non_null(c);
    OK(deadline_list_of_record(c, w->arena, w->office->key, str_from(reg), id, &rows, &count, &err));
    store_done(c);
    for (size_t i = 0; i < count; i++)
        if (str_is(rows[i].name, name)) return rows[i];
    return (struct deadline_row){0};
}

/* ---- the database itself ---- */

static inline sqlite3 *raw_open(struct world *w)
{
    sqlite3 *db;
    char *path = str_cstr(w->arena, str_printf(w->arena, "%s/fazhi.db", w->folder));
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    return db;
}

/* Runs SQL behind the engine's back. */
static inline void raw_run(struct world *w, const char *sql)
{
    const char *server = test_database(w->arena, w->folder);
    if (server) {
        on_server(server, sql);
        return;
    }
    sqlite3 *db = raw_open(w);
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK) fail_msg("%s", message);
    sqlite3_close(db);
}

static inline void raw_dump_table(struct buf *b, sqlite3 *db, const char *table)
{
    sqlite3_stmt *q;
    char sql[200];
    snprintf(sql, sizeof sql, "select * from \"%s\"", table);
    if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) != SQLITE_OK) return; /* inner tables of the text index */
    while (sqlite3_step(q) == SQLITE_ROW) {
        buf_puts(b, table);
        for (int i = 0; i < sqlite3_column_count(q); i++) {
            const char *text = (const char *)sqlite3_column_text(q, i);
            buf_putf(b, "|%s", text ? text : "NULL");
        }
        buf_putc(b, '\n');
    }
    sqlite3_finalize(q);
}

/* Every row of every table as text. */
static inline struct str raw_dump(struct world *w)
{
    sqlite3 *db = raw_open(w);
    struct buf b = buf_in(w->arena);
    sqlite3_stmt *q;
    assert_int_equal(
        sqlite3_prepare_v2(db, "select name from sqlite_master where type = 'table' order by name", -1, &q, NULL),
        SQLITE_OK);
    while (sqlite3_step(q) == SQLITE_ROW) raw_dump_table(&b, db, (const char *)sqlite3_column_text(q, 0));
    sqlite3_finalize(q);
    sqlite3_close(db);
    return buf_str(&b);
}

static inline struct replay_report replayed(struct world *w)
{
    struct replay_report report;
    OK(replay_check(w->office, w->arena, &report, &err));
    return report;
}

static inline void assert_replay_whole(struct world *w)
{
    struct replay_report r = replayed(w);
    for (size_t i = 0; i < r.difference_count; i++) print_error("%.*s\n", STR_ARG(r.differences[i]));
    assert_int_equal(r.broken_at, 0);
    assert_int_equal(r.difference_total, 0);
}

/* The act is refused and nothing whatever changed. */
static inline void refused(struct world *w, struct doing d, const char *where, const char *words)
{
    struct act_result result;
    struct str before = raw_dump(w);
    if (doing_run(w, d, &result)) fail_msg("%s was not refused", d.act ? d.act : "create");
    assert_true(w->faults.count > 0);
    bool told = false;
    for (size_t i = 0; i < w->faults.count; i++)
        told = told || (strcmp(w->faults.items[i].where, where) == 0 && strstr(w->faults.items[i].message, words));
    if (!told)
        fail_msg("first fault is %s: %s, wanted %s: %s", w->faults.items[0].where, w->faults.items[0].message, where,
                 words);
    if (!str_eq(before, raw_dump(w))) fail_msg("%s changed something although refused", d.act ? d.act : "create");
}

#define REFUSED(at_field, words, ...) refused(w, (struct doing){__VA_ARGS__}, at_field, words)

#endif
