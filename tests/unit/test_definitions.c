/* Definitions laid over the program's own: what is taken, what differs, what is lost, and which set is in force. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/zip_in.h"
#include "make_zip.h"
#include "model/compare.h"
#include "model/overlay.h"
#include "store/definitions.h"

static struct model *load_base(struct arena *a)
{
    const struct definition_file *files;
    struct errors faults = errors_in(a);
    size_t count = model_built_in_files(&files);
    struct model *m = model_load(files, count, &faults);
    if (!m) fail_msg("%s: %s", faults.items[0].where, faults.items[0].message);
    return m;
}

static struct str text_of(const struct model *m, const char *path)
{
    for (size_t i = 0; i < m->file_count; i++)
        if (str_is(m->files[i].path, path)) return m->files[i].text;
    fail_msg("no file %s", path);
    return STR("");
}

static struct str replaced(struct arena *a, struct str text, const char *from, const char *to)
{
    assert_true(str_find(text, str_from(from), 0) != SIZE_MAX);
    return str_replace(a, text, str_from(from), str_from(to));
}

static const char patrol[] = "register: patrol\n"
                             "label: 巡查登记\n"
                             "chapter: community\n"
                             "number: \"{mark}巡〔{year}〕{seq}号\"\n"
                             "title: place\n"
                             "fields:\n"
                             "  place: {label: 地点, type: text, required: true}\n"
                             "procedure:\n"
                             "  stages: {open: 已登记}\n";

static void a_set_replaces_and_adds(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct model *base = load_base(a);
    struct errors faults = errors_in(a);
    struct definition_file set[] = {
        {STR("registers/patrol.yaml"), str_from(patrol)},
        {STR("parameters.yaml"), replaced(a, text_of(base, "parameters.yaml"), "default: 60", "default: 80")}};
    struct model *m = overlay_load(base, set, 2, &faults);
    if (!m) fail_msg("%s: %s", faults.items[0].where, faults.items[0].message);
    assert_int_equal(m->file_count, base->file_count + 1);
    assert_int_equal(m->reg_count, base->reg_count + 1);
    assert_non_null(model_reg(m, STR("patrol")));
    assert_int_equal(model_parameter(m, STR("training_hours"))->otherwise, 80);
    assert_int_equal(model_parameter(base, STR("training_hours"))->otherwise, 60);
    assert_false(str_eq(m->digest, base->digest));
    /* The digest of a set follows from its files whatever their order. */
    struct definition_file other[] = {set[1], set[0]};
    definition_files_sort(set, 2);
    definition_files_sort(other, 2);
    assert_true(str_eq(definition_files_digest(a, set, 2), definition_files_digest(a, other, 2)));
    model_close(m);
    model_close(base);
}

static void some_things_are_not_for_a_set(void **state)
{
    (void)state;
    static const struct {
        const char *path, *from, *to, *where, *says;
    } cases[] = {
        {"calendar/national.csv", "date", "date", "calendar/national.csv:1:1", "不能由一个单位下发"},
        {"office.yaml", "跃进街道", "别的街道", "office.yaml:1:1", "各单位自己有"},
        {"roles.yaml", ", issue]", "]", "roles.yaml:1:1", "may: issue"},
        {"roles.yaml", "roles:", "rules:", "roles.yaml:", "rules"},
    };
    auto_arena a = arena_open();
    struct model *base = load_base(a);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct errors faults = errors_in(a);
        struct definition_file set = {str_from(cases[i].path),
                                      replaced(a, text_of(base, cases[i].path), cases[i].from, cases[i].to)};
        assert_null(overlay_load(base, &set, 1, &faults));
        bool told = false;
        for (size_t k = 0; k < faults.count; k++)
            told = told || (strncmp(faults.items[k].where, cases[i].where, strlen(cases[i].where)) == 0 &&
                            strstr(faults.items[k].message, cases[i].says));
        if (!told) fail_msg("%s %s: %s: %s", cases[i].path, cases[i].to, faults.items[0].where, faults.items[0].message);
    }
    struct errors faults = errors_in(a);
    assert_null(overlay_load(base, NULL, 0, &faults));
    assert_int_equal(faults.count, 1);
    model_close(base);
}

static void lost_things_are_listed(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct model *base = load_base(a);
    struct errors faults = errors_in(a);
    struct definition_file with = {STR("registers/patrol.yaml"),
                                   replaced(a, str_from(patrol), "{open: 已登记}", "{open: 已登记, shut: {label: 已关, final: true}}\n"
                                                                                 "  acts:\n    shut: {label: 关, to: shut}")};
    struct definition_file without = {STR("registers/patrol.yaml"), str_from(patrol)};
    struct model *m = overlay_load(base, &with, 1, &faults), *n = overlay_load(base, &without, 1, &faults);
    if (!m || !n) fail_msg("%s: %s", faults.items[0].where, faults.items[0].message);
    struct lost *list;
    assert_int_equal(overlay_lost(a, base, m, &list), 0);
    assert_int_equal(overlay_lost(a, m, base, &list), 1);
    assert_true(list[0].kind == LOST_REGISTER && str_is(list[0].key, "patrol"));
    assert_int_equal(overlay_lost(a, m, n, &list), 1);
    assert_true(list[0].kind == LOST_STAGE && str_is(list[0].key, "shut"));
    assert_true(str_is(list[0].where, "registers/patrol.yaml:1:1"));
    model_close(n);
    model_close(m);
    model_close(base);
}

/* ---- what differs ---- */

static const char old_text[] = "register: matter\nlabel: 事项\nfields:\n  a: {label: 甲, type: text}\n  b: {label: 乙, type: date}\n"
                               "list: [x, y]\nrules:\n  - {that: a, say: 一}\n  - {that: b, say: 二}\n";

static void differences_are_told_by_place(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *place, *label, *before, *after;
    } cases[] = {
        {"type: date", "type: moment", "fields.b.type", "事项 · 乙", "date", "moment"},
        {"  b: {label: 乙, type: date}\n", "", "fields.b", "事项 · 乙", "label: 乙，type: date", ""},
        {"list:", "more: {label: 丙, k: [1, 2]}\nlist:", "more", "事项 · 丙", "", "label: 丙，k: 1，2"},
        {"[x, y]", "[x, y, z]", "list", "事项", "x，y", "x，y，z"},
        {"  - {that: b", "  - {that: c, say: 三}\n  - {that: b", "rules.2", "事项", "", "that: c，say: 三"},
        {"say: 一", "say: 壹", "rules.1.say", "事项", "一", "壹"},
        {"list: [x, y]", "list: {x: y}", "list", "事项", "x，y", "x: y"},
        {"label: 事项", "label: 事情", "label", "事情", "事项", "事情"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        auto_arena a = arena_open();
        struct definition_change *list;
        struct definition_file old = {STR("registers/m.yaml"), str_from(old_text)};
        struct definition_file new = {old.path, replaced(a, old.text, cases[i].from, cases[i].to)};
        size_t n = definition_changes(a, &old, 1, &new, 1, &list);
        if (n != 1) fail_msg("%s: %zu changes", cases[i].to, n);
        if (!str_is(list[0].place, cases[i].place) || !str_is(list[0].label, cases[i].label) ||
            !str_is(list[0].before, cases[i].before) || !str_is(list[0].after, cases[i].after))
            fail_msg("%s: %.*s | %.*s | %.*s | %.*s", cases[i].to, STR_ARG(list[0].place), STR_ARG(list[0].label),
                     STR_ARG(list[0].before), STR_ARG(list[0].after));
    }
}

static void whole_files_come_and_go(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct definition_change *list;
    struct definition_file old[] = {{STR("a.yaml"), STR("label: 甲\n")}, {STR("b.yaml"), STR("x: 1\n")}};
    struct definition_file new[] = {{STR("b.yaml"), STR("x: 1 # the same\n")}, {STR("c.csv"), STR("1,2\n")}};
    assert_int_equal(definition_changes(a, old, 2, new, 2, &list), 2);
    assert_true(str_is(list[0].path, "a.yaml") && str_is(list[0].before, "甲") && list[0].after.len == 0);
    assert_true(str_is(list[1].path, "c.csv") && list[1].before.len == 0 && str_is(list[1].after, "文件"));
    new[0].text = STR("x: [\n"); /* no YAML */
    assert_int_equal(definition_changes(a, old, 2, new, 2, &list), 3);
    assert_int_equal(definition_changes(a, old, 2, old, 2, &list), 0);
}

/* ---- which is in force ---- */

static void the_nearest_and_the_day_decide(void **state)
{
    (void)state;
    struct definitions_row rows[] = {
        {.office = STR("qu"), .number = 4, .valid_from = STR("2026-09-01"), .digest = STR("d")},
        {.office = STR("qu"), .number = 3, .valid_from = STR("2026-06-01"), .digest = STR("")},
        {.office = STR("qu"), .number = 2, .valid_from = STR("2026-03-01"), .digest = STR("b")},
        {.office = STR("qu"), .number = 1, .valid_from = STR("2026-03-01"), .digest = STR("a")},
        {.office = STR("shi"), .number = 1, .valid_from = STR("2026-01-01"), .digest = STR("c")},
    };
    static const struct {
        const char *day;
        int row; /* -1: none */
    } cases[] = {{"2025-12-31", -1}, {"2026-01-01", 4}, {"2026-02-28", 4}, {"2026-03-01", 2},
                 {"2026-06-01", 4} /* withdrawn: the city's */, {"2026-09-01", 0}, {"2030-01-01", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct date day;
        assert_true(date_parse(str_from(cases[i].day), &day));
        const struct definitions_row *got = definitions_in_force(rows, 5, day);
        if (got != (cases[i].row < 0 ? NULL : &rows[cases[i].row])) fail_msg("on %s", cases[i].day);
    }
    static const struct {
        int row;
        bool counts; /* on 2026-07-01 */
    } still[] = {{0, true}, {1, true}, {2, false}, {3, false}, {4, true}};
    struct date july;
    assert_true(date_parse(STR("2026-07-01"), &july));
    for (size_t i = 0; i < 5; i++)
        if (definitions_counts(rows, 5, &rows[still[i].row], july) != still[i].counts) fail_msg("row %zu", i);
}

/* ---- archives ---- */

static void archives_are_read_within_limits(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    static const struct zip_item items[] = {{"set/registers/a.yaml", {"a: 1\n", 5}},
                                            {"set/.DS_Store", {"x", 1}},
                                            {"__MACOSX/set/registers/._a.yaml", {"x", 1}},
                                            {"set\\codes\\b.yaml", {"b: 22\n", 6}}};
    static const struct {
        struct zip_in_limits limits;
        const char *says; /* NULL: it is read */
    } cases[] = {{{2, 6, 11}, NULL}, {{1, 6, 11}, "最多 1 个"}, {{2, 5, 11}, "太大"}, {{2, 6, 10}, "太大"}};
    struct str zip = make_zip(a, items, 4, true);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct zip_in_file *files;
        size_t count;
        struct error err = {0};
        bool ok = zip_in_read(a, zip, &cases[i].limits, &files, &count, &err);
        if (ok != !cases[i].says || (!ok && !strstr(err.message, cases[i].says))) fail_msg("%zu: %s", i, err.message);
        if (!ok) continue;
        assert_int_equal(count, 2);
        assert_true(str_is(files[0].path, "set/registers/a.yaml") && str_is(files[1].path, "set/codes/b.yaml"));
        assert_true(str_is(files[1].bytes, "b: 22\n"));
    }
    struct zip_in_file *files;
    size_t count;
    struct error err;
    for (size_t len = 0; len < zip.len; len++) /* cut anywhere: a fault, never a crash */
        (void)zip_in_read(a, str_slice(zip, 0, len), &cases[0].limits, &files, &count, &err);
    assert_false(zip_in_read(a, STR("no archive"), &cases[0].limits, &files, &count, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_set_replaces_and_adds),       cmocka_unit_test(some_things_are_not_for_a_set),
        cmocka_unit_test(lost_things_are_listed),        cmocka_unit_test(differences_are_told_by_place),
        cmocka_unit_test(whole_files_come_and_go),       cmocka_unit_test(the_nearest_and_the_day_decide),
        cmocka_unit_test(archives_are_read_within_limits),
    };
    return cmocka_run_group_tests_name("definitions", tests, NULL, NULL);
}
