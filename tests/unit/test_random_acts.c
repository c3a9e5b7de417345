/* Thousands of random acts over all registers of the built-in definitions, then the replay.
 *
 * The inputs are mostly what a person might type and now and then nonsense; dates walk forward with each record, so
 * that matters get through their procedures. The seed is printed; RANDOM_SEED and RANDOM_ACTS in the environment
 * repeat a run or make it longer, RANDOM_DEFINITIONS takes the definitions from a folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/sheet_in.h"
#include "figures/figure.h"
#include "office/act.h"
#include "office/people.h"
#include "office/replay.h"
#include "office/show.h"

#include "database.h"

enum { RECORDS_MOST = 20000, TRIED_OFTEN = 12 };

struct thing {
    const struct reg *reg;
    int64_t id;
    struct str number;
    struct date date; /* the day that its story has come to */
};

struct world {
    struct arena *arena;
    uint64_t state; /* of the random numbers */
    char folder[64];
    struct model *model;
    struct store *store;
    struct office *office;
    struct user loader;
    struct user *others; /* every account of the office */
    size_t other_count;
    struct str *orgs;
    size_t org_count;
    struct thing *things;
    size_t thing_count;
    size_t *done; /* applied acts by register */
    size_t applied, refused;
};

/* xorshift64*: the same seed gives the same story everywhere. */
static uint64_t draw(struct world *w)
{
    w->state ^= w->state >> 12;
    w->state ^= w->state << 25;
    w->state ^= w->state >> 27;
    return w->state * UINT64_C(2685821657736338717);
}

static size_t below(struct world *w, size_t n)
{
    return (size_t)(draw(w) >> 16) % n;
}

static bool chance(struct world *w, size_t percent)
{
    return below(w, 100) < percent;
}

static void fail_with(const struct error *err)
{
    fail_msg("%s %s", err->where, err->message);
}

static size_t setting(const char *name, size_t otherwise)
{
    int64_t n;
    const char *text = getenv(name);
    return text && str_to_i64(str_from(text), &n) && n > 0 ? (size_t)n : otherwise;
}

/* ---- the office ---- */

static void read_sheet(struct world *w, const char *path, struct sheet_in *sheet)
{
    struct error err;
    struct str text;
    if (!file_read(w->arena, path, 1 << 20, &text, &err) || !sheet_in_read(w->arena, text, STR("x.csv"), sheet, &err))
        fail_with(&err);
}

static void add_people(struct world *w)
{
    struct user owner = {.account = {.name = STR("command")}};
    struct sheet_in orgs, accounts;
    struct error err;
    struct tx tx;
    struct new_password password;
    struct errors faults = errors_in(w->arena);
    read_sheet(w, SOURCE_ROOT "/demo/organisations.csv", &orgs);
    read_sheet(w, SOURCE_ROOT "/demo/accounts.csv", &accounts);
    if (!password_prepare(w->arena, STR("Random-2024"), STR(""), &password, &err)) fail_with(&err);
    if (!tx_begin(&tx, w->office, w->arena, &owner, STR("command"), &err)) fail_with(&err);
    if (!people_import_orgs(&tx, &orgs, &faults) ||
        !people_import_accounts(&tx, &accounts, &password, &faults))
        fail_with(&faults.items[0]);
    if (!tx_commit(&tx, &err)) fail_with(&err);
}

static void load_users(struct world *w)
{
    struct error err;
    struct account *list;
    struct org *orgs;
    size_t count;
    struct conn *c = store_read(w->store, &err);
    if (!c || !account_list(c, w->arena, w->office->key, &list, &count, &err) ||
        !org_list(c, w->arena, w->office->key, &orgs, &w->org_count, &err))
        fail_with(&err);
    w->others = arena_new_array(w->arena, struct user, count);
    for (size_t i = 0; i < count; i++) {
        struct user *u = &w->others[w->other_count++];
        if (!user_load(w->office, c, w->arena, list[i].name, u, &err)) fail_with(&err);
        if (user_may(u, MAY_ACT_ANY)) w->loader = *u;
    }
    w->orgs = arena_new_array(w->arena, struct str, w->org_count);
    for (size_t i = 0; i < w->org_count; i++) w->orgs[i] = orgs[i].name;
    store_done(c);
    assert_true(w->loader.account.name.len > 0);
}

static void load_model(struct world *w)
{
    struct error err;
    const struct definition_file *files;
    struct definition_file *read;
    size_t count;
    const char *folder = getenv("RANDOM_DEFINITIONS");
    struct errors faults = errors_in(w->arena);
    if (!folder) {
        count = model_built_in_files(&files);
    } else {
        if (!model_read_folder(w->arena, folder, &read, &count, &err)) fail_with(&err);
        files = read;
    }
    w->model = model_load(files, count, &faults);
    if (!w->model) fail_with(&faults.items[0]);
}

static int set_up(void **state)
{
    static struct world w;
    struct error err;
    w.arena = arena_open();
    w.state = setting("RANDOM_SEED", (size_t)time(NULL));
    print_message("# RANDOM_SEED=%llu\n", (unsigned long long)w.state);
    snprintf(w.folder, sizeof w.folder, "/tmp/fazhi-random-XXXXXX");
    if (!mkdtemp(w.folder)) return -1;
    load_model(&w);
    char *data = str_cstr(w.arena, str_printf(w.arena, "%s/data", w.folder));
    int64_t now;
    assert_true(moment_parse(STR("2026-11-24T09:00:00"), &now));
    w.store = store_open(data, test_database(w.arena, data), w.model, true, &err);
    w.office = w.store ? office_open(w.store, NULL, STR(""), clock_started_at(now), true, &err) : NULL;
    if (!w.office) fail_with(&err);
    add_people(&w);
    load_users(&w);
    w.things = arena_new_array(w.arena, struct thing, RECORDS_MOST);
    w.done = arena_new_array(w.arena, size_t, w.model->reg_count);
    *state = &w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    if (!w) return 0; /* the set-up failed */
    office_close(w->office);
    store_close(w->store);
    model_close(w->model);
    char *command = str_cstr(w->arena, str_printf(w->arena, "rm -rf '%s'", w->folder));
    int status = system(command);
    arena_close(w->arena);
    return status;
}

/* ---- what a person might type ---- */

static struct str random_words(struct world *w, struct arena *a, size_t characters)
{
    static const char *const pieces[] = {"楼道", "堆放", "物业", "噪声", "，", "调解", "申请", "二号楼", "李", "2024", "a'b\"",
                                         "<b>", "路面", "答复", "\xF0\xA0\xAE\xB7", "费用", "第3项", "；", "office", "漏水"};
    struct buf b = buf_in(a);
    for (size_t n = 1 + below(w, characters / 4 ? characters / 4 : 1), i = 0; i < n; i++)
        buf_puts(&b, pieces[below(w, sizeof pieces / sizeof *pieces)]);
    return buf_str(&b);
}

/* Numbers of other records are the numbers of things made before. */
static struct str random_reference(struct world *w, const struct reg *target)
{
    for (size_t tries = 0; w->thing_count && tries < 200; tries++) {
        const struct thing *t = &w->things[below(w, w->thing_count)];
        if (t->reg == target) return t->number;
    }
    return STR("");
}

static struct str random_code(struct world *w, const struct code_list *list)
{
    const struct code *c = &list->codes[below(w, list->count)];
    return chance(w, 50) ? c->key : c->label;
}

static struct str random_number(struct world *w, struct arena *a, const struct field *f)
{
    int64_t unit = f->type == FIELD_MONEY ? 100 : f->type == FIELD_DECIMAL ? DECIMAL_SCALE : 1;
    int64_t min = f->has_min ? f->min / unit : 0;
    int64_t max = f->has_max ? f->max / unit : min + 300;
    int64_t whole = min + (int64_t)below(w, (size_t)(max - min + 1));
    /* Numbers that belong together often fit only when they are equal or zero. */
    if (chance(w, 70)) whole = chance(w, 50) ? min : max < min + 10 ? max : min + 10;
    if (unit == 1 || whole == max || chance(w, 50)) return str_printf(a, "%lld", (long long)whole);
    return str_printf(a, "%lld.%02zu", (long long)whole, below(w, 100));
}

static struct str random_value(struct world *w, struct arena *a, const struct field *f, struct date day)
{
    if (chance(w, 2)) return random_words(w, a, 30);
    switch (f->type) {
    case FIELD_INTEGER:
    case FIELD_DECIMAL:
    case FIELD_MONEY: return random_number(w, a, f);
    case FIELD_DATE: return date_iso(a, date_add_days(day, chance(w, 60) ? 0 : (int)below(w, 20) - 8));
    case FIELD_MOMENT: return str_printf(a, "%.*s %02zu:%02zu", STR_ARG(date_iso(a, day)), below(w, 24), below(w, 60));
    case FIELD_YESNO: return chance(w, 60) ? STR("是") : STR("否");
    case FIELD_CODE: return random_code(w, f->codes);
    case FIELD_ORG: return w->orgs[below(w, w->org_count)];
    case FIELD_REF: return random_reference(w, f->target);
    case FIELD_ATTACHMENT: return STR("");
    case FIELD_TEXT:
    case FIELD_PLACE:
    case FIELD_PERSON: return random_words(w, a, f->type == FIELD_TEXT && f->multiline ? 80 : 20);
    }
    return STR("");
}

static size_t random_inputs(struct world *w, struct arena *a, const struct reg *reg, const struct act *act,
                            struct date day, struct input **inputs)
{
    struct act_input *fields;
    size_t n = act_fields(a, reg, act, &fields);
    size_t count = 0;
    *inputs = arena_new_array(a, struct input, n + 1);
    size_t optional = act->kind == ACT_AMEND ? 15 : 70;
    for (size_t i = 0; i < n; i++) {
        if (!chance(w, act->kind != ACT_AMEND && fields[i].required ? 98 : optional)) continue;
        (*inputs)[count++] = (struct input){.name = fields[i].field->name, .text = random_value(w, a, fields[i].field, day)};
    }
    if (chance(w, 50)) act_read_inputs(w->office, a, reg, *inputs, count); /* as the pages do */
    return count;
}

/* ---- acts ---- */

static int64_t log_length(struct world *w, struct arena *a)
{
    struct error err;
    struct str hash;
    int64_t seq;
    struct conn *c = store_read(w->store, &err);
    if (!c || !act_last(c, a, w->office->key, &seq, &hash, &err)) fail_with(&err);
    store_done(c);
    return seq;
}

/* Applies it; whatever comes out, a refusal leaves the log as it was and says why. */
static bool try_act(struct world *w, struct arena *a, const struct act_request *rq, struct act_result *result)
{
    struct errors faults = errors_in(a);
    bool loads = chance(w, 85);
    const struct user *user = loads ? &w->loader : &w->others[below(w, w->other_count)];
    bool look = chance(w, 10);
    int64_t before = look ? log_length(w, a) : 0;
    bool ok = act_do(w->office, a, user, loads ? STR("import") : STR("page"), rq, result, &faults, NULL);
    if (ok) {
        w->applied++;
        w->done[rq->reg - w->model->regs]++;
        return true;
    }
    w->refused++;
    assert_true(faults.count > 0);
    for (size_t i = 0; i < faults.count; i++) {
        if (faults.items[i].code == ERR_IO || faults.items[i].code == ERR_STORE || faults.items[i].message[0] == '\0')
            fail_msg("%.*s %.*s: %s", STR_ARG(rq->reg->name), STR_ARG(rq->act), faults.items[i].message);
    }
    if (look) assert_int_equal(log_length(w, a), before);
    return false;
}

static void try_create(struct world *w, const struct reg *reg)
{
    auto_arena a = arena_open();
    struct act_result result;
    struct date day;
    assert_true(date_from_ymd((struct ymd){2024, 1, 2}, &day));
    day = date_add_days(day, (int)below(w, 900));
    struct act_request rq = {.reg = reg, .act = reg->acts[0].name};
    for (size_t tries = 0; tries < TRIED_OFTEN; tries++) {
        rq.input_count = random_inputs(w, a, reg, &reg->acts[0], day, (struct input **)&rq.inputs);
        if (!try_act(w, a, &rq, &result)) continue;
        if (w->thing_count < RECORDS_MOST)
            w->things[w->thing_count++] = (struct thing){reg, result.record, str_copy(w->arena, result.number), day};
        return;
    }
}

static bool leaves(const struct act *act, struct str stage)
{
    for (size_t i = 0; i < act->from_count; i++)
        if (str_eq(act->from[i], stage)) return true;
    return act->from_count == 0;
}

/* Mostly an act that its stage allows; a tenth of the time any. */
static const struct act *choose_act(struct world *w, struct arena *a, const struct thing *t)
{
    struct error err;
    struct record r;
    struct conn *c = store_read(w->store, &err);
    if (!c || !record_get(c, a, w->office->key, t->reg, t->id, &r, &err)) fail_with(&err);
    store_done(c);
    for (size_t tries = 0; tries < 30; tries++) {
        const struct act *act = &t->reg->acts[below(w, t->reg->act_count)];
        if (act->kind == ACT_CREATE || (act->kind == ACT_VOID && chance(w, 80))) continue;
        if (chance(w, 10) || leaves(act, r.head.stage)) return act;
    }
    return &t->reg->acts[t->reg->act_count - 1];
}

static void try_step(struct world *w)
{
    auto_arena a = arena_open();
    struct act_result result;
    struct thing *t = &w->things[below(w, w->thing_count)];
    const struct act *act = choose_act(w, a, t);
    t->date = date_add_days(t->date, (int)below(w, 9));
    struct act_request rq = {.reg = t->reg, .record = t->id, .act = act->name};
    if (chance(w, 97)) rq.reason = STR("随机测试的理由");
    for (size_t tries = 0; tries < 4; tries++) {
        rq.input_count = random_inputs(w, a, t->reg, act, t->date, (struct input **)&rq.inputs);
        if (try_act(w, a, &rq, &result)) return;
    }
}

/* The counts that are kept of each stage are those of the records. */
static void check_counts(struct world *w, struct conn *c, struct arena *a, const struct reg *reg)
{
    struct error err;
    struct str *stages;
    int64_t *counts, live = 0, kept = 0;
    size_t count;
    bool known;
    struct formula_sql any = {.text = STR("1 = 1")};
    struct formula_run run = office_run(w->office);
    struct list_query q = {.office = w->office->key, .reg = reg, .sight = {.all = true}, .stage_count = 1,
                           .condition = &any, .run = &run, .count_most = INT32_MAX};
    if (!record_count_by_stage(c, a, q.office, reg, q.sight, &stages, &counts, &count, &known, &err)) fail_with(&err);
    for (size_t i = 0; i < reg->stage_count; i++) {
        struct record_list list;
        q.stages = &reg->stages[i].key;
        if (!record_list(c, a, &q, &list, &err)) fail_with(&err);
        live += list.total;
        int64_t had = 0;
        for (size_t k = 0; k < count; k++)
            if (str_eq(stages[k], reg->stages[i].key)) had = counts[k];
        if (had != list.total)
            fail_msg("%.*s %.*s: %lld kept, %lld counted", STR_ARG(reg->name), STR_ARG(reg->stages[i].key), (long long)had,
                     (long long)list.total);
    }
    for (size_t k = 0; k < count; k++) kept += counts[k];
    assert_int_equal(kept, live);
}

static void check_all_counts(struct world *w)
{
    auto_arena a = arena_open();
    struct error err;
    struct conn *c = store_read(w->office->store, &err);
    if (!c) fail_with(&err);
    for (size_t i = 0; i < w->model->reg_count; i++) check_counts(w, c, a, &w->model->regs[i]);
    store_done(c);
}

static void replay(struct world *w)
{
    check_all_counts(w);
    auto_arena a = arena_open();
    struct error err;
    struct replay_report report;
    if (!replay_check(w->office, a, &report, &err)) fail_with(&err);
    for (size_t i = 0; i < report.difference_count && i < 10; i++)
        print_error("%.*s\n", STR_ARG(report.differences[i]));
    assert_int_equal(report.broken_at, 0);
    assert_int_equal(report.difference_total, 0);
    assert_int_equal(report.records, w->thing_count);
    assert_true(report.acts >= (int64_t)w->applied);
    print_message("# %zu applied, %zu refused, %zu records, %lld deadlines\n", w->applied, w->refused, w->thing_count,
                  (long long)report.deadlines);
}

static void random_acts_replay(void **state)
{
    struct world *w = *state;
    size_t wanted = setting("RANDOM_ACTS", 4000);
    for (size_t i = 0; w->applied < wanted && i < wanted * 4; i++) {
        if (w->thing_count == 0 || chance(w, 35)) try_create(w, &w->model->regs[below(w, w->model->reg_count)]);
        else try_step(w);
    }
    assert_true(w->applied >= wanted);
    assert_true(w->refused > 0);
    replay(w);
}

/* A register whose gates are never passed would prove nothing: those that chance left out get more tries. */
static void every_register_was_worked(void **state)
{
    struct world *w = *state;
    size_t without = 0;
    for (size_t i = 0; i < w->model->reg_count; i++) {
        for (size_t tries = 0; !w->done[i] && tries < 500; tries++) try_create(w, &w->model->regs[i]);
        if (w->done[i]) continue;
        without++;
        print_error("no act was applied in %.*s\n", STR_ARG(w->model->regs[i].name));
    }
    assert_int_equal(without, 0);
    replay(w);
}

/* ---- figures ---- */

/* The formula as one scalar, in the way of gates and deadlines. */
static struct value alone(struct world *w, struct conn *c, struct arena *a, const struct formula *f,
                          const struct formula_run *run)
{
    struct error err;
    struct value v;
    struct formula_sql sql = formula_to_sql(a, f, store_dialect(w->store), false);
    if (!store_evaluate(c, a, &sql, run, &v, &err)) fail_with(&err);
    return v;
}

static bool nearly(struct value x, struct value y)
{
    double a = x.kind == VALUE_REAL ? x.r : (double)x.i, b = y.kind == VALUE_REAL ? y.r : (double)y.i;
    bool numbers = (x.kind == VALUE_REAL || x.kind == VALUE_INT) && (y.kind == VALUE_REAL || y.kind == VALUE_INT);
    return numbers ? fabs(a - b) <= 1e-9 * (1 + fabs(a)) : value_eq(x, y);
}

static int64_t listed(struct world *w, struct conn *c, struct arena *a, const struct formula_set *set,
                      const struct formula_run *run)
{
    struct error err;
    struct record_list list;
    struct list_query q = {.office = w->office->key, .reg = model_reg(w->model, set->reg->name), .sight = {.all = true},
                           .condition = &set->condition, .run = run, .limit = 0};
    if (!record_list(c, a, &q, &list, &err)) fail_with(&err);
    return list.total;
}

static void compare(struct world *w, struct conn *c, struct arena *a, const struct figure_result *r,
                    const struct formula_run *run)
{
    const struct formula *f = r->figure->value, *numerator, *denominator;
    if (!nearly(r->value, alone(w, c, a, f, run))) fail_msg("%.*s: another value alone", STR_ARG(r->figure->name));
    assert_int_equal(r->has_parts, formula_percent_parts(f, &numerator, &denominator));
    if (r->has_parts) assert_true(nearly(r->numerator, alone(w, c, a, numerator, run)));
    if (r->has_parts) assert_true(nearly(r->denominator, alone(w, c, a, denominator, run)));
    struct formula_set *sets;
    size_t count = formula_sets(a, f, store_dialect(w->store), &sets);
    if (count == 1 && r->records != listed(w, c, a, &sets[0], run))
        fail_msg("%.*s: %lld records, %lld in the list", STR_ARG(r->figure->name), (long long)r->records,
                 (long long)listed(w, c, a, &sets[0], run));
}

/* All figures together are what each is alone, and what its list counts. */
static void figures_together_and_alone(void **state)
{
    struct world *w = *state;
    static const char *const periods[] = {"2024", "2025-Q1", "2024-05", "2010"};
    size_t counted = 0;
    for (size_t i = 0; i < sizeof periods / sizeof *periods; i++) {
        auto_arena a = arena_open();
        struct error err;
        struct date from, to;
        assert_true(period_parse(str_from(periods[i]), &from, &to));
        struct formula_run run = figure_run(w->office, from, to);
        const struct figure **list = arena_new_array(a, const struct figure *, w->model->figure_count);
        struct figure_result *results = arena_new_array(a, struct figure_result, w->model->figure_count);
        for (size_t k = 0; k < w->model->figure_count; k++) list[k] = &w->model->figures[k];
        struct figures_wanted wanted = {.figures = list, .count = w->model->figure_count};
        struct conn *c = store_read(w->store, &err);
        if (!c || !figures_compute(w->office, c, a, &wanted, &run, results, NULL, &err)) fail_with(&err);
        for (size_t k = 0; k < wanted.count; k++) {
            compare(w, c, a, &results[k], &run);
            counted += results[k].records > 0;
        }
        store_done(c);
    }
    assert_true(counted > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_acts_replay),
        cmocka_unit_test(every_register_was_worked),
        cmocka_unit_test(figures_together_and_alone),
    };
    return cmocka_run_group_tests_name("random_acts", tests, set_up, tear_down);
}
