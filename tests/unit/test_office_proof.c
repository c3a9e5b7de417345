/* What proves that nothing was done behind the engine: the seal of private fields, the chain of acts, the replay; and
 * that nothing typed ever breaks it. */
#include "office_world.h"

#include <sys/stat.h>
#include <time.h>

#include "base/utf8.h"
#include "office/import.h"
#include "office/seal.h"

static const char matter[] =
    "register: matter\n"
    "label: 事项\n"
    "chapter: work\n"
    "help: 试验\n"
    "fields:\n"
    "  title: {label: 标题, type: text, searched: true}\n"
    "  body: {label: 内容, type: text, multiline: true, searched: true}\n"
    "  number_of: {label: 数量, type: integer}\n"
    "  share: {label: 比例, type: decimal}\n"
    "  cost: {label: 金额, type: money}\n"
    "  received_on: {label: 收到日期, type: date}\n"
    "  seen_at: {label: 时刻, type: moment}\n"
    "  paid: {label: 已缴费, type: yesno}\n"
    "  kind: {label: 类别, type: code, codes: kind}\n"
    "  department: {label: 单位, type: organisation}\n"
    "  place: {label: 地点, type: place}\n"
    "  who: {label: 信访人, type: person, private: {purpose: 办理, basis: 条例, keep: 10年, mask: name}}\n"
    "  phone: {label: 电话, type: text, private: {purpose: 办理, basis: 条例, keep: 10年, mask: phone}}\n"
    "  earlier: {label: 前案, type: reference, register: matter}\n"
    "  paper: {label: 附件, type: attachment}\n"
    "procedure:\n"
    "  stages: {open: 办理中, closed: {label: 已办结, final: true}}\n"
    "  acts:\n"
    "    close: {label: 办结, to: closed}\n"
    "  deadlines:\n"
    "    reply: {label: 答复, within: 15 days, start: received_on, until: close, cite: 一}\n";

static const char *const registers[] = {"matter", matter, NULL};

static int set_up(void **state)
{
    *state = world_make(registers);
    return 0;
}

static int tear_down(void **state)
{
    world_free(*state);
    return 0;
}

/* ---- the seal ---- */

static void a_seal_opens_where_it_was_made_and_nowhere_else(void **state)
{
    struct world *w = *state;
    const struct seal *s = w->office->seal;
    struct arena *a = w->arena;
    static const char *const texts[] = {"", "x", "欧阳金丝雀", "一段相当长的话，比一个分组长得多得多得多得多"};
    for (size_t i = 0; i < 4; i++) {
        struct str plain = str_from(texts[i]), back = STR("?");
        struct str one = seal_text(s, a, STR("matter/who"), plain), two = seal_text(s, a, STR("matter/who"), plain);
        assert_false(str_eq(one, two));
        if (plain.len > 1) assert_false(str_contains(one, plain));
        assert_true(seal_reveal(s, a, STR("matter/who"), one, &back) && str_eq(back, plain));
        assert_false(seal_reveal(s, a, STR("matter/phone"), one, &back));
        assert_false(seal_reveal(s, a, STR("matte/rwho"), one, &back));
        for (size_t k = 0; k < one.len; k++) { /* any changed character */
            char *changed = str_cstr(a, one);
            changed[k] = changed[k] == 'A' ? 'B' : 'A';
            if (seal_reveal(s, a, STR("matter/who"), (struct str){changed, one.len}, &back))
                assert_true(str_eq(back, plain)); /* spare bits of the last base64 digit */
            assert_false(k > 3 && k + 4 < one.len &&
                         seal_reveal(s, a, STR("matter/who"), (struct str){changed, one.len}, &back));
        }
        for (size_t k = 0; k < one.len; k++)
            assert_false(seal_reveal(s, a, STR("matter/who"), str_slice(one, 0, k), &back));
    }
    static const char *const none[] = {"", "s1:", "s1:====", "s1:AAAA", "s2:AAAA", "欧阳", "s1:!!!!", "s1: AAA"};
    struct str back;
    for (size_t i = 0; i < 8; i++) assert_false(seal_reveal(s, a, STR("matter/who"), str_from(none[i]), &back));
}

static void another_key_opens_nothing(void **state)
{
    struct world *w = *state;
    struct str sealed = seal_text(w->office->seal, w->arena, STR("a/b"), STR("x")), back;
    struct error err;
    struct seal *other = seal_open(w->parent, true, &err);
    assert_non_null(other);
    assert_false(seal_reveal(other, w->arena, STR("a/b"), sealed, &back));
    seal_close(other);
    struct stat st;
    assert_int_equal(stat(str_cstr(w->arena, str_printf(w->arena, "%s/key", w->parent)), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    other = seal_open(w->parent, true, &err); /* the same key again */
    assert_true(other != NULL);
    seal_close(other);
}

static void without_its_key_the_office_does_not_open(void **state)
{
    struct world *w = *state;
    DO(INPUTS("title", "甲", "who", "欧阳"));
    char *key = str_cstr(w->arena, str_printf(w->arena, "%s/key", w->folder));
    struct str text;
    struct error why;
    OK(file_read(w->arena, key, 4096, &text, &err));
    text = str_copy(w->arena, text);
    office_close(w->office);
    static const char *const damaged[] = {NULL, "", "abc", "zz"};
    for (size_t i = 0; i < 4; i++) {
        unlink(key);
        if (damaged[i]) OK(file_write(key, str_from(damaged[i]), true, &err));
        for (int create = 0; create < 2; create++) {
            w->office = office_open(w->store, NULL, STR(""), clock_system(), create, &why);
            assert_null(w->office);
            assert_true(why.message[0]);
        }
        assert_int_equal(file_exists(key), damaged[i] != NULL); /* none is made beside sealed records */
    }
    OK(file_write(key, text, true, &err));
    w->office = office_open(w->store, NULL, STR(""), clock_system(), false, &why);
    assert_non_null(w->office);
}

/* ---- the chain and the replay ---- */

static void make_story(struct world *w)
{
    int64_t id = DO(INPUTS("title", "甲", "received_on", "2024-05-06", "who", "欧阳", "cost", "3.50"));
    DO(.record = id, .act = "amend", .reason = "更正", INPUTS("title", "甲甲"));
    DO(.record = id, .act = "close");
    DO(INPUTS("title", "乙", "received_on", "2024-05-07"));
}

static void what_was_changed_by_hand_is_found(void **state)
{
    if (getenv("FAZHI_TEST_POSTGRES")) skip(); /* puts the file back between its cases */
    struct world *w = *state;
    static const struct {
        const char *sql, *words;
        bool broken; /* the chain; else the tables differ from it */
    } cases[] = {
        {"update fz_act set inputs = replace(inputs, '甲甲', '乙乙') where act = 'amend'", NULL, true},
        {"update fz_act set changes = replace(changes, '2024-05-21', '2024-06-21')", NULL, true},
        {"update fz_act set actor = 'reviewer' where act = 'close'", NULL, true},
        {"update fz_act set at = at - 86400000 where act = 'close'", NULL, true},
        {"update fz_act set on_day = '2024-01-01' where act = 'close'", NULL, true},
        {"update fz_act set entrance = 'api' where act = 'close'", NULL, true},
        {"update fz_act set record = record + 1 where act = 'close'", NULL, true},
        {"update fz_act set hash = prev_hash where act = 'close'", NULL, true},
        {"delete from fz_act where act = 'amend'", NULL, true},
        {"delete from fz_act where seq = 1", NULL, true},
        {"delete from fz_act where seq = (select max(seq) from fz_act)", "末尾", false},
        {"update fz_act set seq = -1 where act = 'amend'; update fz_act set seq = seq - 1 where act = 'close';"
         "update fz_act set seq = (select seq + 1 from fz_act where act = 'close') where seq = -1",
         NULL, true},
        {"update matter set title = '别的' where title = '乙'", "标题", false},
        {"update matter set cost = 1 where title = '甲甲'", "金额", false},
        {"update matter set stage = 'open' where title = '甲甲'", "阶段", false},
        {"update matter set voided = 1 where title = '乙'", "版本", false},
        {"update matter set number = '别的号' where title = '乙'", "编号", false},
        {"update matter set org = 99 where title = '乙'", "单位", false},
        {"update matter set created_on = '2020-01-01' where title = '乙'", "编号", false},
        {"update matter set created_at = 5 where title = '乙'", "登记时间", false},
        {"delete from matter where title = '乙'", "表中没有", false},
        {"insert into matter (office, id, number, stage, created_on, created_at, version, voided) values ('yuejin', "
         "999, 'x', 'open', '2024-01-01', 0, 1, 0)",
         "没有任何办理记录", false},
        {"update fz_deadline set legal_on = '2030-01-01'", "期限", false},
        {"update fz_deadline set state = 'met' where state = 'running'", "期限", false},
        {"delete from fz_deadline", "期限", false},
    };
    make_story(w);
    assert_replay_whole(w);
    char *db = str_cstr(w->arena, str_printf(w->arena, "%s/fazhi.db", w->folder));
    raw_run(w, "pragma wal_checkpoint(truncate)");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str before;
        OK(file_read(w->arena, db, 64 << 20, &before, &err));
        raw_run(w, cases[i].sql);
        struct replay_report r = replayed(w);
        if (cases[i].broken != (r.broken_at != 0)) fail_msg("%s: broken at %d", cases[i].sql, (int)r.broken_at);
        bool told = false;
        for (size_t k = 0; k < r.difference_count; k++)
            told = told || str_contains(r.differences[k], str_from(cases[i].words));
        if (cases[i].words && !told) fail_msg("%s: not told", cases[i].sql);
        /* back to what it was */
        world_close(w);
        unlink(str_cstr(w->arena, str_printf(w->arena, "%s-wal", db)));
        unlink(str_cstr(w->arena, str_printf(w->arena, "%s-shm", db)));
        OK(file_write(db, before, true, &err));
        world_open(w);
        load_users(w);
        raw_run(w, "pragma wal_checkpoint(truncate)");
    }
    assert_replay_whole(w);
}

static void differences_are_counted_beyond_those_told(void **state)
{
    struct world *w = *state;
    for (int i = 0; i < 120; i++) DO(INPUTS("title", "甲"));
    raw_run(w, "update matter set title = '别的'");
    struct replay_report r = replayed(w);
    assert_int_equal(r.difference_total, 120);
    assert_int_equal(r.difference_count, 100);
    assert_int_equal(r.records, 120);
}

/* ---- anything typed ---- */

static uint64_t seed;

static uint64_t draw(void)
{
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return seed * UINT64_C(2685821657736338717) >> 16;
}

/* Bytes, or things that people and programs type. */
static struct str anything(struct arena *a)
{
    static const char *const typed[] = {"-9223372036854775808",
                                        "9223372036854775807",
                                        "99999999999999999999",
                                        "1e9",
                                        "0x10",
                                        "١٢",
                                        "１２",
                                        "1,234,567.89",
                                        "1,23",
                                        "-0",
                                        "+5",
                                        ".5",
                                        "5.",
                                        "NaN",
                                        "2024-02-29",
                                        "2023-02-29",
                                        "2024/2/29",
                                        "20240229",
                                        "2024年2月29日",
                                        "0000-00-00",
                                        "2199-12-31",
                                        "9999-12-31",
                                        "2024-02-29 24:00",
                                        "2024-02-29T23:59:60",
                                        "是",
                                        "否",
                                        "TRUE",
                                        "noise",
                                        "噪声扰民",
                                        "' or 1=1 --",
                                        "%s%n%d",
                                        "<script>",
                                        "\xEF\xBB\xBF甲",
                                        "\xF0\x9F\x98\x80",
                                        "e\xCC\x81",
                                        "\xE2\x80\xAE反",
                                        "跃进街道",
                                        "000",
                                        "事项〔2024〕1号",
                                        "甲",
                                        "../../key",
                                        "0000000000000000000000000000000000000000000000000000000000000000",
                                        "\"",
                                        "\\",
                                        "\\u0000",
                                        "{\"a\":1}",
                                        "\r\n",
                                        "a\nb",
                                        "\t",
                                        "\x7f",
                                        "　",
                                        "null"};
    struct buf b = buf_in(a);
    size_t pieces = 1 + draw() % 3;
    for (size_t i = 0; i < pieces; i++) {
        if (draw() % 3)
            buf_puts(&b, typed[draw() % (sizeof typed / sizeof *typed)]);
        else
            for (size_t n = draw() % 12; n > 0; n--) buf_putc(&b, (char)draw());
    }
    if (draw() % 40 == 0)
        for (size_t n = 0; n < 6000; n++) buf_putc(&b, 'x');
    return buf_str(&b);
}

static void assert_all_text_valid(struct world *w)
{
    if (getenv("FAZHI_TEST_POSTGRES")) return; /* the server takes no other */
    sqlite3 *db = raw_open(w);
    static const char *const queries[] = {"select * from matter", "select * from fz_act", "select * from fz_deadline",
                                          "select * from fz_setting"};
    for (size_t i = 0; i < 4; i++) {
        sqlite3_stmt *q;
        assert_int_equal(sqlite3_prepare_v2(db, queries[i], -1, &q, NULL), SQLITE_OK);
        while (sqlite3_step(q) == SQLITE_ROW)
            for (int k = 0; k < sqlite3_column_count(q); k++) {
                if (sqlite3_column_type(q, k) != SQLITE_TEXT) continue;
                const char *s = (const char *)sqlite3_column_text(q, k);
                assert_true(utf8_valid((struct str){s, (size_t)sqlite3_column_bytes(q, k)}));
            }
        sqlite3_finalize(q);
    }
    sqlite3_close(db);
}

static void anything_typed_is_taken_or_refused(void **state)
{
    struct world *w = *state;
    const struct reg *reg = reg_of(w, "matter");
    size_t taken = 0, told = 0;
    seed = (uint64_t)time(NULL);
    print_message("# seed %llu\n", (unsigned long long)seed);
    int64_t id = DO(INPUTS("title", "甲"));
    for (int i = 0; i < 3000; i++) {
        auto_arena a = arena_open();
        const struct field *f = &reg->fields[draw() % reg->field_count];
        struct input input = {.name = draw() % 50 ? f->name : anything(a), .text = anything(a)};
        if (draw() % 2) act_read_inputs(w->office, a, reg, &input, 1);
        struct act_request rq = {.reg = reg, .inputs = &input, .input_count = 1};
        rq.act = draw() % 3 ? STR("create") : STR("amend");
        rq.record = str_is(rq.act, "amend") ? id : 0;
        rq.reason = draw() % 4 ? STR("理由") : anything(a);
        if (draw() % 8 == 0) rq.number = anything(a);
        struct act_result result;
        struct errors faults = errors_in(a);
        bool ok = act_do(w->office, a, &w->clerk, STR("page"), &rq, &result, &faults, NULL);
        assert_int_equal(ok, faults.count == 0);
        for (size_t k = 0; k < faults.count; k++)
            if (faults.items[k].code == ERR_STORE || faults.items[k].code == ERR_IO ||
                !utf8_valid(str_from(faults.items[k].message)))
                fail_msg("%.*s: %s", STR_ARG(f->name), faults.items[k].message);
        if (ok)
            taken++;
        else
            told++;
    }
    assert_true(taken > 300 && told > 300);
    assert_all_text_valid(w);
    assert_replay_whole(w);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_seal_opens_where_it_was_made_and_nowhere_else), TEST(another_key_opens_nothing),
        TEST(without_its_key_the_office_does_not_open),        TEST(what_was_changed_by_hand_is_found),
        TEST(differences_are_counted_beyond_those_told),       TEST(anything_typed_is_taken_or_refused),
    };
    return cmocka_run_group_tests_name("office_proof", tests, NULL, NULL);
}
