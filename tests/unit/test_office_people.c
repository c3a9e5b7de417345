/* Signing in, sessions, accounts and organisations. */
#include "office_world.h"

#include <pthread.h>

#include "office/seal.h"
#include "office/signin.h"

static const char matter[] = "register: matter\n"
                             "label: 事项\n"
                             "chapter: work\n"
                             "help: 试验\n"
                             "fields:\n"
                             "  title: {label: 标题, type: text}\n";

static const char *const registers[] = {"matter", matter, NULL};

static int set_up(void **state)
{
    *state = world_make(registers);
    return 0;
}

static int tear_down(void **state)
{
    assert_replay_whole(*state);
    world_free(*state);
    return 0;
}

#define RIGHT WORLD_PASSWORD
#define WRONG STR("Mulberry-2025")

static struct error last;

static bool in(struct world *w, const char *name, struct str password, struct signed_in *s)
{
    struct signed_in unused;
    last = (struct error){0};
    return sign_in(w->office, w->arena, str_from(name), password, STR("10.0.0.1"), s ? s : &unused, &last);
}

static bool check_session(struct world *w, struct str token, struct session *s)
{
    struct user u;
    struct conn *c = store_read(w->store, &last);
    bool ok = session_check(w->office, c, w->arena, token, s, &u, &last);
    store_done(c);
    return ok;
}

static bool session_is_open(struct world *w, struct str token)
{
    struct session s;
    return check_session(w, token, &s);
}

static struct account account(struct world *w, const char *name)
{
    struct account acc;
    struct conn *c = store_read(w->store, &(struct error){0});
    OK(account_get(c, w->arena, w->office->key, str_from(name), &acc, &err));
    store_done(c);
    return acc;
}

static int64_t log_length(struct world *w)
{
    struct str hash;
    int64_t seq;
    struct conn *c = store_read(w->store, &(struct error){0});
    OK(act_last(c, w->arena, w->office->key, &seq, &hash, &err));
    store_done(c);
    return seq;
}

/* ---- passwords ---- */

static void passwords_are_argon2id(void **state)
{
    struct world *w = *state;
    struct str one, two;
    OK(password_hash(w->arena, RIGHT, &one, &err));
    OK(password_hash(w->arena, RIGHT, &two, &err));
    assert_true(str_starts(one, STR("$argon2id$v=19$m=32768,t=2,p=1$")));
    assert_false(str_eq(one, two));
    assert_true(password_matches(w->arena, one, RIGHT));
    assert_false(password_matches(w->arena, one, WRONG));
    assert_false(password_matches(w->arena, one, STR("")));
    assert_false(password_matches(w->arena, STR(""), STR("")));
    assert_false(password_matches(w->arena, STR("$argon2id$nonsense"), RIGHT));
    assert_false(str_contains(raw_dump(w), RIGHT));
}

static void password_rules(void **state)
{
    (void)state;
    struct account acc = {.name = STR("lisilin")};
    static const struct {
        const char *password;
        bool good;
    } cases[] = {
        {"Mulberry-2024", true},         {"Mulb-2024", false},
        {"mulberrymulberry", false},     {"mulberry2024", false},
        {"MULBERRY-mulberry", true},     {"Lisilin-2024", false},
        {"xx-LISILIN-99", false},        {"My-Password-1", false},
        {"Qwerty-99-abc", false},        {"桑树桑树-Aa1桑树桑", true},
        {"桑树桑树桑树桑树桑树", false}, {"Mulberry\xff-2024", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err;
        bool good = password_is_good(str_from(cases[i].password), &acc, &err);
        if (good != cases[i].good) fail_msg("%s", cases[i].password);
        if (!good) assert_string_equal(err.where, "password");
    }
    char longest[130];
    memset(longest, 'x', sizeof longest);
    memcpy(longest, "A1", 2);
    struct error err;
    assert_true(password_is_good((struct str){longest, 128}, &acc, &err));
    assert_false(password_is_good((struct str){longest, 129}, &acc, &err));
}

/* ---- signing in ---- */

static void signing_in_and_out(void **state)
{
    struct world *w = *state;
    struct signed_in s;
    int64_t before = log_length(w);
    if (!in(w, "clerk", RIGHT, &s)) fail_with(&last);
    assert_int_equal(s.token.len, 32);
    assert_false(str_eq(s.token, s.csrf));
    assert_false(s.must_change);
    assert_true(session_is_open(w, s.token));
    assert_false(str_contains(raw_dump(w), s.token)); /* only its digest is kept */
    assert_int_equal(log_length(w), before + 1);
    OK(sign_out(w->office, w->arena, &w->clerk, s.token, &err));
    assert_false(session_is_open(w, s.token));
    assert_int_equal(last.code, ERR_FORBIDDEN);
    assert_false(session_is_open(w, STR("")));
    assert_false(session_is_open(w, STR("0123456789abcdef0123456789abcdef")));
}

static void five_failures_lock_for_half_an_hour(void **state)
{
    struct world *w = *state;
    for (int i = 0; i < 4; i++) assert_false(in(w, "clerk", WRONG, NULL));
    assert_true(in(w, "clerk", RIGHT, NULL)); /* and the count begins anew */
    for (int i = 0; i < 5; i++) assert_false(in(w, "clerk", WRONG, NULL));
    assert_false(in(w, "clerk", RIGHT, NULL));
    set_clock(w, "2024-06-03T09:29:00");
    assert_false(in(w, "clerk", RIGHT, NULL));
    set_clock(w, "2024-06-03T09:30:30");
    assert_true(in(w, "clerk", RIGHT, NULL));
}

static void an_administrator_unlocks(void **state)
{
    struct world *w = *state;
    for (int i = 0; i < 5; i++) assert_false(in(w, "clerk", WRONG, NULL));
    struct tx tx = begin_as(w, &w->admin, "page");
    OK(people_set_disabled(&tx, STR("clerk"), false, &err));
    OK(tx_commit(&tx, &err));
    assert_true(in(w, "clerk", RIGHT, NULL));
}

/* Whoever tries names learns nothing from the answers: not for an unknown account, a locked or a disabled one. */
static void every_refusal_is_the_same(void **state)
{
    struct world *w = *state;
    assert_false(in(w, "clerk", WRONG, NULL));
    struct error wrong = last;
    for (int i = 0; i < 5; i++) assert_false(in(w, "clerk", WRONG, NULL));
    struct tx tx = begin_as(w, &w->admin, "page");
    OK(people_set_disabled(&tx, STR("reviewer"), true, &err));
    OK(tx_commit(&tx, &err));
    static const struct {
        const char *name;
        struct str password;
    } cases[] = {{"nobody", {"Mulberry-2024", 13}},
                 {"clerk", {"Mulberry-2024", 13}},
                 {"reviewer", {"Mulberry-2024", 13}},
                 {"clerk' or '1'='1", {"x", 1}},
                 {"", {"", 0}},
                 {"\xff\xfe", {"\xff", 1}}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t before = log_length(w);
        assert_false(in(w, cases[i].name, cases[i].password, NULL));
        assert_int_equal(last.code, wrong.code);
        assert_string_equal(last.message, wrong.message);
        assert_int_equal(log_length(w), before + 1); /* each try is on record */
    }
}

struct guess {
    struct world *w;
    pthread_t thread;
};

static void *guess(void *arg)
{
    struct guess *g = arg;
    auto_arena a = arena_open();
    struct signed_in s;
    struct error err;
    sign_in(g->w->office, a, STR("clerk"), WRONG, STR("10.0.0.2"), &s, &err);
    return NULL;
}

/* Tries at the same time must not overwrite each other's count. */
static void tries_at_the_same_time_all_count(void **state)
{
    struct world *w = *state;
    struct guess guesses[5];
    for (size_t i = 0; i < 5; i++) {
        guesses[i].w = w;
        assert_int_equal(pthread_create(&guesses[i].thread, NULL, guess, &guesses[i]), 0);
    }
    for (size_t i = 0; i < 5; i++) pthread_join(guesses[i].thread, NULL);
    assert_true(account(w, "clerk").locked_until > 0);
    assert_false(in(w, "clerk", RIGHT, NULL));
}

/* ---- sessions ---- */

static void a_session_ends_when_idle(void **state)
{
    struct world *w = *state;
    struct signed_in s;
    assert_true(in(w, "clerk", RIGHT, &s));
    struct session held;
    set_clock(w, "2024-06-03T09:14:00");
    assert_true(check_session(w, s.token, &held));
    OK(session_touch(w->office, &held, &err));
    set_clock(w, "2024-06-03T09:28:30");
    assert_true(session_is_open(w, s.token));
    set_clock(w, "2024-06-03T09:29:30");
    assert_false(session_is_open(w, s.token));
}

static void a_session_ends_after_twelve_hours(void **state)
{
    struct world *w = *state;
    struct signed_in s;
    assert_true(in(w, "clerk", RIGHT, &s));
    struct session held;
    for (int minutes = 10; minutes < 12 * 60; minutes += 10) {
        char moment[40];
        snprintf(moment, sizeof moment, "2024-06-03T%02d:%02d:00", 9 + minutes / 60 % 24, minutes % 60);
        if (9 + minutes / 60 >= 21) break;
        set_clock(w, moment);
        assert_true(check_session(w, s.token, &held));
        OK(session_touch(w->office, &held, &err));
    }
    set_clock(w, "2024-06-03T21:00:30");
    assert_false(session_is_open(w, s.token));
}

/* A request that began before the sign-out ends after it. */
static void a_note_of_use_does_not_bring_an_ended_session_back(void **state)
{
    struct world *w = *state;
    struct signed_in s;
    struct session held;
    assert_true(in(w, "clerk", RIGHT, &s));
    assert_true(check_session(w, s.token, &held));
    OK(sign_out(w->office, w->arena, &w->clerk, s.token, &err));
    set_clock(w, "2024-06-03T09:02:00");
    OK(session_touch(w->office, &held, &err));
    assert_false(session_is_open(w, s.token));
}

/* A new password of an account, made ready as before a transaction. */
static struct new_password ready(struct world *w, const char *name, struct str text)
{
    struct new_password password;
    OK(people_prepare_password(w->office, w->arena, str_from(name), text, &password, &err));
    return password;
}

static void disabling_and_a_new_password_end_sessions(void **state)
{
    struct world *w = *state;
    struct signed_in one, two;
    assert_true(in(w, "clerk", RIGHT, &one));
    assert_true(in(w, "reviewer", RIGHT, &two));
    struct new_password other = ready(w, "reviewer", WRONG);
    struct tx tx = begin_as(w, &w->admin, "page");
    OK(people_set_disabled(&tx, STR("clerk"), true, &err));
    OK(people_set_password(&tx, STR("reviewer"), &other, true, &err));
    OK(tx_commit(&tx, &err));
    assert_false(session_is_open(w, one.token));
    assert_false(session_is_open(w, two.token));
    assert_true(in(w, "reviewer", WRONG, &two));
    assert_true(two.must_change);
    tx = begin_as(w, &w->admin, "page");
    OK(people_set_disabled(&tx, STR("clerk"), false, &err));
    OK(tx_commit(&tx, &err));
    assert_false(session_is_open(w, one.token));
}

/* ---- accounts ---- */

#define FAILS(call, field)                                                                                             \
    do {                                                                                                               \
        struct error err = {0};                                                                                        \
        assert_false(call);                                                                                            \
        assert_string_equal(err.where, field);                                                                         \
        assert_true(err.message[0]);                                                                                   \
    } while (0)

static void who_may_manage_accounts(void **state)
{
    struct world *w = *state;
    struct account acc = {.name = STR("zhangsan"), .person = STR("张三"), .roles = STR("clerk")};
    const struct user *others[] = {&w->clerk, &w->reviewer, &w->loader};
    struct new_password right = world_password(w), of_admin = ready(w, "admin", WRONG);
    for (size_t i = 0; i < 3; i++) {
        struct tx tx = begin_as(w, others[i], "page");
        struct org org = {.id = 900, .code = STR("900"), .name = STR("新")};
        FAILS(people_add(&tx, &acc, &right, false, &err), "");
        FAILS(people_change(&tx, &acc, &err), "");
        FAILS(people_set_password(&tx, STR("admin"), &of_admin, false, &err), "");
        FAILS(people_set_disabled(&tx, STR("admin"), true, &err), "");
        FAILS(people_put_org(&tx, &org, &err), "");
        tx_rollback(&tx);
    }
    struct tx tx = begin_as(w, &w->admin, "page");
    OK(people_add(&tx, &acc, &right, false, &err));
    OK(tx_commit(&tx, &err));
    struct signed_in s;
    assert_true(in(w, "zhangsan", RIGHT, &s));
    assert_true(s.must_change);
}

static void everybody_changes_the_own_password(void **state)
{
    struct world *w = *state;
    struct new_password same = ready(w, "clerk", RIGHT), brief = ready(w, "clerk", STR("short")),
                        good = ready(w, "clerk", WRONG), late = ready(w, "clerk", STR("Another-2024"));
    struct tx tx = begin_as(w, &w->clerk, "page");
    FAILS(people_set_password(&tx, STR("clerk"), &same, false, &err), "password");
    FAILS(people_set_password(&tx, STR("clerk"), &brief, false, &err), "password");
    OK(people_set_password(&tx, STR("clerk"), &good, false, &err));
    OK(tx_commit(&tx, &err));
    assert_true(in(w, "clerk", WRONG, NULL));
    /* One that was compared with an older password than the account has by now. */
    tx = begin_as(w, &w->clerk, "page");
    FAILS(people_set_password(&tx, STR("clerk"), &late, false, &err), "password");
    tx_rollback(&tx);
    assert_true(in(w, "clerk", WRONG, NULL));
}

static void account_rules(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *name, *person, *roles, *where;
    } cases[] = {
        {"Zhang", "张三", "clerk", "name"},
        {"z", "张三", "clerk", "name"},
        {"zhang san", "张三", "clerk", "name"},
        {"1zhang", "张三", "clerk", "name"},
        {"clerk", "张三", "clerk", "name"},
        {"zhangsan", " ", "clerk", "person"},
        {"zhangsan", "张\n三", "clerk", "person"},
        {"zhangsan", "张\xff", "clerk", "person"},
        {"zhangsan", "张三", "emperor", "roles"},
        /* three administrators, three people, and none of them does business */
        {"zhangsan", "张三", "sysadmin auditor", "roles"},
        {"zhangsan", "张三", "sysadmin clerk", "roles"},
        {"zhangsan", "张三", "reviewer auditor", "roles"},
    };
    struct new_password right = world_password(w);
    struct tx tx = begin_as(w, &w->admin, "page");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct account acc = {
            .name = str_from(cases[i].name), .person = str_from(cases[i].person), .roles = str_from(cases[i].roles)};
        FAILS(people_add(&tx, &acc, &right, false, &err), cases[i].where);
    }
    struct account clerk = account(w, "clerk");
    clerk.roles = STR("clerk auditor");
    FAILS(people_change(&tx, &clerk, &err), "roles");
    FAILS(people_set_disabled(&tx, STR("admin"), true, &err), ""); /* nobody locks the door from inside */
    tx_rollback(&tx);
}

static void administrators_see_no_matter(void **state)
{
    struct world *w = *state;
    const struct reg *reg = reg_of(w, "matter");
    add_account(w, "audit", "auditor", 1);
    struct user audit = load_user(w, "audit");
    assert_false(user_sees_register(&w->admin, reg));
    assert_false(user_sees_register(&audit, reg));
    assert_true(user_sees_register(&w->clerk, reg));
    assert_true(user_may(&audit, MAY_AUDIT));
    assert_false(user_may(&w->admin, MAY_AUDIT));
}

/* ---- organisations ---- */

static void the_tree_of_units_stays_a_tree(void **state)
{
    struct world *w = *state;
    add_org(w, 10, 1, "010", "甲");
    add_org(w, 11, 10, "011", "乙");
    static const struct {
        int64_t id, parent;
        const char *code, *name, *where;
    } cases[] = {
        {10, 10, "010", "甲", "parent"}, {10, 11, "010", "甲", "parent"}, {12, 999, "012", "丙", "parent"},
        {12, 1, "010", "丙", "code"},    {12, 1, "", "丙", "code"},       {12, 1, "012", " ", "name"},
        {12, 1, "012", "\xff", "name"},
    };
    struct tx tx = begin_as(w, &w->admin, "page");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct org org = {.id = cases[i].id,
                          .parent = cases[i].parent,
                          .code = str_from(cases[i].code),
                          .name = str_from(cases[i].name)};
        FAILS(people_put_org(&tx, &org, &err), cases[i].where);
    }
    struct org org = {.id = 10, .parent = 1, .code = STR("010"), .name = STR("甲改")};
    OK(people_put_org(&tx, &org, &err));
    OK(tx_commit(&tx, &err));
}

static void people_come_by_sheet(void **state)
{
    struct world *w = *state;
    struct sheet_in orgs, accounts;
    struct errors faults = errors_in(w->arena);
    OK(sheet_in_read(w->arena,
                     STR("code,name,kind,parent\n100,甲办,department,000\n101,乙站,,100\n,无码,,\n102,丙,,无此\n"),
                     STR("o.csv"), &orgs, &err));
    OK(sheet_in_read(
        w->arena,
        STR("name,person,post,org,roles\nwang,王某,科员,甲办,clerk\nclerk,别人,,,clerk\nzhao,赵某,,无此,clerk\n"),
        STR("a.csv"), &accounts, &err));
    struct new_password right = world_password(w);
    struct tx tx = begin_as(w, &w->admin, "page");
    assert_false(people_import_orgs(&tx, &orgs, &faults));
    assert_int_equal(faults.count, 2);
    assert_non_null(strstr(faults.items[0].message, "第4行"));
    assert_non_null(strstr(faults.items[1].message, "第5行"));
    faults = errors_in(w->arena);
    assert_false(people_import_accounts(&tx, &accounts, &right, &faults));
    assert_int_equal(faults.count, 1);
    OK(tx_commit(&tx, &err));
    assert_text(account(w, "wang").post, "科员");
    assert_text(account(w, "clerk").person, "某某"); /* who is there is left alone */
    assert_int_equal(load_user(w, "wang").org_count, 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(passwords_are_argon2id),
        cmocka_unit_test(password_rules),
        TEST(signing_in_and_out),
        TEST(five_failures_lock_for_half_an_hour),
        TEST(an_administrator_unlocks),
        TEST(every_refusal_is_the_same),
        TEST(tries_at_the_same_time_all_count),
        TEST(a_session_ends_when_idle),
        TEST(a_note_of_use_does_not_bring_an_ended_session_back),
        TEST(a_session_ends_after_twelve_hours),
        TEST(disabling_and_a_new_password_end_sessions),
        TEST(who_may_manage_accounts),
        TEST(everybody_changes_the_own_password),
        TEST(account_rules),
        TEST(administrators_see_no_matter),
        TEST(the_tree_of_units_stays_a_tree),
        TEST(people_come_by_sheet),
    };
    return cmocka_run_group_tests_name("office_people", tests, NULL, NULL);
}
