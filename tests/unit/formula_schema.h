/* A small invented schema for the tests of the formula language; the fuzz target uses it too. */
#ifndef FAZHI_TESTS_FORMULA_SCHEMA_H
#define FAZHI_TESTS_FORMULA_SCHEMA_H

#include "formula/formula.h"

#define LENGTH(array) (sizeof(array) / sizeof *(array))

struct formula_codes {
    const char *const (*pairs)[2]; /* key, label */
    size_t count;
};

static const char *const kind_pairs[][2] = {{"major", "重大"}, {"minor", "一般"}, {"title", "物业"}, {"01", "其他"}};
static const char *const stage_pairs[][2] = {{"registered", "已登记"}, {"accepted", "已受理"}, {"closed", "已办结"}};
static const char *const conclusion_pairs[][2] = {{"lawful", "合法"}, {"unlawful", "不合法"}};

static const struct formula_codes kind_codes = {kind_pairs, LENGTH(kind_pairs)};
static const struct formula_codes stage_codes = {stage_pairs, LENGTH(stage_pairs)};
static const struct formula_codes conclusion_codes = {conclusion_pairs, LENGTH(conclusion_pairs)};

static const struct formula_register mediation_register, visit_register, petition_register, review_register;

/* STR as a constant for initialisers. */
#define TXT(literal)                                                                                                   \
    {                                                                                                                  \
        (literal), sizeof(literal) - 1                                                                                 \
    }
#define FIELD(field, chinese, kind)                                                                                    \
    {                                                                                                                  \
        .name = TXT(field), .label = TXT(chinese), .type = (kind)                                                      \
    }
#define CODES(field, chinese, list)                                                                                    \
    {                                                                                                                  \
        .name = TXT(field), .label = TXT(chinese), .type = FT_CODE, .codes = &(list)                                   \
    }
#define REFER(field, chinese, to)                                                                                      \
    {                                                                                                                  \
        .name = TXT(field), .label = TXT(chinese), .type = FT_RECORD, .target = &(to)                                  \
    }
#define BUILT_IN                                                                                                       \
    FIELD("number", "编号", FT_TEXT), CODES("stage", "阶段", stage_codes), FIELD("created_on", "登记日期", FT_DATE),   \
        FIELD("org", "承办机构", FT_ORG)

static const struct formula_field mediation_fields[] = {
    BUILT_IN,
    CODES("kind", "类别", kind_codes),
    FIELD("title", "标题", FT_TEXT),
    FIELD("amount", "金额", FT_MONEY),
    FIELD("area", "面积", FT_DECIMAL),
    FIELD("people", "人数", FT_INTEGER),
    FIELD("received_on", "收到日期", FT_DATE),
    FIELD("closed_on", "办结日期", FT_DATE),
    FIELD("told_at", "告知时间", FT_MOMENT),
    FIELD("open", "公开", FT_BOOL),
    {.name = TXT("petitioner"), .label = TXT("当事人"), .type = FT_TEXT, .sealed = true},
    FIELD("paper", "协议书", FT_ATTACHMENT),
    REFER("parent", "原纠纷", mediation_register),
};
static const struct formula_field visit_fields[] = {
    BUILT_IN,
    REFER("visit_case", "纠纷", mediation_register),
    FIELD("visited_on", "回访日期", FT_DATE),
    FIELD("minutes", "时长", FT_INTEGER),
    FIELD("note", "情况", FT_TEXT),
};
static const struct formula_field petition_fields[] = {
    BUILT_IN,
    REFER("matter", "事项", mediation_register),
    FIELD("received_on", "收到日期", FT_DATE),
    FIELD("answered_on", "答复日期", FT_DATE),
    FIELD("satisfied", "满意", FT_BOOL),
};
static const struct formula_field review_fields[] = {
    BUILT_IN,
    REFER("matter", "送审事项", mediation_register),
    CODES("conclusion", "审核结论", conclusion_codes),
};
static const struct str mediation_deadlines[] = {TXT("accept"), TXT("settle")};
static const struct str petition_deadlines[] = {TXT("answer"), TXT("review")};
static const struct str petition_deadline_labels[] = {TXT("答复"), TXT("请求复查")};
static const bool petition_deadline_rights[] = {false, true};

static const struct formula_register mediation_register = {
    TXT("mediation"), TXT("纠纷"), mediation_fields, LENGTH(mediation_fields), mediation_deadlines, 2, NULL, NULL};
static const struct formula_register visit_register = {
    TXT("visit"), TXT("回访"), visit_fields, LENGTH(visit_fields), NULL, 0, NULL, NULL};
static const struct formula_register petition_register = {TXT("petition"),         TXT("信访事项"),    petition_fields,
                                                          LENGTH(petition_fields), petition_deadlines, 2,
                                                          petition_deadline_labels, petition_deadline_rights};
static const struct formula_register review_register = {
    TXT("review"), TXT("合法性审核"), review_fields, LENGTH(review_fields), NULL, 0, NULL, NULL};

static const struct formula_register *const all_registers[] = {&mediation_register, &visit_register, &petition_register,
                                                               &review_register};

static const struct formula_register *fake_register(const void *context, struct str name)
{
    (void)context;
    for (size_t i = 0; i < LENGTH(all_registers); i++)
        if (str_eq(all_registers[i]->name, name)) return all_registers[i];
    return NULL;
}

static bool fake_code(const void *context, const struct formula_codes *codes, struct str key, struct str *label)
{
    (void)context;
    for (size_t i = 0; i < codes->count; i++) {
        if (!str_is(key, codes->pairs[i][0])) continue;
        *label = str_from(codes->pairs[i][1]);
        return true;
    }
    return false;
}

static size_t fake_codes(const void *context, const struct formula_codes *codes, struct str *keys, size_t room)
{
    (void)context;
    size_t n = codes->count < room ? codes->count : room;
    for (size_t i = 0; i < n; i++) keys[i] = str_from(codes->pairs[i][0]);
    return n;
}

static bool fake_parameter(const void *context, struct str name, struct formula_parameter *p)
{
    (void)context;
    *p = (struct formula_parameter){STR("人数标准"), FT_INTEGER, 3};
    return str_is(name, "crowd");
}

static const struct formula_schema fake_schema = {.find_register = fake_register,
                                                  .find_code = fake_code,
                                                  .list_codes = fake_codes,
                                                  .find_parameter = fake_parameter};

#endif
