/* The definitions' loader: a good set loads; each broken copy of it is reported at the very word; values of fields. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "model/model.h"
#include "model/yaml.h"

struct files {
    struct definition_file *list;
    size_t count;
};

static struct files good_files(struct arena *a)
{
    struct files f;
    struct error err;
    if (!model_read_folder(a, SOURCE_ROOT "/tests/data/definitions", &f.list, &f.count, &err))
        fail_msg("%s", err.message);
    return f;
}

static struct definition_file *file_named(struct files f, const char *path)
{
    for (size_t i = 0; i < f.count; i++)
        if (str_is(f.list[i].path, path)) return &f.list[i];
    fail_msg("no file %s", path);
    return NULL;
}

static struct model *load_good(struct arena *a)
{
    struct errors faults = errors_in(a);
    struct files f = good_files(a);
    struct model *m = model_load(f.list, f.count, &faults);
    if (!m) fail_msg("%s: %s", faults.items[0].where, faults.items[0].message);
    return m;
}

static void assert_text(struct str t, const char *wanted)
{
    if (!str_is(t, wanted)) fail_msg("is \"%.*s\", should be \"%s\"", STR_ARG(t), wanted);
}

/* --- what a good set becomes --- */

static void good_set_loads(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct model *m = load_good(a);
    assert_int_equal(m->reg_count, 2);
    assert_text(m->regs[0].name, "matter"); /* the menu's order, not the alphabet's: petition stands first */
    assert_text(m->regs[1].name, "review");
    assert_int_equal(m->figure_count, 3);
    assert_int_equal(m->figures[0].type, FT_INTEGER);
    assert_int_equal(m->figures[1].type, FT_PERCENT);
    assert_int_equal(m->digest.len, 64);
    assert_non_null(m->calendar);
    const struct role *clerk = model_role(m, STR("clerk")), *lawyer = model_role(m, STR("lawyer"));
    assert_true(clerk->sees_office && clerk->may_import && !clerk->all_registers && !clerk->may_audit);
    assert_int_equal(clerk->register_count, 1);
    assert_text(clerk->registers[0], "matter"); /* of the chapter */
    assert_true(lawyer->all_registers && !lawyer->sees_office);
    assert_int_equal(lawyer->register_count, 2);
    model_close(m);
}

static void register_is_complete(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct model *m = load_good(a);
    const struct reg *reg = model_reg(m, STR("matter"));
    static const char *const acts[] = {"create", "accept", "close", "amend", "void", "view", "note"};
    assert_int_equal(reg->act_count, 7);
    for (size_t i = 0; i < 7; i++) assert_text(reg->acts[i].name, acts[i]);
    assert_text(reg->acts[0].to, "registered");
    assert_text(reg_act(reg, STR("void"))->by[0], "clerk");         /* whoever may create */
    assert_null(reg_act(model_reg(m, STR("review")), STR("view"))); /* nothing private there */
    assert_true(reg_field(reg, STR("content"))->at_create);
    assert_true(reg_field(reg, STR("received_on"))->at_create);
    assert_false(reg_field(reg, STR("accepted_on"))->at_create); /* an act's input */
    assert_false(reg_field(reg, STR("channel"))->at_create);     /* set by an act */
    assert_false(reg_field(reg, STR("days"))->at_create);        /* derived */
    assert_true(reg_field(reg, STR("source_number"))->import_only);
    assert_ptr_equal(reg_field_by_header(reg, STR("来源平台")), reg_field(reg, STR("source_platform")));
    assert_null(reg_field_by_header(reg, STR("阶段")));
    assert_int_equal(reg_field(reg, STR("amount"))->max, 100050);
    assert_int_equal(reg_field(reg, STR("content"))->max, 5000);
    assert_true(reg_field(reg, STR("person"))->as_formula.sealed);
    assert_true(reg_stage(reg, STR("closed"))->final);
    assert_text(reg_act(reg, STR("close"))->require[0].cite.rule, "TST-01");
    model_close(m);
}

static void deadline_has_versions(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct model *m = load_good(a);
    const struct deadline *d = reg_deadline(model_reg(m, STR("matter")), STR("accept"));
    assert_int_equal(d->version_count, 2);
    assert_int_equal(d->versions[0].length.amount, 10);
    assert_int_equal(d->versions[1].length.amount, 15);
    assert_text(date_iso(a, d->versions[1].valid_from), "2024-01-01");
    assert_text(d->versions[0].cite.text, "旧条例");
    assert_text(d->versions[1].cite.text, "试验条例 第二条");
    assert_int_equal(d->roll, ROLL_LAW);
    model_close(m);
}

static void report_is_read(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct model *m = load_good(a);
    const struct report *r = model_report(m, STR("annual"));
    assert_int_equal(r->item_count, 3);
    const struct prose *p = &r->items[1].text;
    assert_int_equal(p->count, 5);
    assert_text(p->pieces[0].text, "全年收到事项");
    assert_ptr_equal(p->pieces[1].figure, model_figure(m, STR("matter.count")));
    assert_int_equal(p->pieces[1].show, SHOW_ABOUT);
    assert_int_equal(p->pieces[1].about, 100);
    assert_text(p->pieces[4].text, "，{原文}。");
    assert_text(r->items[2].each.pieces[1].field, "content");
    assert_text(r->items[2].after.pieces[0].text, "。");
    model_close(m);
}

static void built_in_definitions_are_embedded(void **state)
{
    (void)state;
    const struct definition_file *files;
    size_t count = model_built_in_files(&files);
    bool office = false;
    for (size_t i = 0; i < count; i++) office = office || str_is(files[i].path, "office.yaml");
    assert_true(office && count > 5);
}

/* --- what a broken set is told --- */

static const struct {
    const char *file, *what, *with; /* the first `what` of the file becomes `with` */
    const char *where, *message;    /* the one fault: its place, part of its message */
} broken[] = {
#include "test_model_broken.h"
};

static void break_file(struct arena *a, struct files f, const char *path, const char *what, const char *with)
{
    struct definition_file *file = file_named(f, path);
    size_t at = str_find(file->text, str_from(what), 0);
    if (at == SIZE_MAX) fail_msg("%s has no \"%s\"", path, what);
    file->text = str_printf(a, "%.*s%s%.*s", (int)at, file->text.s, with,
                            STR_ARG(str_slice(file->text, at + strlen(what), file->text.len)));
}

static void each_fault_stands_at_its_word(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        auto_arena a = arena_open();
        struct errors faults = errors_in(a);
        struct files f = good_files(a);
        break_file(a, f, broken[i].file, broken[i].what, broken[i].with);
        struct model *m = model_load(f.list, f.count, &faults);
        bool ok = !m && faults.count == 1 && strcmp(faults.items[0].where, broken[i].where) == 0 &&
                  strstr(faults.items[0].message, broken[i].message);
        if (!ok) {
            wrong++;
            print_message("%s: \"%s\" to \"%s\" should be %s: %s, is (%zu faults)\n", broken[i].file, broken[i].what,
                          broken[i].with, broken[i].where, broken[i].message, faults.count);
            for (size_t k = 0; k < faults.count && k < 4; k++)
                print_message("    %s: %s\n", faults.items[k].where, faults.items[k].message);
        }
        model_close(m);
    }
    assert_int_equal(wrong, 0);
}

static void all_faults_come_at_once_and_sorted(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct errors faults = errors_in(a);
    struct files f = good_files(a);
    break_file(a, f, "roles.yaml", "may: [import]", "may: [imports]");
    break_file(a, f, "registers/matter.yaml", "to: accepted", "to: accept");
    break_file(a, f, "registers/matter.yaml", "codes: channel", "codes: chanel");
    break_file(a, f, "figures/base.yaml", "where received_on", "where recieved_on");
    assert_null(model_load(f.list, f.count, &faults));
    static const char *const wanted[] = {"figures/base.yaml:7:", "registers/matter.yaml:9:",
                                         "registers/matter.yaml:29:", "registers/matter.yaml:", "roles.yaml:2:"};
    assert_true(faults.count >= 4);
    assert_true(strncmp(faults.items[0].where, wanted[0], strlen(wanted[0])) == 0);
    assert_true(strncmp(faults.items[1].where, wanted[1], strlen(wanted[1])) == 0);
    assert_true(strncmp(faults.items[faults.count - 1].where, wanted[4], strlen(wanted[4])) == 0);
    for (size_t i = 0; i < faults.count; i++) assert_int_equal(faults.items[i].code, ERR_DEFINITION);
}

static void unreadable_file_is_one_fault(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct errors faults = errors_in(a);
    struct files f = good_files(a);
    break_file(a, f, "registers/matter.yaml", "label: 事项", "label: [事项");
    assert_null(model_load(f.list, f.count, &faults));
    assert_int_equal(faults.count, 1); /* all that mentions the register is not its fault */
}

static void missing_files_are_named(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct errors faults = errors_in(a);
    assert_null(model_load(NULL, 0, &faults));
    assert_int_equal(faults.count, 3);
    assert_string_equal(faults.items[0].where, "calendar/national.csv:1:1");
    assert_string_equal(faults.items[1].where, "office.yaml:1:1");
    assert_string_equal(faults.items[2].where, "roles.yaml:1:1");
}

/* --- places inside scalars --- */

static void places_follow_folding_and_quotes(void **state)
{
    (void)state;
    static const struct {
        const char *yaml, *word, *where;
    } cases[] = {
        {"k: 甲乙 word", "word", "f:1:7"},
        {"k: 'it''s word'", "word", "f:1:11"},
        {"k: \"\\u4e2d\\n word\"", "word", "f:1:14"},
        {"k: one\n  two word\n", "word", "f:2:7"},
        {"k: >-\n  one\n  two word\n", "word", "f:3:7"},
        {"k: |\n    one\n      word\n", "word", "f:3:7"},
        {"k: \"one \\\n  word\"", "word", "f:2:3"},
        {"k: >\n\n  one\n\n\n  word\n", "word", "f:6:3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        auto_arena a = arena_open();
        struct errors faults = errors_in(a);
        struct yaml_source source = {STR("f"), str_from(cases[i].yaml)};
        struct yaml_node *root = yaml_read(a, &source, &faults);
        assert_non_null(root);
        size_t at = str_find(root->kids[0]->text, str_from(cases[i].word), 0);
        struct str where = yaml_place_in(a, root->kids[0], at);
        if (!str_is(where, cases[i].where))
            fail_msg("%s: is %.*s, should be %s", cases[i].yaml, STR_ARG(where), cases[i].where);
    }
}

/* --- values --- */

static void values_are_read_and_shown(void **state)
{
    (void)state;
    static const struct {
        enum field_type type;
        const char *typed;
        const char *shown, *edited; /* NULL: refused */
    } cases[] = {
        {FIELD_INTEGER, " 12 ", "12", "12"},
        {FIELD_INTEGER, "１２", "12", "12"},
        {FIELD_INTEGER, "1,200", "1200", "1200"},
        {FIELD_INTEGER, "1,20", NULL, NULL},
        {FIELD_INTEGER, "12.5", NULL, NULL},
        {FIELD_INTEGER, "99999999999999999999", NULL, NULL},
        {FIELD_INTEGER, "12件", NULL, NULL},
        {FIELD_DECIMAL, "-4.5", "-4.5", "-4.5"},
        {FIELD_DECIMAL, "0.12345", NULL, NULL},
        {FIELD_DECIMAL, "5.", NULL, NULL},
        {FIELD_MONEY, "1,200.5", "1,200.50", "1200.50"},
        {FIELD_MONEY, "0.05", "0.05", "0.05"},
        {FIELD_MONEY, "1.234", NULL, NULL},
        {FIELD_MONEY, "-", NULL, NULL},
        {FIELD_DATE, "2024年3月1日", "2024-03-01", "2024-03-01"},
        {FIELD_DATE, "2024-03-01 00:00", "2024-03-01", "2024-03-01"},
        {FIELD_DATE, "2023-02-29", NULL, NULL},
        {FIELD_DATE, "2024-03-01 09:30", NULL, NULL},
        {FIELD_MOMENT, "2024-03-01 09:30", "2024-03-01 09:30", "2024-03-01 09:30"},
        {FIELD_YESNO, "是", "是", "是"},
        {FIELD_YESNO, "no", "否", "否"},
        {FIELD_YESNO, "也许", NULL, NULL},
        {FIELD_CODE, "来信", "来信", "来信"},
        {FIELD_CODE, "visit", "走访", "走访"},
        {FIELD_CODE, "来访", NULL, NULL},
        {FIELD_TEXT, "  甲  ", "甲", "甲"},
        {FIELD_TEXT, "甲\n乙", NULL, NULL},
        {FIELD_TEXT, "一二三四五六七八九十一", NULL, NULL}, /* max 10 */
        {FIELD_TEXT, "", "", ""},
    };
    const struct code codes[] = {{STR("letter"), STR("来信"), {0}}, {STR("visit"), STR("走访"), {0}}};
    const struct code_list list = {STR("channel"), STR("形式"), codes, 2};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        auto_arena a = arena_open();
        struct field f = {.name = STR("f"), .label = STR("栏"), .type = cases[i].type, .codes = &list};
        struct value v, again;
        struct error err;
        if (f.type == FIELD_TEXT) f.has_max = true, f.max = 10;
        bool ok = field_parse(a, &f, str_from(cases[i].typed), &v, &err);
        if (ok != (cases[i].shown != NULL)) fail_msg("%s: %s", cases[i].typed, ok ? "was taken" : err.message);
        if (!ok) {
            assert_int_equal(err.code, ERR_INPUT);
            assert_string_equal(err.where, "f");
            continue;
        }
        assert_text(field_show(a, &f, v), cases[i].shown);
        assert_text(field_edit(a, &f, v), cases[i].edited);
        assert_true(field_parse(a, &f, field_edit(a, &f, v), &again, &err));
        assert_true(value_eq(v, again));
    }
}

static void bounds_are_kept(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct field f = {
        .name = STR("f"), .label = STR("金额"), .type = FIELD_MONEY, .has_min = true, .has_max = true, .max = 100050};
    struct value v;
    struct error err;
    assert_true(field_parse(a, &f, STR("1000.50"), &v, &err));
    assert_int_equal(v.i, 100050);
    assert_false(field_parse(a, &f, STR("1000.51"), &v, &err));
    assert_non_null(strstr(err.message, "1,000.5"));
    assert_false(field_parse(a, &f, STR("-0.01"), &v, &err));
}

static void private_values_are_masked(void **state)
{
    (void)state;
    static const struct {
        unsigned mask;
        const char *shown, *masked;
    } cases[] = {
        {MASK_NAME, "韦小明", "韦**"},
        {MASK_NAME, "欧阳小明", "欧阳**"},
        {MASK_NAME, "韦", "*"},
        {MASK_ID, "999999199001011234", "999999********1234"},
        {MASK_ID, "12345", "*****"},
        {MASK_PHONE, "13812341234", "138****1234"},
        {MASK_PHONE, "0772-2812345", "0772-281****"},
        {MASK_ADDRESS, "柳北区跃进街道白沙社区1栋2单元", "柳北区跃进街道白沙社区****"},
        {MASK_ADDRESS, "跃进路71号3栋", "****"},
        {MASK_ALL, "任何内容", "****"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        auto_arena a = arena_open();
        struct privacy p = {.mask = cases[i].mask};
        struct field f = {.type = FIELD_TEXT, .private_ = &p};
        assert_text(field_mask(a, &f, str_from(cases[i].shown)), cases[i].masked);
    }
}

static void figures_are_shown(void **state)
{
    (void)state;
    static const struct {
        enum formula_type type;
        struct value value;
        const char *shown;
    } cases[] = {
        {FT_INTEGER, {.kind = VALUE_INT, .i = 1200}, "1200"},
        {FT_MONEY, {.kind = VALUE_INT, .i = 1234560}, "12,345.60"},
        {FT_DECIMAL, {.kind = VALUE_INT, .i = 45000}, "4.5"},
        {FT_PERCENT, {.kind = VALUE_REAL, .r = 100}, "100%"},
        {FT_PERCENT, {.kind = VALUE_REAL, .r = 96.9387}, "96.9%"},
        {FT_PERCENT, {.kind = VALUE_REAL, .r = 99.97}, "99.9%"}, /* never 100% unless all of it */
        {FT_PERCENT, {.kind = VALUE_REAL, .r = 0.001}, "0.1%"},  /* never 0% unless none */
        {FT_PERCENT, {.kind = VALUE_NULL}, "不适用（无此类事项）"},
        {FT_NUMBER, {.kind = VALUE_REAL, .r = 2.25}, "2.3"},
        {FT_NUMBER, {.kind = VALUE_REAL, .r = 2}, "2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        auto_arena a = arena_open();
        struct figure f = {.type = cases[i].type, .decimals = 1};
        assert_text(figure_show(a, &f, cases[i].value), cases[i].shown);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_set_loads),
        cmocka_unit_test(register_is_complete),
        cmocka_unit_test(deadline_has_versions),
        cmocka_unit_test(report_is_read),
        cmocka_unit_test(built_in_definitions_are_embedded),
        cmocka_unit_test(each_fault_stands_at_its_word),
        cmocka_unit_test(all_faults_come_at_once_and_sorted),
        cmocka_unit_test(unreadable_file_is_one_fault),
        cmocka_unit_test(missing_files_are_named),
        cmocka_unit_test(places_follow_folding_and_quotes),
        cmocka_unit_test(values_are_read_and_shown),
        cmocka_unit_test(bounds_are_kept),
        cmocka_unit_test(private_values_are_masked),
        cmocka_unit_test(figures_are_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
