/* The store: records and lists, offices and parameters. */
#include "store_world.h"

#include "store/inside.h"
#include "store/offices.h"
#include "store/parameters.h"

/* ---- records ---- */

static void record_round_trip(void **state)
{
    struct world *w = *state;
    struct record r = matter(w, 7, "楼道照明", "三楼灯坏", 3);
    r.head.created_at = 1709254800000;
    r.values[KIND] = TEXT("noise");
    r.values[COST] = value_int(-123456);
    r.values[WHO] = TEXT("sealed");
    add(w, r);
    struct conn *c = begin_read(w);
    struct record got;
    OK(record_get(c, w->arena, OFFICE, &w->regs[0], 7, &got, &err));
    for (size_t i = 0; i < FIELDS; i++) assert_true(value_eq(got.values[i], r.values[i]));
    assert_true(str_eq(got.head.number, r.head.number) && str_is(got.head.created_on, "2024-03-01"));
    assert_true(got.head.org == 3 && got.head.version == 1 && !got.head.voided && got.head.created_at == 1709254800000);
    struct error fault;
    assert_false(record_get(c, w->arena, OFFICE, &w->regs[0], 8, &got, &fault));
    assert_int_equal(fault.code, ERR_NOT_FOUND);
    assert_false(record_get(c, w->arena, STR("other"), &w->regs[0], 7, &got, &fault));
    store_done(c);
}

static void update_and_conflict(void **state)
{
    struct world *w = *state;
    struct record old = matter(w, 1, "甲", "旧内容", 0), r = matter(w, 1, "甲", "改写", 0);
    add(w, old);
    r.head.version = 2;
    struct conn *c = begin_write(w);
    OK(record_update(c, OFFICE, &old, &r, &err));
    struct error fault;
    OK(store_savepoint(c, &err));
    assert_false(record_update(c, OFFICE, &old, &r, &fault) && conn_settle(c, &fault)); /* version 1 is gone */
    assert_int_equal(fault.code, ERR_CONFLICT);
    assert_non_null(strstr(fault.message, "别人改动过"));
    OK(store_undo(c, &err));
    OK(store_commit(c, &err));
    assert_int_equal(hits(w, "改写"), 1);
    assert_int_equal(hits(w, "旧内"), 0);
    c = begin_write(w);
    assert_false(record_insert(c, OFFICE, &r, &fault));
    assert_int_equal(fault.code, ERR_CONFLICT);
    store_rollback(c);
}

static void rollback_and_savepoints(void **state)
{
    struct world *w = *state;
    struct record one = matter(w, 1, "一", "", 0);
    struct record two = matter(w, 2, "二", "", 0);
    struct conn *c = begin_write(w);
    OK(record_insert(c, OFFICE, &one, &err));
    OK(store_savepoint(c, &err));
    OK(store_savepoint(c, &err));
    OK(record_insert(c, OFFICE, &two, &err));
    OK(store_release(c, &err));
    OK(store_undo(c, &err));
    OK(store_commit(c, &err));
    c = begin_write(w);
    OK(record_insert(c, OFFICE, &two, &err));
    store_rollback(c);
    assert_int_equal(hits(w, ""), 1);
    assert_int_equal(hits(w, "二"), 0);
}

/* More records than are read at once, some of them undone, one changed twice: the index follows the rows. */
static void the_text_index_follows_at_the_commit(void **state)
{
    struct world *w = *state;
    enum { MANY = 600 };
    struct conn *c = begin_write(w);
    for (int64_t id = 1; id <= MANY; id++) {
        struct record r = matter(w, id, "山洪", "", 0);
        OK(store_savepoint(c, &err));
        OK(record_insert(c, OFFICE, &r, &err));
        OK(id % 3 ? store_release(c, &err) : store_undo(c, &err));
    }
    struct record was = matter(w, 1, "山洪", "", 0), is = matter(w, 1, "山洪", "堤坝", 0), then = matter(w, 1, "山洪", "水库", 0);
    is.head.version = then.head.version = 2;
    OK(record_update(c, OFFICE, &was, &is, &err));
    OK(record_update(c, OFFICE, &is, &then, &err)); /* the same act once more */
    OK(store_commit(c, &err));
    assert_int_equal(hits(w, "山洪"), MANY - MANY / 3);
    assert_int_equal(hits(w, "堤坝"), 0);
    assert_int_equal(hits(w, "水库"), 1);

    struct record late = matter(w, MANY, "山洪", "堰塞", 0);
    c = begin_write(w);
    OK(record_insert(c, OFFICE, &late, &err));
    store_rollback(c);
    c = begin_write(w);
    OK(store_savepoint(c, &err));
    struct record changed = matter(w, 1, "山洪", "堤坝", 0);
    changed.head.version = 3;
    OK(record_update(c, OFFICE, &then, &changed, &err));
    OK(store_undo(c, &err));
    OK(store_commit(c, &err));
    assert_int_equal(hits(w, "堰塞"), 0);
    assert_int_equal(hits(w, "堤坝"), 0);
    assert_int_equal(hits(w, "水库"), 1);
}

static void numbers_count_by_register_and_year(void **state)
{
    struct world *w = *state;
    struct conn *c = begin_write(w);
    int64_t n;
    for (int64_t i = 1; i <= 3; i++) {
        OK(record_next_id(c, OFFICE, &n, &err));
        assert_int_equal(n, i);
        OK(record_next_seq(c, OFFICE, &w->regs[0], 2024, &n, &err));
        assert_int_equal(n, i);
    }
    OK(record_next_seq(c, OFFICE, &w->regs[0], 2025, &n, &err));
    assert_int_equal(n, 1);
    OK(record_next_id(c, STR("other"), &n, &err));
    assert_int_equal(n, 1);
    OK(store_commit(c, &err));
}

static void finds_records(void **state)
{
    struct world *w = *state;
    struct record r[3] = {matter(w, 1, "甲", "", 0), matter(w, 2, "同名", "", 0), matter(w, 3, "同名", "", 8)};
    r[0].values[SOURCE] = TEXT("12345-9");
    for (int i = 0; i < 3; i++) add(w, r[i]);
    static const struct {
        const char *what;
        int64_t id;
    } cases[] = {{"跃信〔2024〕2号", 2}, {"甲", 1}, {"12345-9", 1}, {"同名", -1}, {"没有", 0}, {"", 0}};
    struct conn *c = begin_read(w);
    int64_t id;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        OK(record_find(c, OFFICE, &w->regs[0], str_from(cases[i].what), &everything, &id, &err));
        if (id != cases[i].id) fail_msg("%s: %d", cases[i].what, (int)id);
    }
    const struct sight nothing = {.org_count = 0}, unit = {.orgs = (int64_t[]){7, 8}, .org_count = 2};
    OK(record_find(c, OFFICE, &w->regs[0], STR("跃信〔2024〕2号"), &nothing, &id, &err));
    assert_int_equal(id, 2);
    OK(record_find(c, OFFICE, &w->regs[0], STR("甲"), &nothing, &id, &err));
    assert_int_equal(id, 0);
    OK(record_find(c, OFFICE, &w->regs[0], STR("12345-9"), &unit, &id, &err));
    assert_int_equal(id, 0);
    OK(record_find(c, OFFICE, &w->regs[0], STR("同名"), &unit, &id, &err));
    assert_int_equal(id, 3); /* the other one of this name is not theirs */
    struct value key = TEXT("12345-9");
    OK(record_find_by_key(c, OFFICE, &w->regs[0], &key, &id, &err));
    assert_int_equal(id, 1);
    key = value_null();
    OK(record_find_by_key(c, OFFICE, &w->regs[0], &key, &id, &err));
    assert_int_equal(id, 0);
    bool taken;
    OK(record_value_taken(c, OFFICE, &w->regs[0], &w->matter[TITLE], TEXT("甲"), 1, &taken, &err));
    assert_false(taken);
    OK(record_value_taken(c, OFFICE, &w->regs[0], &w->matter[TITLE], TEXT("甲"), 2, &taken, &err));
    assert_true(taken);
    store_done(c);
}

static void hostile_texts_stay_texts(void **state)
{
    struct world *w = *state;
    static const char *const texts[] = {"'; drop table matter; --", "\"", "%T %F ? \\", "\" OR pairs : \"x", "NEAR(甲 乙)",
                                        "*", "甲\" *", "😀'\n\t", "${x}", "-- /*", "AND", "\xC2\xB7"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct record r = matter(w, (int64_t)i + 1, texts[i], texts[i], 0);
        r.head.number = str_from(texts[i]);
        r.head.stage = str_from(texts[i]);
        r.values[SOURCE] = value_text(str_from(texts[i]));
        add(w, r);
        hits(w, texts[i]);
        struct conn *c = begin_read(w);
        int64_t id;
        struct record got;
        OK(record_find(c, OFFICE, &w->regs[0], str_from(texts[i]), &everything, &id, &err));
        assert_int_equal(id, i + 1);
        OK(record_get(c, w->arena, OFFICE, &w->regs[0], id, &got, &err));
        assert_true(str_is(got.values[BODY].t, texts[i]) && str_is(got.head.stage, texts[i]));
        struct error fault;
        struct record_list list;
        struct list_query q = {.office = OFFICE, .reg = &w->regs[0], .sight = everything, .limit = 1,
                               .sort_field = str_from(texts[i])};
        assert_false(record_list(c, w->arena, &q, &list, &fault));
        assert_int_equal(fault.code, ERR_INPUT);
        store_done(c);
    }
    struct record bad = matter(w, 99, "\xff\xfe", "", 0);
    struct conn *c = begin_write(w);
    struct error fault;
    assert_false(record_insert(c, OFFICE, &bad, &fault));
    assert_int_equal(fault.code, ERR_INPUT);
    store_rollback(c);
}

/* ---- lists ---- */

static void search_finds_chinese(void **state)
{
    struct world *w = *state;
    struct record r = matter(w, 12, "锦绣小区物业纠纷", "业主反映ＡＢＣ公司 Hotline-12345 收费", 0);
    r.values[KIND] = TEXT("fee");
    r.values[WHO] = TEXT("密文secret");
    add(w, r);
    add(w, matter(w, 3, "甲乙 丙", "", 0));
    static const struct {
        const char *search;
        int64_t hits;
    } cases[] = {
        {"物业", 1}, {"物业纠纷", 1}, {"纠纷物业", 0}, {"锦", 1}, {"纷", 1}, {"锦 收费 abc", 1}, {"锦 没有", 0},
        {"hotline", 1}, {"HOT", 1}, {"line", 0}, {"123", 1}, {"abc", 1}, {"跃信〔2024〕12号", 1}, {"2024", 2},
        {"物业收费", 1}, /* the label of its code */
        {"乙丙", 0}, {"甲乙丙", 0}, {"secret", 0}, {"密文", 0}, {"？！", 0}, {"  ", 2}, {"物业 ！", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t n = hits(w, cases[i].search);
        if (n != cases[i].hits) fail_msg("%s: %d found, %d expected", cases[i].search, (int)n, (int)cases[i].hits);
    }
}

static void sight_limits_lists(void **state)
{
    struct world *w = *state;
    for (int64_t i = 1; i <= 6; i++) {
        struct record r = matter(w, i, "甲", "", i);
        if (i == 6) r.values[UNIT] = value_int(2);
        r.head.voided = i == 3;
        add(w, r);
    }
    static const int64_t orgs[] = {2, 3, 9};
    struct record_list list;
    struct list_query q = {.sight = {.orgs = orgs, .org_count = 3}, .limit = 10};
    assert_int_equal(found(w, q, &list), 2); /* 2 by its organisation, 6 by assignment; 3 is voided */
    q.sight.org_count = 0;
    assert_int_equal(found(w, q, &list), 0);
    q.sight = everything;
    assert_int_equal(found(w, q, &list), 5);
    static const struct str stages[] = {{"registered", 10}, {"x", 1}};
    q.stages = stages;
    q.stage_count = 2;
    assert_int_equal(found(w, q, &list), 5);
    q.stage_count = 1;
    q.stages = &stages[1];
    assert_int_equal(found(w, q, &list), 0);
    q = (struct list_query){.sight = {.orgs = orgs, .org_count = 3}, .stages = stages, .stage_count = 2, .limit = 1};
    assert_int_equal(found(w, q, &list), 2);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.rows[0].head.id, 6);
    struct conn *c = begin_read(w);
    struct str *names;
    int64_t *counts;
    size_t n;
    bool known;
    OK(record_count_by_stage(c, w->arena, OFFICE, &w->regs[0], everything, &names, &counts, &n, &known, &err));
    assert_true(known && n == 1 && counts[0] == 5);
    OK(record_count_by_stage(c, w->arena, OFFICE, &w->regs[0], (struct sight){.orgs = orgs, .org_count = 3}, &names, &counts,
                             &n, &known, &err));
    assert_true(known && n == 1 && counts[0] == 2);
    store_done(c);
}

static void lists_sort(void **state)
{
    struct world *w = *state;
    for (int64_t i = 1; i <= 25; i++) {
        struct record r = matter(w, i, "甲", "", 0);
        r.values[COST] = i == 5 ? value_null() : value_int(100 - i);
        add(w, r);
    }
    struct record_list list;
    struct list_query q = {.sight = everything, .limit = 5, .from = LIST_LAST};
    assert_int_equal(found(w, q, &list), 25);
    assert_int_equal(list.count, 5);
    assert_int_equal(list.rows[0].head.id, 5); /* default: happened_on descending */
    q = (struct list_query){.sight = everything, .limit = 25, .sort_field = STR("order")};
    found(w, q, &list);
    assert_int_equal(list.rows[0].head.id, 5); /* empties are the smallest */
    assert_int_equal(list.rows[1].head.id, 25);
    q = (struct list_query){.sight = everything, .limit = 25, .sort_field = STR("number")};
    found(w, q, &list);
    for (int i = 0; i < 25; i++) assert_int_equal(list.rows[i].head.id, i + 1);
    q.limit = 0;
    assert_int_equal(found(w, q, &list), 25);
    assert_int_equal(list.count, 0);
    struct error fault;
    struct conn *c = begin_read(w);
    q = (struct list_query){.office = OFFICE, .reg = &w->regs[0], .sight = everything, .limit = 1, .sort_field = STR("petitioner")};
    assert_false(record_list(c, w->arena, &q, &list, &fault)); /* private */
    store_done(c);
}

static void formulas_filter_and_count(void **state)
{
    struct world *w = *state;
    for (int64_t i = 1; i <= 4; i++) add(w, matter(w, i, i % 2 ? "单" : "双", "", 0));
    struct formula_bind bind = {.param = PARAM_LITERAL, .literal = TEXT("单")};
    struct formula_bind today[] = {{.param = PARAM_TODAY}, {.param = PARAM_LITERAL, .literal = value_int(1)}};
    struct formula_sql odd = {.text = STR("self.title = ?"), .binds = &bind, .bind_count = 1};
    struct formula_sql next = {.text = STR("cast(? as text) || cast(? as text)"), .binds = today, .bind_count = 2};
    struct date day;
    assert_true(date_parse(STR("2024-01-31"), &day));
    struct formula_run run = {.office = OFFICE, .today = day};
    struct record_list list;
    struct list_query q = {.sight = everything, .condition = &odd, .run = &run, .limit = 9, .search = STR("单")};
    assert_int_equal(found(w, q, &list), 2);
    struct conn *c = begin_read(w);
    struct value v;
    OK(store_evaluate(c, w->arena, &next, &run, &v, &err));
    assert_true(value_eq(v, TEXT("2024-01-311")));
    struct error fault;
    struct formula_sql wrong = {.text = STR("\"no_such_name\"")};
    assert_false(store_evaluate(c, w->arena, &wrong, &run, &v, &fault)); /* not silently a text */
    store_done(c);
}

static void references_are_listed(void **state)
{
    struct world *w = *state;
    for (int64_t i = 1; i <= 3; i++) {
        struct value points = value_int(i == 3 ? 6 : 5);
        struct record r = {.reg = &w->regs[1], .values = &points};
        r.head = (struct record_head){.id = i, .number = str_printf(w->arena, "审%d", (int)i), .stage = STR("s"), .version = 1};
        add(w, r);
    }
    struct record_list list;
    struct conn *c = begin_read(w);
    struct list_query q = {.office = OFFICE, .reg = &w->regs[1], .sight = everything, .field = &w->review[0],
                           .is = value_int(5), .sort_field = STR("id"), .descending = true, .limit = 1};
    OK(record_list(c, w->arena, &q, &list, &err));
    store_done(c);
    assert_int_equal(list.total, 2);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.rows[0].head.id, 2);
}

static struct office_row office_called(const char *key, const char *code, const char *name)
{
    return (struct office_row){str_from(key), str_from(code), str_from(name), str_from(name), STR("代"), false};
}

/* The tree is a range of codes: 450205 and what begins with it, neither 450206 nor 4502. */
static void offices_form_a_tree(void **state)
{
    static const char *const made[][3] = {{"shi", "4599", "甲市"},         {"qu", "459901", "东区"},
                                          {"east1", "459901001", "一街"}, {"east2", "459901002", "二街"},
                                          {"xi", "459902", "西区"},       {"west1", "459902001", "一街"}};
    struct world *w = *state;
    struct office_row *list, row;
    size_t count;
    struct error fault;
    bool many;
    struct conn *c = begin_write(w);
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        row = office_called(made[i][0], made[i][1], made[i][2]);
        OK(offices_put(c, &row, &err));
    }
    row = office_called("other", "459901001", "三街");
    assert_false(offices_put(c, &row, &fault));
    assert_int_equal(fault.code, ERR_CONFLICT);
    OK(store_commit(c, &err));
    c = begin_read(w);
    OK(offices_list(c, w->arena, STR("459901"), 100, &list, &count, &err));
    assert_int_equal(count, 3);
    assert_true(str_is(list[0].key, "qu") && str_is(list[2].key, "east2"));
    OK(offices_list_children(c, w->arena, STR("4599"), 6, &list, &count, &err));
    assert_int_equal(count, 3);
    OK(offices_list(c, w->arena, STR("459903"), 100, &list, &count, &err));
    assert_int_equal(count, 0);
    OK(offices_find(c, w->arena, STR("459902001"), &row, &err));
    assert_true(str_is(row.key, "west1"));
    OK(offices_find(c, w->arena, STR("东区"), &row, &err));
    assert_false(offices_find(c, w->arena, STR("一街"), &row, &fault));
    assert_int_equal(fault.code, ERR_CONFLICT);
    assert_false(offices_get(c, w->arena, STR("459901"), &row, &fault));
    assert_int_equal(fault.code, ERR_NOT_FOUND);
    OK(offices_are_many(c, &many, &err));
    assert_true(many);
    store_done(c);
}

/* The nearest above first, then the newest. */
static void parameters_come_nearest_first(void **state)
{
    static const struct {
        const char *office, *code, *from;
        int64_t value;
    } rows[] = {{"shi", "4599", "2024-01-01", 1},
                {"qu", "459901", "2023-01-01", 2},
                {"qu", "459901", "2025-01-01", 3},
                {"xi", "459902", "2024-01-01", 4}};
    struct world *w = *state;
    struct parameter_row *list;
    size_t count;
    struct conn *c = begin_write(w);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct parameter_row r = {.office = str_from(rows[i].office), .code = str_from(rows[i].code), .name = STR("hours"),
                                  .valid_from = str_from(rows[i].from), .value = rows[i].value, .cite = STR("文件"),
                                  .issued_by = STR("a")};
        OK(parameter_put(c, &r, &err));
        r.value += 10;
        if (i == 3) OK(parameter_put(c, &r, &err)); /* the same day again: replaced */
    }
    OK(store_commit(c, &err));
    c = begin_read(w);
    OK(parameter_list(c, w->arena, STR("459901001"), STR("hours"), &list, &count, &err));
    assert_int_equal(count, 3);
    assert_true(list[0].value == 3 && list[1].value == 2 && list[2].value == 1);
    assert_true(str_is(list[0].valid_from, "2025-01-01") && str_is(list[2].office, "shi"));
    OK(parameter_list(c, w->arena, STR("459902"), STR("hours"), &list, &count, &err));
    assert_true(count == 2 && list[0].value == 14);
    OK(parameter_list(c, w->arena, STR("459901"), STR("other"), &list, &count, &err));
    assert_int_equal(count, 0);
    store_done(c);
}

/* ---- the text index against a scan ---- */

enum { CHARACTERS = 5, MATTERS = 40, ROUNDS = 60 };
static const char *const characters[CHARACTERS] = {"山", "水", "田", "林", "湖"};

/* Some matters as they are in the database and as a transaction has them; title NULL: not there. */
struct shelf {
    struct world *w;
    const char *titles[MATTERS];
    int64_t versions[MATTERS];
    unsigned seed;
};

static unsigned dice(struct shelf *s, unsigned sides)
{
    s->seed = s->seed * 1103515245u + 12345u;
    return s->seed / 65536u % sides;
}

static const char *random_title(struct shelf *s)
{
    struct buf b = buf_in(s->w->arena);
    for (unsigned i = dice(s, 4) + 1; i > 0; i--) buf_puts(&b, characters[dice(s, CHARACTERS)]);
    return str_cstr(s->w->arena, buf_str(&b));
}

static struct record on_shelf(const struct shelf *s, size_t i)
{
    struct record r = matter(s->w, (int64_t)i + 1, s->titles[i], "", 0);
    r.head.version = s->versions[i];
    return r;
}

/* A new matter, or another title of one that is there. */
static void put_on_shelf(struct shelf *s, struct conn *c)
{
    size_t i = dice(s, MATTERS);
    bool there = s->titles[i] != NULL;
    struct record was = there ? on_shelf(s, i) : (struct record){0};
    s->titles[i] = random_title(s);
    s->versions[i]++;
    struct record is = on_shelf(s, i);
    if (there)
        OK(record_update(c, OFFICE, &was, &is, &err));
    else
        OK(record_insert(c, OFFICE, &is, &err));
}

/* A few changes behind a savepoint, which may be undone. */
static void some_changes(struct shelf *s, struct conn *c)
{
    struct shelf before = *s;
    OK(store_savepoint(c, &err));
    for (unsigned n = dice(s, 6); n > 0; n--) put_on_shelf(s, c);
    if (dice(s, 3)) {
        OK(store_release(c, &err));
        return;
    }
    OK(store_undo(c, &err));
    before.seed = s->seed;
    *s = before;
}

static void check_word(const struct shelf *s, const char *word)
{
    int64_t wanted = 0;
    for (size_t i = 0; i < MATTERS; i++) wanted += s->titles[i] && strstr(s->titles[i], word);
    int64_t found = hits(s->w, word);
    if (found != wanted) fail_msg("%s: %d found, %d are there", word, (int)found, (int)wanted);
}

/* Inserted, changed, changed again, undone in part or in whole: what is found is what is there, no more and no less. */
static void search_equals_a_scan(void **state)
{
    struct shelf s = {.w = *state, .seed = 20261124};
    for (int round = 0; round < ROUNDS; round++) {
        struct shelf before = s;
        struct conn *c = begin_write(s.w);
        for (unsigned n = dice(&s, 5); n > 0; n--) some_changes(&s, c);
        if (dice(&s, 4)) {
            OK(store_commit(c, &err));
        } else {
            store_rollback(c);
            before.seed = s.seed;
            s = before;
        }
        for (size_t i = 0; i < CHARACTERS; i++) {
            check_word(&s, characters[i]);
            for (size_t k = 0; k < CHARACTERS; k++) {
                auto_arena a = arena_open();
                check_word(&s, str_cstr(a, str_printf(a, "%s%s", characters[i], characters[k])));
            }
        }
    }
}

/* Another label of a code: its records are found by the new one alone, others as before. */
static void new_labels_are_found(void **state)
{
    static const struct code other[] = {{.key = {"noise", 5}, .label = {"机器轰鸣", 12}}, {.key = {"fee", 3}, .label = {"物业收费", 12}}};
    static const struct code_list list = {.codes = other, .count = 2};
    struct world *w = *state;
    struct record noise = matter(w, 1, "甲", "", 0), fee = matter(w, 2, "乙", "", 0);
    noise.values[KIND] = TEXT("noise");
    fee.values[KIND] = TEXT("fee");
    add(w, noise);
    add(w, fee);
    assert_int_equal(hits(w, "扰民"), 1);
    w->matter[KIND].codes = &list;
    open_again(w);
    assert_int_equal(hits(w, "扰民"), 0);
    assert_int_equal(hits(w, "轰鸣"), 1);
    assert_int_equal(hits(w, "收费"), 1);
}

static const struct CMUnitTest record_tests[] = {
    cmocka_unit_test_setup_teardown(record_round_trip, set_up, tear_down),
    cmocka_unit_test_setup_teardown(update_and_conflict, set_up, tear_down),
    cmocka_unit_test_setup_teardown(rollback_and_savepoints, set_up, tear_down),
    cmocka_unit_test_setup_teardown(the_text_index_follows_at_the_commit, set_up, tear_down),
    cmocka_unit_test_setup_teardown(numbers_count_by_register_and_year, set_up, tear_down),
    cmocka_unit_test_setup_teardown(finds_records, set_up, tear_down),
    cmocka_unit_test_setup_teardown(hostile_texts_stay_texts, set_up, tear_down),
    cmocka_unit_test_setup_teardown(search_finds_chinese, set_up, tear_down),
    cmocka_unit_test_setup_teardown(search_equals_a_scan, set_up, tear_down),
    cmocka_unit_test_setup_teardown(new_labels_are_found, set_up, tear_down),
    cmocka_unit_test_setup_teardown(sight_limits_lists, set_up, tear_down),
    cmocka_unit_test_setup_teardown(lists_sort, set_up, tear_down),
    cmocka_unit_test_setup_teardown(formulas_filter_and_count, set_up, tear_down),
    cmocka_unit_test_setup_teardown(references_are_listed, set_up, tear_down),
    cmocka_unit_test_setup_teardown(offices_form_a_tree, set_up, tear_down),
    cmocka_unit_test_setup_teardown(parameters_come_nearest_first, set_up, tear_down),
};

int main(void)
{
    return cmocka_run_group_tests_name("store", record_tests, NULL, NULL);
}
