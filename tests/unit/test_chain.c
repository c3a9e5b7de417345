/* The chain's own JSON is what the JSON library makes of the same content: hashes of old acts stay true. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/sm3.h"
#include "office/chain.h"
#include "office/entry.h"

enum { ROUNDS = 20000, MOST_CHARS = 24 };

/* Every character that JSON must escape, plain ones, and ones of two, three and four bytes. */
static const char *const pieces[] = {"\"", "\\", "\b", "\t", "\n", "\f", "\r", "\x01", "\x1f", "\x7f", "/",  "a",
                                     "Z",  "0",  " ",  "é",  "跃", "。", "〔", "𠮷",    "{",    ":",    "�", ""};

static struct str some_text(struct arena *a, unsigned *seed)
{
    struct buf b = buf_in(a);
    for (int n = rand_r(seed) % MOST_CHARS; n > 0; n--)
        buf_puts(&b, pieces[(size_t)rand_r(seed) % (sizeof pieces / sizeof *pieces)]);
    return buf_str(&b);
}

static int64_t some_number(unsigned *seed)
{
    static const int64_t edges[] = {0, 1, -1, 9, 10, INT32_MAX, INT64_MAX, INT64_MIN};
    int pick = rand_r(seed) % 16;
    return pick < 8 ? edges[pick] : rand_r(seed) - RAND_MAX / 2;
}

static struct value some_value(struct arena *a, unsigned *seed)
{
    switch (rand_r(seed) % 4) {
    case 0: return value_null();
    case 1: return value_int(some_number(seed));
    case 2: return value_real((double)(rand_r(seed) - RAND_MAX / 2) / (1 + rand_r(seed) % 100000));
    default: return value_text(some_text(a, seed));
    }
}

static json_t *string(struct str t)
{
    return json_stringn(t.s ? t.s : "", t.len);
}

static void assert_same(struct arena *a, const struct buf *ours, json_t *theirs)
{
    struct str wanted = chain_canonical(a, theirs);
    json_decref(theirs);
    if (str_eq(buf_str(ours), wanted)) return;
    print_error("ours   %.*s\ntheirs %.*s\n", STR_ARG(buf_str(ours)), STR_ARG(wanted));
    fail();
}

static void objects_of_values(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    unsigned seed = 7;
    for (int round = 0; round < ROUNDS; round++) {
        arena_reset(a);
        struct chain_member members[12];
        json_t *theirs = json_object();
        size_t n = (size_t)rand_r(&seed) % 12;
        for (size_t i = 0; i < n; i++) {
            struct value v = some_value(a, &seed);
            struct buf json = buf_in(a);
            chain_put_value(&json, v);
            members[i].name = str_printf(a, "%c%d_%zu", 'a' + rand_r(&seed) % 4, rand_r(&seed) % 20, i);
            members[i].json = buf_str(&json);
            json_object_set_new(theirs, str_cstr(a, members[i].name), chain_json_value(v));
        }
        struct buf ours = buf_in(a);
        chain_put_object(&ours, members, n);
        assert_same(a, &ours, theirs);
    }
}

static void heads(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    unsigned seed = 11;
    for (int round = 0; round < ROUNDS; round++) {
        arena_reset(a);
        struct record_head h = {.number = some_text(a, &seed),
                                .stage = some_text(a, &seed),
                                .created_on = some_text(a, &seed),
                                .org = some_number(&seed),
                                .version = some_number(&seed),
                                .voided = rand_r(&seed) % 2};
        struct buf ours = buf_in(a);
        chain_put_head(&ours, &h, NULL);
        assert_same(a, &ours,
                    json_pack("{s:o, s:o, s:o, s:I, s:I, s:b}", "number", string(h.number), "stage", string(h.stage),
                              "created_on", string(h.created_on), "org", (json_int_t)h.org, "version",
                              (json_int_t)h.version, "voided", (int)h.voided));
    }
}

static void deadlines(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    unsigned seed = 13;
    for (int round = 0; round < ROUNDS; round++) {
        arena_reset(a);
        struct deadline_row d = {.state = (enum deadline_state)(rand_r(&seed) % 5),
                                 .deducted = some_number(&seed),
                                 .extended = some_number(&seed)};
        struct {
            const char *name;
            struct str *text;
        } texts[] = {{"start_on", &d.start_on},   {"strict_on", &d.strict_on}, {"legal_on", &d.legal_on},
                     {"strict_at", &d.strict_at}, {"warn_on", &d.warn_on},     {"met_on", &d.met_on},
                     {"suspended_on", &d.suspended_on}, {"cite", &d.cite},     {"rule", &d.rule},
                     {"length", &d.length},       {"roll", &d.roll},           {"calendar", &d.calendar}};
        json_t *theirs = json_pack("{s:o, s:I, s:I}", "state", string(deadline_state_name(d.state)), "deducted",
                                   (json_int_t)d.deducted, "extended", (json_int_t)d.extended);
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
            *texts[i].text = some_text(a, &seed);
            json_object_set_new(theirs, texts[i].name, string(*texts[i].text));
        }
        json_t *full = entry_deadline(theirs);
        json_decref(theirs);
        theirs = full;
        struct buf ours = buf_in(a);
        chain_put_deadline(&ours, &d);
        assert_same(a, &ours, theirs);
    }
}

static void hashes(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    unsigned seed = 17;
    for (int round = 0; round < ROUNDS; round++) {
        arena_reset(a);
        struct act_entry e = {.seq = some_number(&seed), .record = some_number(&seed), .at = some_number(&seed)};
        struct {
            const char *name;
            struct str *text;
        } texts[] = {{"register", &e.reg}, {"act", &e.act},       {"actor", &e.actor},    {"on", &e.on},
                     {"entrance", &e.entrance}, {"inputs", &e.inputs}, {"changes", &e.changes}};
        json_t *theirs = json_pack("{s:I, s:I, s:I}", "seq", (json_int_t)e.seq, "record", (json_int_t)e.record, "at",
                                   (json_int_t)e.at);
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
            *texts[i].text = some_text(a, &seed);
            json_object_set_new(theirs, texts[i].name, string(*texts[i].text));
        }
        e.prev_hash = some_text(a, &seed);
        struct buf b = buf_in(a);
        buf_put(&b, e.prev_hash);
        buf_putc(&b, '\n');
        buf_put(&b, chain_canonical(a, theirs));
        json_decref(theirs);
        assert_true(str_eq(chain_hash(a, &e), sm3_hex(a, buf_str(&b))));
    }
}

static void what_changed_in_a_head(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct record_head before = {.number = STR("跃信1号"), .stage = STR("registered"), .org = 3, .version = 1};
    struct record_head after = before;
    struct buf same = buf_in(a), moved = buf_in(a);
    chain_put_head(&same, &after, &before);
    assert_int_equal(same.len, 0);
    after.stage = STR("closed");
    after.version = 2;
    after.voided = true;
    chain_put_head(&moved, &after, &before);
    assert_true(str_is(buf_str(&moved), "{\"stage\":\"closed\",\"version\":2,\"voided\":true}"));
}

static void assert_fields(const char *inputs, const char *changes, const char *wanted)
{
    auto_arena a = arena_open();
    struct act_entry e = {.inputs = str_from(inputs), .changes = str_from(changes)};
    json_t *said = json_loads(changes, 0, NULL), *fields = entry_fields(&e, said);
    assert_true(str_is(chain_canonical(a, fields), wanted));
    json_decref(fields);
    json_decref(said);
}

/* Entries of every version; the reason is no field, though a field may have its name. */
static void fields_that_an_entry_changed(void **state)
{
    (void)state;
    assert_fields("{\"a\":1,\"reason\":\"x\"}", "{\"deadlines\":{},\"fields\":{\"b\":2},\"head\":{}}", "{\"b\":2}");
    assert_fields("{\"a\":1,\"b\":null,\"reason\":\"x\"}", "{}", "{\"a\":1,\"b\":null}");
    assert_fields("{\"a\":1,\"b\":2}", "{\"kept\":[\"a\"],\"others\":{\"c\":3}}", "{\"b\":2,\"c\":3}");
    assert_fields("{\"reason\":\"x\"}", "{\"others\":{\"reason\":\"y\"}}", "{\"reason\":\"y\"}");
    assert_fields("{}", "{\"head\":{\"version\":2}}", "{}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(objects_of_values),      cmocka_unit_test(heads),
                                       cmocka_unit_test(what_changed_in_a_head), cmocka_unit_test(deadlines),
                                       cmocka_unit_test(hashes), cmocka_unit_test(fields_that_an_entry_changed)};
    return cmocka_run_group_tests_name("chain", tests, NULL, NULL);
}
