/* Long lists: every order, both directions, page by page; counts; the text index and the indexes of registers. */
#include "store_world.h"

enum { MANY = 1200, PAGE = 23 };

static const char *const stage_names[] = {"registered", "accepted", "closed"};

/* Records with ties, empties and voided ones, from a fixed sequence of numbers. */
static struct record some(struct world *w, int64_t id)
{
    unsigned n = (unsigned)id * 2654435761u;
    struct record r = matter(w, id, "", n >> 8 & 1 ? "物业收费" : "夜间噪声", n >> 3 & 7);
    r.head.stage = str_from(stage_names[(n >> 16) % 3]);
    r.head.voided = (n >> 20) % 11 == 0;
    r.values[TITLE] = (n >> 5) % 9 == 0 ? value_null() : value_text(str_printf(w->arena, "题%u", (n >> 9) % 40));
    r.values[KIND] = (n >> 12) % 4 == 0 ? value_null() : (n >> 12) % 4 == 1 ? TEXT("noise") : TEXT("fee");
    r.values[COST] = (n >> 14) % 5 == 0 ? value_null() : value_int((n >> 10) % 20);
    r.values[HAPPENED] = (n >> 7) % 6 == 0 ? value_null() : value_text(str_printf(w->arena, "2024-01-%02u", n % 28 + 1));
    r.values[UNIT] = (n >> 18) % 3 ? value_null() : value_int((n >> 6) % 8);
    return r;
}

static void add_many(struct world *w, int64_t from, int64_t to)
{
    struct conn *c = begin_write(w);
    for (int64_t i = from; i <= to; i++) {
        struct record r = some(w, i);
        OK(record_insert(c, OFFICE, &r, &err));
    }
    OK(store_commit(c, &err));
}

static int set_up_many(void **state)
{
    if (set_up(state)) return 1;
    struct world *w = *state;
    static const int listed[] = {TITLE, KIND, COST, HAPPENED, UNIT};
    for (size_t i = 0; i < sizeof listed / sizeof *listed; i++) w->matter[listed[i]].listed = true;
    w->model.digest = STR("listed");
    open_again(w);
    add_many(w, 1, MANY);
    return 0;
}

/* The rows of many lists would fill the world's memory. */
static struct arena *lend(struct world *w)
{
    struct arena *own = w->arena;
    w->arena = arena_open();
    return own;
}

static void give_back(struct world *w, struct arena *own)
{
    arena_close(w->arena);
    w->arena = own;
}

struct walk {
    int64_t ids[MANY + 100];
    size_t count;
};

/* The whole list in one piece, by way of another plan than its pages where there is one. */
static void whole(struct world *w, struct list_query q, struct walk *all)
{
    struct arena *own = lend(w);
    struct record_list list;
    q.limit = MANY + 100;
    q.count_most = MANY + 100;
    int64_t total = found(w, q, &list);
    assert_int_equal(total, list.count);
    assert_false(list.more || list.before || list.after);
    all->count = list.count;
    for (size_t i = 0; i < list.count; i++) all->ids[i] = list.rows[i].head.id;
    give_back(w, own);
}

static void same(const struct walk *a, const struct walk *b, const char *what)
{
    if (a->count != b->count) fail_msg("%s: %zu rows, %zu expected", what, a->count, b->count);
    for (size_t i = 0; i < a->count; i++)
        if (a->ids[i] != b->ids[i]) fail_msg("%s: row %zu is %d, %d expected", what, i, (int)a->ids[i], (int)b->ids[i]);
}

/* Page by page from the front, or from the end; `each` may do something between the pages. */
static void by_pages(struct world *w, struct list_query q, bool backwards, void (*between)(struct world *w, size_t page),
                     struct walk *out)
{
    struct arena *own = lend(w);
    q.office = OFFICE;
    q.reg = &w->regs[0];
    q.limit = PAGE;
    q.from = backwards ? LIST_LAST : LIST_FIRST;
    out->count = 0;
    for (size_t page = 0;; page++) {
        struct record_list list;
        found(w, q, &list);
        for (size_t i = 0; i < list.count; i++)
            out->ids[out->count++] = list.rows[backwards ? list.count - 1 - i : i].head.id;
        if (!(backwards ? list.before : list.after)) break;
        assert_int_equal(list.count, PAGE);
        OK(list_place_of(w->arena, &q, &list.rows[backwards ? 0 : list.count - 1], &q.place, &err));
        q.from = backwards ? LIST_BEFORE : LIST_AFTER;
        if (between) between(w, page);
    }
    give_back(w, own);
    for (size_t i = 0; backwards && i + 1 < out->count - i; i++) {
        int64_t id = out->ids[i];
        out->ids[i] = out->ids[out->count - 1 - i];
        out->ids[out->count - 1 - i] = id;
    }
}

static const char *const columns[] = {"", "number", "stage", "id", "created_on", "org", "title", "kind", "order",
                                      "happened_on", "department", "source_number"};

/* Conditions that are found by different plans: rare and common, by stage, code, sight, search and formula. */
static size_t queries(struct list_query *list)
{
    static const struct str stages[] = {{"accepted", 8}, {"closed", 6}};
    static const int64_t orgs[] = {2, 5};
    static struct formula_bind bind = {.param = PARAM_LITERAL, .literal = {.kind = VALUE_INT, .i = 10}};
    static struct formula_sql cheap;
    static struct formula_run run;
    cheap = (struct formula_sql){.text = STR("self.\"order\" < ?"), .binds = &bind, .bind_count = 1};
    size_t n = 0;
    list[n++] = (struct list_query){.sight = everything};
    list[n++] = (struct list_query){.sight = everything, .stages = stages, .stage_count = 1};
    list[n++] = (struct list_query){.sight = everything, .stages = stages, .stage_count = 2};
    list[n++] = (struct list_query){.sight = {.orgs = orgs, .org_count = 2}};
    list[n++] = (struct list_query){.sight = everything, .condition = &cheap, .run = &run};
    list[n++] = (struct list_query){.sight = everything, .search = STR("噪声")};
    list[n++] = (struct list_query){.sight = {.orgs = orgs, .org_count = 2}, .search = STR("收费"), .stages = stages,
                                    .stage_count = 2, .condition = &cheap, .run = &run};
    return n;
}

static void pages_give_each_record_once(void **state)
{
    struct world *w = *state;
    struct list_query list[8];
    size_t count = queries(list);
    struct walk *all = calloc(2, sizeof *all), *pages = all + 1;
    for (size_t k = 0; k < count; k++) {
        for (size_t i = 0; i < 2 * sizeof columns / sizeof *columns; i++) {
            struct list_query q = list[k];
            q.sort_field = str_from(columns[i / 2]);
            q.descending = i % 2;
            char what[80];
            for (int64_t most = -1; most <= MANY; most += MANY + 1) { /* walked, and as it is shown */
                q.count_most = most;
                snprintf(what, sizeof what, "query %zu by %s%s (%d)", k, i % 2 ? "-" : "", columns[i / 2], (int)most);
                whole(w, q, all);
                by_pages(w, q, false, NULL, pages);
                same(pages, all, what);
                by_pages(w, q, true, NULL, pages);
                same(pages, all, what);
            }
        }
    }
    free(all);
}

/* What "in order" means is asked of the rows themselves. */
static int compare(struct value a, struct value b)
{
    if (a.kind == VALUE_NULL || b.kind == VALUE_NULL) return (b.kind == VALUE_NULL) - (a.kind == VALUE_NULL);
    if (a.kind == VALUE_INT) return a.i < b.i ? -1 : a.i > b.i;
    return str_cmp(a.t, b.t);
}

static void orders_are_orders(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *column;
        int field;
    } cases[] = {{"title", TITLE}, {"kind", KIND}, {"order", COST}, {"happened_on", HAPPENED}, {"department", UNIT}};
    for (size_t i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
        struct list_query q = {.sight = everything, .limit = MANY, .sort_field = str_from(cases[i / 2].column), .descending = i % 2};
        struct record_list list;
        int64_t total = found(w, q, &list);
        assert_true(total == (int64_t)list.count && total > LIST_COUNT_MOST);
        for (size_t k = 1; k < list.count; k++) {
            struct value a = list.rows[k - 1].values[cases[i / 2].field], b = list.rows[k].values[cases[i / 2].field];
            int sign = i % 2 ? compare(a, b) : compare(b, a);
            if (sign < 0) /* an empty one is the smallest: compare() has it so */
                fail_msg("%s: row %zu stands wrong", cases[i / 2].column, k);
        }
    }
}

static void insert_some(struct world *w, size_t page)
{
    static int64_t next = MANY;
    if (page % 3 || next >= MANY + 90) return;
    next++;
    add_many(w, next, next);
}

/* Records that come meanwhile may be seen or not; those that were there are seen once. */
static void pages_hold_while_records_come(void **state)
{
    struct world *w = *state;
    struct walk *all = calloc(2, sizeof *all), *pages = all + 1;
    struct list_query q = {.sight = everything, .sort_field = STR("happened_on"), .descending = true};
    whole(w, q, all);
    by_pages(w, q, false, insert_some, pages);
    size_t n = 0;
    for (size_t i = 0; i < pages->count; i++)
        if (pages->ids[i] <= MANY) pages->ids[n++] = pages->ids[i];
    pages->count = n;
    same(pages, all, "while records come");
    free(all);
}

static void places_are_checked(void **state)
{
    struct world *w = *state;
    struct record_list list;
    struct error fault;
    struct list_query q = {.office = OFFICE, .reg = &w->regs[0], .sight = everything, .limit = 3, .from = LIST_AFTER};
    struct list_place wrong[] = {
        {.count = 0},
        {.count = 1, .values = {value_int(3)}},
        {.count = 2, .values = {value_int(3), value_int(3)}},
        {.count = 2, .values = {TEXT("2024-13-45"), value_int(3)}},
        {.count = 2, .values = {TEXT("2024-01-05"), TEXT("3")}},
        {.count = 2, .values = {TEXT("2024-01-05"), value_null()}},
        {.count = 3, .values = {TEXT("2024-01-05"), value_int(1), value_int(3)}},
    };
    struct conn *c = begin_read(w);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        q.place = wrong[i];
        assert_false(record_list(c, w->arena, &q, &list, &fault));
        assert_int_equal(fault.code, ERR_INPUT);
    }
    q.place = (struct list_place){.count = 2, .values = {TEXT("2024-01-05"), value_int(-7)}};
    OK(record_list(c, w->arena, &q, &list, &err));
    store_done(c);
}

/* Counting stops, and says so. */
static void totals_are_bounded(void **state)
{
    struct world *w = *state;
    struct record_list list;
    struct formula_sql any = {.text = STR("1 = 1")};
    struct formula_run run = {.office = OFFICE};
    struct list_query q = {.sight = everything, .limit = 5};
    int64_t live = found(w, q, &list);
    assert_true(live > LIST_COUNT_MOST && !list.more);
    q.condition = &any;
    q.run = &run;
    assert_int_equal(found(w, q, &list), LIST_COUNT_MOST);
    assert_true(list.more && list.count == 5);
    q.count_most = MANY;
    assert_int_equal(found(w, q, &list), live);
    assert_false(list.more);
}

static void counts_are_kept(void **state)
{
    struct world *w = *state;
    struct conn *c = begin_write(w);
    struct record r = some(w, 1);
    r.head.version = 1;
    for (int i = 0; i < 40; i++) { /* stage and voiding change, to and fro */
        struct record before = r;
        r.head.version++;
        r.head.stage = str_from(stage_names[i % 3]);
        r.head.voided = i % 4 == 1;
        OK(record_update(c, OFFICE, &before, &r, &err));
    }
    OK(store_savepoint(c, &err));
    struct record gone = some(w, MANY + 50);
    OK(record_insert(c, OFFICE, &gone, &err));
    OK(store_undo(c, &err));
    struct str *stages, *again;
    int64_t *kept, *counted;
    size_t n, m;
    bool known;
    OK(record_count_by_stage(c, w->arena, OFFICE, &w->regs[0], everything, &stages, &kept, &n, &known, &err));
    OK(record_recount(c, &w->regs[0], &err));
    OK(record_count_by_stage(c, w->arena, OFFICE, &w->regs[0], everything, &again, &counted, &m, &known, &err));
    assert_true(n == 3 && n == m);
    for (size_t i = 0; i < n; i++) assert_true(str_eq(stages[i], again[i]) && kept[i] == counted[i]);
    store_rollback(c);
}

/* Few records are looked through for the words in their own texts, many by the index: both find the same. */
static void texts_tell_what_the_index_tells(void **state)
{
    struct world *w = *state;
    static const char *const searches[] = {"噪声", "噪", "物业收费", "业收", "声物", "跃信", "题", "题1", "扰民", "噪声扰民",
                                           "噪声 收费", "题3 噪声", "没有", "号"};
    static const struct str accepted[] = {{"accepted", 8}};
    for (size_t i = 0; i < sizeof searches / sizeof *searches; i++) {
        struct walk by_texts, all, by_index = {.count = 0};
        struct list_query q = {.sight = everything, .search = str_from(searches[i]), .sort_field = STR("id")};
        whole(w, q, &all);
        struct conn *c = begin_read(w);
        for (size_t k = 0; k < all.count; k++) {
            struct record r;
            struct arena *own = lend(w);
            OK(record_get(c, w->arena, OFFICE, &w->regs[0], all.ids[k], &r, &err));
            if (str_is(r.head.stage, "accepted")) by_index.ids[by_index.count++] = all.ids[k];
            give_back(w, own);
        }
        store_done(c);
        q.stages = accepted;
        q.stage_count = 1;
        whole(w, q, &by_texts);
        same(&by_texts, &by_index, searches[i]);
    }
}

/* A list that goes through all records: what `fazhi list` does. */
static bool count_part(void *arg, struct arena *page, const struct record_list *part)
{
    (void)page;
    *(int64_t *)arg += (int64_t)part->count;
    return true;
}

static void lists_go_on_to_the_end(void **state)
{
    struct world *w = *state;
    struct record_list list;
    struct list_query q = {.sight = everything};
    int64_t live = found(w, q, &list), n = 0;
    q.office = OFFICE;
    q.reg = &w->regs[0];
    struct conn *c = begin_read(w);
    OK(record_list_each(c, &q, count_part, &n, &err));
    assert_int_equal(n, live);
    n = 0;
    q.limit = 700; /* more than one part, less than all */
    OK(record_list_each(c, &q, count_part, &n, &err));
    assert_int_equal(n, 700);
    store_done(c);
}

static const struct CMUnitTest list_tests[] = {
    cmocka_unit_test_setup_teardown(pages_give_each_record_once, set_up_many, tear_down),
    cmocka_unit_test_setup_teardown(orders_are_orders, set_up_many, tear_down),
    cmocka_unit_test_setup_teardown(pages_hold_while_records_come, set_up_many, tear_down),
    cmocka_unit_test_setup_teardown(places_are_checked, set_up_many, tear_down),
    cmocka_unit_test_setup_teardown(totals_are_bounded, set_up_many, tear_down),
    cmocka_unit_test_setup_teardown(texts_tell_what_the_index_tells, set_up_many, tear_down),
    cmocka_unit_test_setup_teardown(counts_are_kept, set_up_many, tear_down),
    cmocka_unit_test_setup_teardown(lists_go_on_to_the_end, set_up_many, tear_down),
};

int main(void)
{
    return cmocka_run_group_tests_name("lists", list_tests, NULL, NULL);
}
