/* Sheets become records by acts: headers, all or nothing, faults by cell, play of the procedure, known rows. */
#include "office_world.h"

#include <time.h>

#include "office/import.h"
#include "office/seal.h"

static const char matter[] =
    "register: matter\n"
    "label: 事项\n"
    "chapter: work\n"
    "help: 试验\n"
    "number: 跃信〔{year}〕{seq}号\n"
    "fields:\n"
    "  title: {label: 标题, type: text, required: true, searched: true}\n"
    "  received_on: {label: 收到日期, type: date, required: true}\n"
    "  ticket: {label: 票号, type: text, unique: true}\n"
    "  earlier: {label: 前案, type: reference, register: matter}\n"
    "  accepted_on: {label: 受理日期, type: date}\n"
    "  unit: {label: 承办人, type: text}\n"
    "  remark: {label: 进展, type: text}\n"
    "  phone: {label: 电话, type: text, private: {purpose: 联系, basis: 履行法定职责, keep: 10年, mask: phone}}\n"
    "  paid: {label: 已缴费, type: yesno}\n"
    "  lawful: {label: 合法, type: yesno}\n"
    "  answered_on: {label: 答复日期, type: date}\n"
    "  answer: {label: 答复内容, type: text}\n"
    "  days: {label: 天数, type: integer, value: 'days(received_on, answered_on)'}\n"
    "procedure:\n"
    "  stages: {registered: 已登记, accepted: 已受理, shelved: {label: 已归档, final: true}, closed: {label: 已办结, "
    "final: true}}\n"
    "  create: {by: [clerk], dated: received_on}\n"
    "  acts:\n"
    "    accept: {label: 受理, from: registered, to: accepted, by: [clerk], dated: accepted_on, inputs: {accepted_on: "
    "{}, unit: {required: true}}}\n"
    "    progress: {label: 记进展, from: accepted, by: [clerk], inputs: {remark: {required: true}, phone: {}}, \n"
    "               require: [{that: paid = yes, say: 未缴费不记进展, rule: P-1, cite: 第一条, remedy: 请先缴费}]}\n"
    "    pay: {label: 缴费, from: accepted, by: [clerk], inputs: {paid: {required: true}}}\n"
    "    judge: {label: 审核, from: accepted, by: [reviewer], inputs: {lawful: {required: true}}}\n"
    "    close: {label: 办结, from: accepted, to: closed, by: [clerk], dated: answered_on, inputs: {answered_on: "
    "{required: true}, answer: {required: true}},\n"
    "            require: [{that: lawful = yes, say: 未经合法性审核, remedy: 请先送审, rule: LGR-06, cite: 办法 "
    "第六条}]}\n"
    "    shelve: {label: 归档, to: shelved}\n";

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

static struct sheet_in sheet_of(struct world *w, struct str text)
{
    struct sheet_in sheet;
    OK(sheet_in_read(w->arena, text, STR("a.csv"), &sheet, &err));
    return sheet;
}

static struct import_column *mapped(struct world *w, const struct sheet_in *sheet)
{
    struct import_column *columns;
    struct conn *c = store_read(w->store, &(struct error){0});
    OK(import_map(w->office, c, w->arena, reg_of(w, "matter"), sheet, &columns, &err));
    store_done(c);
    return columns;
}

static struct import_report import_with(struct world *w, const char *text, struct import_options options)
{
    struct sheet_in sheet = sheet_of(w, str_from(text));
    struct import_report report;
    OK(import_run(w->office, w->arena, &w->loader, STR("import"), reg_of(w, "matter"), &sheet, mapped(w, &sheet),
                  &options, &report, &err));
    return report;
}

static struct import_report import(struct world *w, const char *text)
{
    return import_with(w, text, (struct import_options){0});
}

/* It is refused with this fault among others, and nothing enters. */
static struct import_report faulty(struct world *w, const char *text, size_t line, const char *column,
                                   const char *value, const char *why)
{
    struct str before = raw_dump(w);
    struct import_report r = import(w, text);
    assert_false(r.committed);
    bool told = false;
    for (size_t i = 0; i < r.fault_count; i++) {
        const struct import_fault *f = &r.faults[i];
        told = told || (f->line == line && str_is(f->column, column) && str_is(f->value, value) &&
                        str_contains(f->why, str_from(why)));
    }
    if (!told) {
        for (size_t i = 0; i < r.fault_count; i++)
            print_error("%zu %.*s %.*s %.*s\n", r.faults[i].line, STR_ARG(r.faults[i].column),
                        STR_ARG(r.faults[i].value), STR_ARG(r.faults[i].why));
        fail_msg("wanted %zu %s %s %s", line, column, value, why);
    }
    assert_true(str_eq(before, raw_dump(w)));
    return r;
}

static int64_t only_record(struct world *w, const char *title)
{
    int64_t id;
    struct conn *c = store_read(w->store, &(struct error){0});
    OK(record_find(c, w->office->key, reg_of(w, "matter"), str_from(title), &(struct sight){.all = true}, &id, &err));
    store_done(c);
    if (id <= 0) fail_msg("%s found %d", title, (int)id);
    return id;
}

static void stage_is(struct world *w, const char *title, const char *stage)
{
    assert_text(record_of(w, "matter", only_record(w, title)).head.stage, stage);
}

static int64_t acts(struct world *w)
{
    return replayed(w).acts;
}

/* ---- header ---- */

static void headers_by_label_name_and_memory(void **state)
{
    struct world *w = *state;
    struct sheet_in sheet =
        sheet_of(w, STR("标题,received_on,编号,阶段,天数,原因,来源平台,何人\n甲,2024-05-06,,,,,,张\n"));
    struct import_column *c = mapped(w, &sheet);
    static const int wanted[] = {COLUMN_FIELD,   COLUMN_FIELD,   COLUMN_NUMBER, COLUMN_STAGE,
                                 COLUMN_SKIPPED, COLUMN_SKIPPED, COLUMN_FIELD,  COLUMN_UNKNOWN};
    for (size_t i = 0; i < 8; i++) assert_int_equal((int)c[i].what, wanted[i]);
    assert_text(c[0].field->name, "title");
    assert_text(c[1].field->name, "received_on");
    c[7] = (struct import_column){c[7].header, reg_field(reg_of(w, "matter"), STR("unit")), COLUMN_FIELD};
    c[0].what = COLUMN_SKIPPED;
    struct tx tx = begin_as(w, &w->loader, "import");
    OK(import_remember(&tx, reg_of(w, "matter"), &sheet, c, &err));
    OK(tx_commit(&tx, &err));
    c = mapped(w, &sheet);
    assert_text(c[7].field->name, "unit");
    assert_int_equal((int)c[0].what, COLUMN_SKIPPED);
    assert_int_equal((int)c[2].what, COLUMN_NUMBER);
    sheet = sheet_of(w, STR("标题,何人\n甲,张\n")); /* another header has no memory */
    assert_int_equal((int)mapped(w, &sheet)[1].what, COLUMN_UNKNOWN);
}

static void remember(struct world *w, const struct sheet_in *sheet, const struct import_column *columns)
{
    struct tx tx = begin_as(w, &w->loader, "import");
    OK(import_remember(&tx, reg_of(w, "matter"), sheet, columns, &err));
    OK(tx_commit(&tx, &err));
}

static void an_unknown_column_stays_unknown_until_somebody_decides(void **state)
{
    struct world *w = *state;
    struct sheet_in sheet = sheet_of(w, STR("标题,收到日期,何人\n甲,2024-05-06,张\n"));
    remember(w, &sheet, mapped(w, &sheet));
    assert_int_equal((int)mapped(w, &sheet)[2].what, COLUMN_UNKNOWN);
    struct import_column *c = mapped(w, &sheet);
    c[2].what = COLUMN_SKIPPED;
    remember(w, &sheet, c);
    assert_int_equal((int)mapped(w, &sheet)[2].what, COLUMN_SKIPPED);
}

/* The field that it was mapped to went away with new definitions. */
static void a_mapping_to_a_field_that_is_gone_leaves_the_header(void **state)
{
    struct world *w = *state;
    struct sheet_in sheet = sheet_of(w, STR("标题,收到日期,何人,票号\n甲,2024-05-06,张,T1\n"));
    struct import_column *c = mapped(w, &sheet);
    c[2] = c[3] = (struct import_column){.header = c[2].header, .field = reg_field(reg_of(w, "matter"), STR("earlier")),
                                         .what = COLUMN_FIELD};
    remember(w, &sheet, c);
    reopen_with(w, "registers/matter.yaml",
                str_replace(w->arena, str_from(matter),
                            STR("  earlier: {label: 前案, type: reference, register: matter}\n"), STR("")));
    c = mapped(w, &sheet);
    assert_int_equal((int)c[2].what, COLUMN_UNKNOWN);
    assert_int_equal((int)c[3].what, COLUMN_FIELD);
    assert_text(c[3].field->name, "ticket");
}

static void an_unknown_column_is_told(void **state)
{
    faulty(*state, "标题,收到日期,何人\n甲,2024-05-06,张\n", 0, "何人", "", "没有这一栏");
}

/* ---- faults ---- */

static void each_faulty_cell_is_told(void **state)
{
    struct world *w = *state;
    const char *text =
        "标题,收到日期,已缴费,前案\n甲,2024-05-06,,\n乙,2024-02-30,,\n,2024-05-06,,\n丁,2030-01-01,,无此案\n";
    faulty(w, text, 3, "收到日期", "2024-02-30", "不是存在的日期");
    faulty(w, text, 4, "标题", "", "请填写「标题」");
    faulty(w, text, 5, "收到日期", "2030-01-01", "不能晚于今天");
    struct import_report r = faulty(w, text, 5, "前案", "无此案", "找不到");
    assert_int_equal(r.fault_count, 4);
    assert_int_equal(r.rows, 4);
    struct sheet_in sheet = sheet_of(w, str_from(text));
    struct str back = import_faulty_rows(w->arena, &sheet, &r);
    struct sheet_in again = sheet_of(w, back);
    assert_int_equal(again.count, 3);
    assert_text(again.header[4], "原因");
    assert_text(again.rows[0].cells[0], "乙");
    assert_true(str_contains(again.rows[0].cells[4], STR("收到日期：")));
    assert_true(str_contains(again.rows[2].cells[4], STR("；"))); /* both faults of the last row */
}

static void gates_hold_and_tell_their_article(void **state)
{
    struct world *w = *state;
    faulty(w, "标题,收到日期,受理日期,承办人,答复日期,答复内容\n甲,2024-05-06,2024-05-07,张,2024-05-20,好\n", 2, "", "",
           "办法 第六条");
    faulty(w, "标题,收到日期,受理日期,承办人,答复日期,答复内容,合法\n甲,2024-05-06,2024-05-07,张,2024-05-20,好,否\n", 2,
           "", "", "未经合法性审核");
}

static void cells_not_used_are_told(void **state)
{
    struct world *w = *state;
    faulty(w, "标题,收到日期,答复内容\n甲,2024-05-06,好\n", 2, "答复内容", "好", "没有用上");
    /* who accepted is told, but not when: nothing may be dated today because of that */
    faulty(w, "标题,收到日期,承办人\n甲,2024-05-06,张\n", 2, "承办人", "张", "没有用上");
}

static void a_stage_not_reached_says_what_is_missing(void **state)
{
    struct world *w = *state;
    faulty(w, "标题,收到日期,受理日期,承办人,阶段\n甲,2024-05-06,2024-05-07,张,已办结\n", 2, "阶段", "已办结",
           "「办结」缺少答复日期、答复内容");
    faulty(w, "标题,收到日期,承办人,stage\n甲,2024-05-06,张,已受理\n", 2, "stage", "已受理", "「受理」缺少受理日期");
    faulty(w, "标题,收到日期,阶段\n甲,2024-05-06,火星\n", 2, "阶段", "火星", "没有这个阶段");
}

static void a_number_that_is_there_is_told_at_its_cell(void **state)
{
    struct world *w = *state;
    assert_true(import(w, "标题,收到日期,编号\n甲,2024-05-06,旧1号\n").committed);
    faulty(w, "标题,收到日期,编号\n乙,2024-05-06,旧1号\n", 2, "编号", "旧1号", "已有编号");
    faulty(w, "标题,收到日期,编号\n乙,2024-05-06,旧2号\n丙,2024-05-06,旧2号\n", 3, "编号", "旧2号", "已有编号");
}

static void unique_within_the_file_too(void **state)
{
    faulty(*state, "标题,收到日期,票号\n甲,2024-05-06,T1\n乙,2024-05-06,T1\n", 3, "票号", "T1", "同样的「票号」");
}

/* ---- play ---- */

static void a_row_plays_as_far_as_its_cells_carry_it(void **state)
{
    struct world *w = *state;
    struct import_report r = import(w, "标题,收到日期,受理日期,承办人,合法,答复日期,答复内容,阶段,天数\n"
                                       "甲,2024-05-06,,,,,,,\n"
                                       "乙,2024-05-06,2024-05-07,张,,,,,\n"
                                       "丙,2024-05-06,2024-05-07,张,是,2024-05-20,好,已办结,99\n"
                                       "丁,2024-05-06,2024-05-07,张,是,,,已归档,\n");
    assert_true(r.committed);
    assert_int_equal(r.created, 4);
    stage_is(w, "甲", "registered");
    stage_is(w, "乙", "accepted");
    stage_is(w, "丙", "closed");
    stage_is(w, "丁", "shelved"); /* only because the sheet asks for it */
    assert_int_equal(value_in(w, "matter", only_record(w, "丙"), "days").i, 14);
}

/* 记进展 stands first in the file but needs what 缴费 brings. */
static void an_act_refused_first_is_tried_again(void **state)
{
    struct world *w = *state;
    assert_true(
        import(w, "标题,收到日期,受理日期,承办人,进展,已缴费\n甲,2024-05-06,2024-05-07,张,顺利,是\n").committed);
    assert_text(value_in(w, "matter", only_record(w, "甲"), "remark").t, "顺利");
    faulty(w, "标题,收到日期,受理日期,承办人,进展,已缴费\n乙,2024-05-06,2024-05-07,张,顺利,否\n", 2, "", "",
           "未缴费不记进展");
}

static void later_rows_refer_to_earlier_ones(void **state)
{
    struct world *w = *state;
    assert_true(import(w, "标题,收到日期,前案\n甲,2024-05-06,\n乙,2024-05-07,甲\n").committed);
    assert_int_equal(value_in(w, "matter", only_record(w, "乙"), "earlier").i, only_record(w, "甲"));
}

static void a_trial_changes_nothing(void **state)
{
    struct world *w = *state;
    struct str before = raw_dump(w);
    struct import_report r =
        import_with(w, "标题,收到日期\n甲,2024-05-06\n", (struct import_options){.dry_run = true, .digest = STR("d1")});
    assert_false(r.committed);
    assert_int_equal(r.created, 1);
    assert_int_equal(r.fault_count, 0);
    assert_true(str_eq(before, raw_dump(w)));
}

/* ---- known rows ---- */

#define KEYED "标题,收到日期,来源平台,来源编号"

static void a_known_row_is_recognised_and_plays_on(void **state)
{
    struct world *w = *state;
    assert_int_equal(import(w, KEYED "\n甲,2024-05-06,信访系统,X-1\n").created, 1);
    int64_t before = acts(w);
    struct import_report r = import(w, KEYED "\n甲改,2024-05-07,信访系统,X-1\n");
    assert_int_equal(r.repeated, 1);
    assert_int_equal(r.created + r.advanced, 0);
    assert_int_equal(acts(w), before);
    r = import(w, KEYED ",受理日期,承办人,进展,已缴费\n甲,2024-05-06,信访系统,X-1,2024-05-08,张,顺利,是\n");
    assert_true(r.committed);
    assert_int_equal(r.advanced, 1);
    stage_is(w, "甲", "accepted");
    before = acts(w);
    r = import(w, KEYED ",受理日期,承办人,进展,已缴费\n甲,2024-05-06,信访系统,X-1,2024-05-08,张,顺利,是\n");
    assert_int_equal(r.repeated, 1); /* the steps that leave the stage as it is are not done twice */
    assert_int_equal(acts(w), before);
}

static void a_known_row_that_is_refused_is_told(void **state)
{
    struct world *w = *state;
    assert_true(import(w, KEYED ",受理日期,承办人\n甲,2024-05-06,信访系统,X-1,2024-05-08,张\n").committed);
    faulty(w, KEYED ",受理日期,承办人,答复日期,答复内容\n甲,2024-05-06,信访系统,X-1,2024-05-08,张,2024-05-20,好\n", 2,
           "", "", "未经合法性审核");
    faulty(w, KEYED ",阶段\n甲,2024-05-06,信访系统,X-1,火星\n", 2, "阶段", "火星", "没有这个阶段");
}

static void what_a_known_row_adds_in_vain_is_told(void **state)
{
    struct world *w = *state;
    assert_true(import(w, KEYED ",受理日期,承办人\n甲,2024-05-06,信访系统,X-1,2024-05-08,张\n").committed);
    faulty(w, KEYED ",阶段\n甲,2024-05-06,信访系统,X-1,已办结\n", 2, "阶段", "已办结", "「办结」缺少答复日期、答复内容");
    faulty(w, KEYED ",答复内容\n甲,2024-05-06,信访系统,X-1,好\n", 2, "答复内容", "好", "没有用上");
    faulty(w, KEYED ",受理日期,承办人\n甲,2024-05-06,信访系统,X-1,2024-05-08,李\n", 2, "承办人", "李", "没有用上");
}

/* Sheets of a platform bring every matter again each month. */
static void an_old_sheet_of_a_matter_that_went_on_is_quiet(void **state)
{
    struct world *w = *state;
    const char *old = KEYED ",受理日期,承办人,已缴费,进展,电话,阶段\n甲,2024-05-06,信访系统,X-1,2024-05-08,张,是,"
                            "顺利,13800000000,已受理\n";
    assert_true(import(w, old).committed);
    int64_t id = only_record(w, "甲");
    DO(.record = id, .act = "progress", INPUTS("remark", "办妥", "phone", "13900000000"));
    DO(.record = id, .act = "amend", .reason = "写错", INPUTS("title", "甲乙"));
    DO(.user = &w->reviewer, .record = id, .act = "judge", INPUTS("lawful", "是"));
    DO(.record = id, .act = "close", INPUTS("answered_on", "2024-05-20", "answer", "好"));
    int64_t before = acts(w);
    assert_int_equal(import(w, old).repeated, 1);
    assert_int_equal(import(w, KEYED ",阶段\n甲,2024-05-06,信访系统,X-1,已登记\n").repeated, 1);
    assert_int_equal(acts(w), before);
    faulty(w, KEYED ",阶段\n甲,2024-05-06,信访系统,X-1,已归档\n", 2, "阶段", "已归档", "只能到「已办结」");
    faulty(w, KEYED ",电话\n甲,2024-05-06,信访系统,X-1,13700000000\n", 2, "电话", "13700000000", "没有用上");
}

/* Half a key recognises nothing: other platforms have the same numbers. */
static void half_a_key_recognises_nothing(void **state)
{
    struct world *w = *state;
    static const char *const halves[] = {KEYED "\n甲,2024-05-06,,X-1\n", KEYED "\n乙,2024-05-06,信访系统,\n"};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(import(w, halves[i]).created, 1);
        assert_int_equal(import(w, halves[i]).created, 1);
    }
    struct import_report r =
        import(w, KEYED "\n丙,2024-05-06,热线,X-1\n丁,2024-05-06,信访系统,X-1\n丁,2024-05-06,信访系统,X-1\n");
    assert_int_equal(r.created, 2);
    assert_int_equal(r.repeated, 1);
}

static void the_same_file_is_told_by_its_digest(void **state)
{
    struct world *w = *state;
    struct import_options options = {.digest = STR("0123")};
    assert_true(import_with(w, "标题,收到日期\n甲,2024-05-06\n", options).committed);
    struct import_report r = import_with(w, "标题,收到日期\n甲,2024-05-06\n", options);
    assert_true(r.same_file);
    assert_false(r.committed);
    options.again = true;
    assert_true(import_with(w, "标题,收到日期\n甲,2024-05-06\n", options).committed);
}

static void importing_needs_the_right(void **state)
{
    struct world *w = *state;
    struct sheet_in sheet = sheet_of(w, STR("标题,收到日期\n甲,2024-05-06\n"));
    struct import_report report;
    struct import_options options = {0};
    struct error err;
    assert_false(import_run(w->office, w->arena, &w->clerk, STR("import"), reg_of(w, "matter"), &sheet,
                            mapped(w, &sheet), &options, &report, &err));
    assert_int_equal(err.code, ERR_FORBIDDEN);
}

/* ---- size ---- */

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Time for `rows` rows of which each is faulty or none; the faulty rows are put together as well. */
static double timed(struct world *w, size_t rows, bool bad, const char *prefix)
{
    struct buf b = buf_in(w->arena);
    buf_puts(&b, KEYED ",票号,前案\n");
    for (size_t i = 0; i < rows; i++)
        buf_putf(&b, "%s第%zu件,%s,信访系统,%s%zu,%s票%zu,%s\n", prefix, i, bad ? "2024-02-30" : "2024-05-06", prefix,
                 i, prefix, i, i && !bad ? str_cstr(w->arena, str_printf(w->arena, "%s%zu", prefix, i - 1)) : "");
    struct sheet_in sheet = sheet_of(w, buf_str(&b));
    struct import_report report;
    struct import_options options = {0};
    double start = seconds();
    OK(import_run(w->office, w->arena, &w->loader, STR("import"), reg_of(w, "matter"), &sheet, mapped(w, &sheet),
                  &options, &report, &err));
    import_faulty_rows(w->arena, &sheet, &report);
    double took = seconds() - start;
    assert_int_equal(bad ? report.fault_count : report.created, rows);
    print_message("# %zu %s rows: %.2f s\n", rows, bad ? "faulty" : "good", took);
    return took;
}

/* Four times the rows may take four times the time, not sixteen times; a little more is allowed for a busy machine. */
static void time_grows_with_the_rows(void **state)
{
    struct world *w = *state;
    timed(w, 100, false, "W");
    double few = timed(w, 1250, false, "A"), many = timed(w, 5000, false, "B");
    assert_true(many < 8 * few + 0.5);
    few = timed(w, 1250, true, "C");
    many = timed(w, 5000, true, "D");
    assert_true(many < 8 * few + 0.5);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(headers_by_label_name_and_memory),
        TEST(an_unknown_column_stays_unknown_until_somebody_decides),
        TEST(a_mapping_to_a_field_that_is_gone_leaves_the_header),
        TEST(an_unknown_column_is_told),
        TEST(each_faulty_cell_is_told),
        TEST(gates_hold_and_tell_their_article),
        TEST(cells_not_used_are_told),
        TEST(a_stage_not_reached_says_what_is_missing),
        TEST(a_number_that_is_there_is_told_at_its_cell),
        TEST(unique_within_the_file_too),
        TEST(a_row_plays_as_far_as_its_cells_carry_it),
        TEST(an_act_refused_first_is_tried_again),
        TEST(later_rows_refer_to_earlier_ones),
        TEST(a_trial_changes_nothing),
        TEST(a_known_row_is_recognised_and_plays_on),
        TEST(a_known_row_that_is_refused_is_told),
        TEST(what_a_known_row_adds_in_vain_is_told),
        TEST(an_old_sheet_of_a_matter_that_went_on_is_quiet),
        TEST(half_a_key_recognises_nothing),
        TEST(the_same_file_is_told_by_its_digest),
        TEST(importing_needs_the_right),
        TEST(time_grows_with_the_rows),
    };
    return cmocka_run_group_tests_name("office_import", tests, NULL, NULL);
}
