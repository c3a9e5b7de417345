/* Acts of the engine: who, when, with which inputs, and that a refusal changes nothing. */
#include "office_world.h"

#include "office/show.h"

static const char matter[] =
    "register: matter\n"
    "label: 事项\n"
    "chapter: work\n"
    "help: 试验\n"
    "number: 跃信〔{year}〕{seq}号\n"
    "title: title\n"
    "fields:\n"
    "  title: {label: 标题, type: text, required: true, searched: true}\n"
    "  kind: {label: 类别, type: code, codes: kind, required: true, initial: noise}\n"
    "  received_on: {label: 收到日期, type: date, required: true, initial: today}\n"
    "  petitioner: {label: 信访人, type: person, private: {purpose: 办理, basis: 条例, keep: 10年, mask: name}}\n"
    "  ticket: {label: 票号, type: text, unique: true}\n"
    "  department: {label: 承办单位, type: organisation, assigns: true}\n"
    "  earlier: {label: 前案, type: reference, register: matter}\n"
    "  paper: {label: 附件, type: attachment}\n"
    "  accepted_on: {label: 受理日期, type: date}\n"
    "  place: {label: 地点, type: place}\n"
    "  lawful: {label: 合法, type: yesno}\n"
    "  answered_on: {label: 答复日期, type: date}\n"
    "  answer: {label: 答复内容, type: text, multiline: true}\n"
    "  cost: {label: 金额, type: money}\n"
    "  days: {label: 天数, type: integer, value: 'days(received_on, answered_on)'}\n"
    "  long: {label: 超长, type: yesno, value: days > 10}\n"
    "always:\n"
    "  - {that: answered_on is empty or answered_on >= received_on, say: 答复日期早于收到日期, remedy: 请核对两个日期, "
    "rule: XFW-20, cite: 信访工作条例 第三十四条}\n"
    "procedure:\n"
    "  stages:\n"
    "    registered: 已登记\n"
    "    accepted: 已受理\n"
    "    closed: {label: 已办结, final: true}\n"
    "  create: {label: 登记, by: [clerk, handler], to: registered, dated: received_on}\n"
    "  void: {by: [clerk], require: [{that: lawful is empty, say: 已审核的不能作废, rule: VOID-1, cite: 办法, remedy: "
    "请更正}]}\n"
    "  acts:\n"
    "    accept: {label: 受理, from: registered, to: accepted, by: [clerk], dated: accepted_on, cite: 信访工作条例 "
    "第二十三条, rule: XFW-09,\n"
    "             inputs: {accepted_on: {required: true}, place: {required: true}, cost: {}}}\n"
    "    judge: {label: 审核, from: accepted, by: [reviewer], inputs: {lawful: {required: true}}}\n"
    "    close: {label: 办结, from: accepted, to: closed, by: [clerk], dated: answered_on,\n"
    "            inputs: {answered_on: {required: true}, answer: {required: true}}, set: {kind: fee},\n"
    "            require: [{that: lawful = yes, say: 未经合法性审核, remedy: 请先送审, rule: LGR-06, cite: 办法 "
    "第六条},\n"
    "                      {that: cost is not empty, say: 没有金额, remedy: 请填金额}]}\n";

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

static int64_t created(struct world *w, const char *title)
{
    return DO(INPUTS("title", title));
}

static int64_t accepted(struct world *w, const char *title)
{
    int64_t id = created(w, title);
    DO(.record = id, .act = "accept", INPUTS("accepted_on", "2024-06-03", "place", "一号楼", "cost", "1,200.50"));
    return id;
}

/* ---- who and when ---- */

static void another_role_is_refused(void **state)
{
    struct world *w = *state;
    int64_t id = accepted(w, "甲");
    REFUSED("", "不能在", .user = &w->reviewer, INPUTS("title", "乙"));
    REFUSED("", "不能在", .record = id, .act = "judge", INPUTS("lawful", "是"));
    REFUSED("", "不能在", .user = &w->admin, INPUTS("title", "乙"));
    assert_int_equal(w->faults.items[0].code, ERR_FORBIDDEN);
    DO(.user = &w->reviewer, .record = id, .act = "judge", INPUTS("lawful", "是"));
}

static void another_stage_is_refused_with_remedy(void **state)
{
    struct world *w = *state;
    int64_t id = created(w, "甲");
    REFUSED("", "现在处于「已登记」", .record = id, .act = "close",
            INPUTS("answered_on", "2024-06-03", "answer", "好"));
    assert_string_equal(w->faults.items[0].remedy, "须先到「已受理」");
    DO(.record = id, .act = "accept", INPUTS("accepted_on", "2024-06-03", "place", "一号楼"));
    REFUSED("", "现在处于「已受理」", .record = id, .act = "accept",
            INPUTS("accepted_on", "2024-06-03", "place", "一号楼"));
    assert_string_equal(w->faults.items[0].rule, "XFW-09");
    assert_string_equal(w->faults.items[0].cite, "信访工作条例 第二十三条");
}

static void what_is_not_there_is_not_found(void **state)
{
    struct world *w = *state;
    REFUSED("", "没有这条记录，或者您无权查看", .record = 4711, .act = "accept", INPUTS("accepted_on", "2024-06-03"));
    assert_int_equal(w->faults.items[0].code, ERR_NOT_FOUND);
    REFUSED("", "没有「fly」这个办理动作", .record = 4711, .act = "fly");
}

static void assigned_records_are_seen_and_no_others(void **state)
{
    struct world *w = *state;
    add_org(w, 70, 1, "070", "城建办");
    add_org(w, 71, 70, "071", "城建一组");
    add_account(w, "handler", "handler clerk", 71);
    /* a clerk sees the office; take the role away again so that only the organisation counts */
    struct account acc = load_user(w, "handler").account;
    acc.roles = STR("handler");
    struct tx tx = begin_as(w, &w->admin, "page");
    OK(people_change(&tx, &acc, &err));
    OK(tx_commit(&tx, &err));
    struct user handler = load_user(w, "handler");
    int64_t other = created(w, "甲");
    int64_t own = DO(INPUTS("title", "乙", "department", "城建一组"));
    int64_t above = DO(INPUTS("title", "丙", "department", "070"));
    REFUSED("", "没有这条记录，或者您无权查看", .user = &handler, .record = other, .act = "note", .reason = "看看");
    REFUSED("", "没有这条记录，或者您无权查看", .user = &handler, .record = above, .act = "note", .reason = "看看");
    DO(.user = &handler, .record = own, .act = "note", .reason = "看看");
}

/* ---- inputs ---- */

static void all_missing_inputs_are_told_at_once(void **state)
{
    struct world *w = *state;
    int64_t id = created(w, "甲");
    REFUSED("place", "请填写「地点」", .record = id, .act = "accept");
    assert_int_equal(w->faults.count, 2);
    assert_non_null(fault_at(w, "accepted_on"));
    REFUSED("title", "请填写「标题」", INPUTS("title", "  　", "kind", "", "received_on", ""));
    assert_int_equal(w->faults.count, 3);
}

static void inputs_that_are_no_inputs(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *name, *text, *words;
    } cases[] = {
        {"nonsense", "1", "不能在办理"},
        {"answer", "好", "不能在办理"},
        {"days", "3", "不能在办理"},
        {"title", "两次", "填写了两次"},
        {"kind", "火星", "没有“火星”"},
        {"received_on", "2024-02-30", "不是存在的日期"},
        {"received_on", "2024-06-04", "不能晚于今天"},
        {"department", "无此单位", "没有叫「无此单位」的单位"},
        {"earlier", "无此事项", "找不到「无此事项」"},
        {"paper", "../../etc/passwd", "附件"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        REFUSED(cases[i].name, cases[i].words, INPUTS("title", "甲", cases[i].name, cases[i].text));
    REFUSED("?", "不能在办理", INPUTS("title", "甲", "title\xff", "x"));
    REFUSED("title", "不能识别的字符", INPUTS("title", "甲\xff"));
    REFUSED("reason", "不能识别的字符", .record = created(w, "乙"), .act = "note", .reason = "看\xc0\xafx");
}

static void an_unique_value_is_taken_once(void **state)
{
    struct world *w = *state;
    int64_t first = DO(INPUTS("title", "甲", "ticket", "T-1"));
    int64_t second = created(w, "乙");
    REFUSED("ticket", "同样的「票号」", INPUTS("title", "丙", "ticket", "T-1"));
    REFUSED("ticket", "同样的「票号」", .record = second, .act = "amend", .reason = "补票号", INPUTS("ticket", "T-1"));
    DO(.record = first, .act = "amend", .reason = "改标题", INPUTS("ticket", "T-1", "title", "甲甲"));
    DO(.record = first, .act = "void", .reason = "录错");
    DO(INPUTS("title", "丙", "ticket", "T-1"));
}

static void a_version_seen_before_conflicts(void **state)
{
    struct world *w = *state;
    int64_t id = created(w, "甲");
    int64_t seen = record_of(w, "matter", id).head.version;
    DO(.record = id, .act = "accept", .version = seen, INPUTS("accepted_on", "2024-06-03", "place", "一号楼"));
    REFUSED("", "别人已经办理过", .record = id, .act = "note", .version = seen, .reason = "看看");
    assert_int_equal(w->faults.items[0].code, ERR_CONFLICT);
}

static void a_voided_record_rests(void **state)
{
    struct world *w = *state;
    int64_t id = created(w, "甲");
    REFUSED("reason", "请填写理由", .record = id, .act = "void");
    DO(.record = id, .act = "void", .reason = "重复登记");
    REFUSED("", "已经作废", .record = id, .act = "accept", INPUTS("accepted_on", "2024-06-03", "place", "一号楼"));
    REFUSED("", "已经作废", .record = id, .act = "note", .reason = "看看");
    REFUSED("earlier", "已经作废", INPUTS("title", "乙", "earlier", "跃信〔2024〕1号"));
    assert_replay_whole(w);
}

static void voiding_has_its_gate(void **state)
{
    struct world *w = *state;
    int64_t id = accepted(w, "甲");
    DO(.user = &w->reviewer, .record = id, .act = "judge", INPUTS("lawful", "是"));
    REFUSED("", "已审核的不能作废", .record = id, .act = "void", .reason = "想作废");
    assert_string_equal(w->faults.items[0].rule, "VOID-1");
}

static void dates_to_come_are_refused_in_amendments_too(void **state)
{
    struct world *w = *state;
    int64_t id = accepted(w, "甲");
    REFUSED("accepted_on", "不能晚于今天", .record = id, .act = "amend", .reason = "更正日期",
            INPUTS("accepted_on", "2024-06-30"));
    REFUSED("received_on", "不能晚于今天", .record = id, .act = "amend", .reason = "更正日期",
            INPUTS("received_on", "2024-06-30"));
    DO(.record = id, .act = "amend", .reason = "更正日期", INPUTS("accepted_on", "2024-06-02"));
}

/* ---- what becomes of it ---- */

static void sets_and_derived_fields(void **state)
{
    struct world *w = *state;
    int64_t id = DO(INPUTS("title", "甲", "received_on", "2024-05-01"));
    assert_text(value_in(w, "matter", id, "kind").t, "noise");
    DO(.record = id, .act = "accept", INPUTS("accepted_on", "2024-06-03", "place", "一号楼", "cost", "1,200.50"));
    assert_int_equal(value_in(w, "matter", id, "cost").i, 120050);
    DO(.user = &w->reviewer, .record = id, .act = "judge", INPUTS("lawful", "是"));
    DO(.record = id, .act = "close", INPUTS("answered_on", "2024-06-01", "answer", "已解决"));
    assert_text(value_in(w, "matter", id, "kind").t, "fee");
    assert_int_equal(value_in(w, "matter", id, "days").i, 31);
    assert_int_equal(value_in(w, "matter", id, "long").i, 1); /* derived from what was derived in the same act */
    assert_text(record_of(w, "matter", id).head.stage, "closed");
    assert_text(record_of(w, "matter", id).head.created_on, "2024-05-01");
    DO(.record = id, .act = "amend", .reason = "日期录错", INPUTS("answered_on", "2024-05-03"));
    assert_int_equal(value_in(w, "matter", id, "long").i, 0);
    assert_replay_whole(w);
}

static void gates_tell_rule_article_and_remedy(void **state)
{
    struct world *w = *state;
    int64_t id = DO(INPUTS("title", "甲"));
    DO(.record = id, .act = "accept", INPUTS("accepted_on", "2024-06-03", "place", "一号楼"));
    REFUSED("", "未经合法性审核", .record = id, .act = "close", INPUTS("answered_on", "2024-06-01", "answer", "好"));
    assert_int_equal(w->faults.count, 3); /* both gates and the rule for every act */
    const struct error *gate = fault_saying(w, "未经合法性审核");
    assert_int_equal(gate->code, ERR_REFUSED);
    assert_string_equal(gate->rule, "LGR-06");
    assert_string_equal(gate->cite, "办法 第六条");
    assert_string_equal(gate->remedy, "请先送审");
    const struct error *always = fault_saying(w, "答复日期早于收到日期");
    assert_string_equal(always->rule, "XFW-20");
    assert_string_equal(always->cite, "信访工作条例 第三十四条");
    assert_string_equal(always->remedy, "请核对两个日期");
    assert_non_null(fault_saying(w, "没有金额"));
}

static void amendments_correct_what_was_done(void **state)
{
    struct world *w = *state;
    int64_t id = accepted(w, "甲");
    REFUSED("reason", "请填写理由", .record = id, .act = "amend", INPUTS("title", "乙"));
    REFUSED("lawful", "由办理程序填写", .record = id, .act = "amend", .reason = "想跳过", INPUTS("lawful", "是"));
    REFUSED("answered_on", "由办理程序填写", .record = id, .act = "amend", .reason = "想跳过",
            INPUTS("answered_on", "2024-06-03"));
    REFUSED("title", "由办理程序填写", .user = &w->reviewer, .record = id, .act = "amend", .reason = "更正",
            INPUTS("title", "乙"));
    DO(.user = &w->reviewer, .record = id, .act = "judge", INPUTS("lawful", "否"));
    REFUSED("lawful", "由办理程序填写", .record = id, .act = "amend", .reason = "想改结论", INPUTS("lawful", "是"));
    DO(.user = &w->reviewer, .record = id, .act = "amend", .reason = "结论录错", INPUTS("lawful", "是"));
    assert_int_equal(value_in(w, "matter", id, "lawful").i, 1);
    /* what an act had to fill stays filled; what it might fill may be emptied */
    REFUSED("place", "请填写「地点」", .record = id, .act = "amend", .reason = "清空", INPUTS("place", ""));
    REFUSED("title", "请填写「标题」", .record = id, .act = "amend", .reason = "清空", INPUTS("title", ""));
    DO(.record = id, .act = "amend", .reason = "清空", INPUTS("cost", ""));
    assert_int_equal(value_in(w, "matter", id, "cost").kind, VALUE_NULL);
    assert_replay_whole(w);
}

static void references_by_number_title_and_source(void **state)
{
    struct world *w = *state;
    int64_t first = DO(INPUTS("title", "老案", "source_platform", "信访系统", "source_number", "XF-9"));
    static const char *const names[] = {"跃信〔2024〕1号", "老案", "XF-9"};
    for (size_t i = 0; i < 3; i++) {
        int64_t id = DO(INPUTS("title", "新案", "earlier", names[i]));
        assert_int_equal(value_in(w, "matter", id, "earlier").i, first);
    }
    REFUSED("earlier", "有几条记录都叫「新案」", INPUTS("title", "丙", "earlier", "新案"));
}

static struct user handler_of(struct world *w, int64_t org)
{
    add_account(w, "handler", "handler", org);
    return load_user(w, "handler");
}

/* Trying names must not tell whose matters there are; a number has to be known. */
static void references_by_name_are_found_within_sight(void **state)
{
    struct world *w = *state;
    add_org(w, 70, 1, "070", "城建办");
    struct user handler = handler_of(w, 70);
    int64_t other = DO(INPUTS("title", "老案", "source_platform", "信访系统", "source_number", "XF-9"));
    int64_t own = DO(INPUTS("title", "自案", "department", "城建办"));
    REFUSED("earlier", "找不到「老案」", .user = &handler, INPUTS("title", "丙", "earlier", "老案"));
    REFUSED("earlier", "找不到「XF-9」", .user = &handler, INPUTS("title", "丙", "earlier", "XF-9"));
    int64_t id = DO(.user = &handler, INPUTS("title", "丙", "earlier", "自案"));
    assert_int_equal(value_in(w, "matter", id, "earlier").i, own);
    id = DO(.user = &handler, INPUTS("title", "丁", "earlier", "跃信〔2024〕1号"));
    assert_int_equal(value_in(w, "matter", id, "earlier").i, other);
}

static void organisations_by_name_and_code(void **state)
{
    struct world *w = *state;
    add_org(w, 80, 1, "080", "司法所");
    add_org(w, 81, 1, "081", "工作站");
    add_org(w, 82, 1, "082", "工作站");
    assert_int_equal(value_in(w, "matter", DO(INPUTS("title", "甲", "department", "司法所")), "department").i, 80);
    assert_int_equal(value_in(w, "matter", DO(INPUTS("title", "甲", "department", "080")), "department").i, 80);
    REFUSED("department", "请改填代码", INPUTS("title", "甲", "department", "工作站"));
}

static void a_number_that_came_from_outside_is_not_given_again(void **state)
{
    struct world *w = *state;
    DO(.number = "跃信〔2024〕1号", INPUTS("title", "甲"));
    DO(.number = "跃信〔2024〕3号", INPUTS("title", "乙"));
    int64_t third = created(w, "丙"), fourth = created(w, "丁");
    assert_text(record_of(w, "matter", third).head.number, "跃信〔2024〕2号");
    assert_text(record_of(w, "matter", fourth).head.number, "跃信〔2024〕4号");
    REFUSED("number", "已有", .number = "跃信〔2024〕1号", INPUTS("title", "戊"));
    REFUSED("number", "编号", .number = "坏\xff", INPUTS("title", "戊"));
    REFUSED("number", "编号", .number = "两\n行", INPUTS("title", "戊"));
}

/* ---- private fields ---- */

#define CANARY "欧阳金丝雀"

static bool folder_holds(struct world *w, const char *words)
{
    char command[200];
    snprintf(command, sizeof command, "grep -rqaF '%s' '%s'", words, w->folder);
    return system(command) == 0;
}

static struct str shown(struct world *w, const struct user *user, int64_t id, const char *field)
{
    struct shower s;
    struct conn *c = store_read(w->store, &(struct error){0});
    OK(shower_open(&s, w->office, c, w->arena, &err));
    struct record r = record_of(w, "matter", id);
    const struct field *f = reg_field(r.reg, str_from(field));
    struct str text = show_value(&s, r.reg, f, r.values[f - r.reg->fields], show_is_unmasked(&s, user, &r));
    store_done(c);
    return text;
}

static void private_fields_are_sealed_masked_and_viewed(void **state)
{
    struct world *w = *state;
    int64_t id = DO(INPUTS("title", "甲", "petitioner", CANARY));
    DO(.record = id, .act = "amend", .reason = "改名", INPUTS("petitioner", CANARY "二"));
    assert_false(folder_holds(w, CANARY));
    if (!test_database(w->arena, w->folder)) assert_true(folder_holds(w, "改名")); /* the search itself works */
    assert_text(shown(w, &w->clerk, id, "petitioner"), "欧阳****");
    REFUSED("reason", "请填写理由", .record = id, .act = "view");
    REFUSED("", "不能在", .user = &w->reviewer, .record = id, .act = "view", .reason = "想看");
    REFUSED("", "不能在", .user = &w->loader, .entrance = "import", .record = id, .act = "view", .reason = "想看");
    DO(.record = id, .act = "view", .reason = "核对身份");
    assert_text(shown(w, &w->clerk, id, "petitioner"), CANARY "二");
    assert_text(shown(w, &w->reviewer, id, "petitioner"), "欧阳****");
    set_clock(w, "2024-06-03T09:14:59");
    assert_text(shown(w, &w->clerk, id, "petitioner"), CANARY "二");
    set_clock(w, "2024-06-03T09:15:30");
    assert_text(shown(w, &w->clerk, id, "petitioner"), "欧阳****");
    assert_replay_whole(w);
}

static void the_same_private_text_again_is_no_change(void **state)
{
    struct world *w = *state;
    int64_t id = DO(INPUTS("title", "甲", "petitioner", CANARY));
    struct str sealed = value_in(w, "matter", id, "petitioner").t;
    DO(.record = id, .act = "amend", .reason = "改标题", INPUTS("title", "乙", "petitioner", CANARY));
    assert_true(str_eq(value_in(w, "matter", id, "petitioner").t, sealed));
}

static void who_lost_the_right_sees_the_mask_again(void **state)
{
    struct world *w = *state;
    int64_t id = DO(INPUTS("title", "甲", "petitioner", CANARY));
    DO(.record = id, .act = "view", .reason = "核对身份");
    struct user later = w->reviewer; /* the clerk after having been given other roles */
    later.account.name = w->clerk.account.name;
    assert_text(shown(w, &later, id, "petitioner"), "欧阳***");
}

/* ---- the gate at every entrance ---- */

static void the_gate_stands_at_every_entrance(void **state)
{
    struct world *w = *state;
    static const char *const entrances[] = {"page", "api", "command", "import"};
    for (size_t i = 0; i < 4; i++) {
        const struct user *u = i < 2 ? &w->clerk : &w->loader;
        int64_t id = accepted(w, "甲");
        REFUSED("", "未经合法性审核", .user = u, .entrance = entrances[i], .record = id, .act = "close",
                INPUTS("answered_on", "2024-06-03", "answer", "好"));
        REFUSED("", "不能在", .user = &w->reviewer, .entrance = entrances[i], .record = id, .act = "close",
                INPUTS("answered_on", "2024-06-03", "answer", "好"));
    }
    /* roles of later entry work by import and command line only */
    REFUSED("", "不能在", .user = &w->loader, INPUTS("title", "甲"));
    DO(.user = &w->loader, .entrance = "import", INPUTS("title", "甲"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(another_role_is_refused),
        TEST(another_stage_is_refused_with_remedy),
        TEST(what_is_not_there_is_not_found),
        TEST(assigned_records_are_seen_and_no_others),
        TEST(all_missing_inputs_are_told_at_once),
        TEST(inputs_that_are_no_inputs),
        TEST(an_unique_value_is_taken_once),
        TEST(a_version_seen_before_conflicts),
        TEST(a_voided_record_rests),
        TEST(voiding_has_its_gate),
        TEST(dates_to_come_are_refused_in_amendments_too),
        TEST(sets_and_derived_fields),
        TEST(gates_tell_rule_article_and_remedy),
        TEST(amendments_correct_what_was_done),
        TEST(references_by_number_title_and_source),
        TEST(references_by_name_are_found_within_sight),
        TEST(organisations_by_name_and_code),
        TEST(a_number_that_came_from_outside_is_not_given_again),
        TEST(private_fields_are_sealed_masked_and_viewed),
        TEST(the_same_private_text_again_is_no_change),
        TEST(who_lost_the_right_sees_the_mask_again),
        TEST(the_gate_stands_at_every_entrance),
    };
    return cmocka_run_group_tests_name("office_acts", tests, NULL, NULL);
}
