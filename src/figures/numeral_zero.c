/* None, in words: 无行政诉讼案件及行政复议案件, 未收到司法建议书、检察建议书, 零投诉. */
#include <string.h>

#include "figures/numeral_inside.h"

enum { NOUN_MOST = 90 }; /* bytes of one noun; longer is a sentence, not a noun */

struct saying {
    const char *word;
    bool needs_head; /* says none only of something that is counted: 无…案件, but not 无法, 无论 */
};

static const struct saying sayings[] = {
    {"未收到", false}, {"未接到", false}, {"未发生", false},   {"未出现", false},   {"未产生", false},
    {"未受理", false}, {"未发现", false}, {"没有收到", false}, {"没有发生", false}, {"没有出现", false},
    {"没有", true},    {"零", true},      {"无", true},
};

/* What registers count. A noun that ends so can be said not to exist. */
static const char *const heads[] = {
    "案件", "事件",   "案",     "纠纷",   "信访件", "信访",   "上访",   "复议", "诉讼", "应诉",     "投诉", "举报",
    "事故", "建议书", "通知书", "告知书", "建议",   "申请",   "败诉",   "纠错", "撤销", "事项",     "情形", "情况",
    "现象", "问题",   "舆情",   "警情",   "问责",   "工单",   "信访人", "违法", "违纪", "差评",     "逾期", "超期",
    "赔偿", "文书",   "意见书", "发生",   "积案",   "刑事案", "批评",   "通报", "文件", "冤假错案",
};

static bool ends_in_head(struct str noun)
{
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (str_ends(noun, str_from(heads[i]))) return true;
    return false;
}

static bool ends_list(struct str t, size_t at)
{
    static const char *const marks[] = {"，", ",",  "。", "；", ";",  "：", ":", "！",
                                        "？", "\n", "（", "(",  "）", ")",  "”", "《"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (text_at(t, at, marks[i])) return true;
    return at >= t.len || is_digit_at(t, at);
}

/* Length of a word that joins two nouns at `at`; a mere character (和, 或) joins only after a noun that is whole. */
static size_t joint_at(struct str t, size_t at, struct str noun)
{
    static const char *const words[] = {"以及", "或者", "及", "和", "与", "或"};
    if (text_at(t, at, "、")) return strlen("、");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_at(t, at, words[i])) return ends_in_head(noun) ? strlen(words[i]) : 0;
    return 0;
}

/* 任何一起群体性事件的发生 → 群体性事件 */
static struct str bare_noun(struct str noun)
{
    static const char *const before[] = {"任何", "一起", "一例", "一件", "一次", "过", "有", "零", "无"};
    static const char *const behind[] = {"的发生", "发生", "的情况", "的情形", "的现象"};
    for (size_t i = 0; i < sizeof before / sizeof *before; i++)
        if (str_starts(noun, str_from(before[i]))) noun = str_slice(noun, strlen(before[i]), noun.len);
    for (size_t i = 0; i < sizeof behind / sizeof *behind; i++)
        if (noun.len > strlen(behind[i]) && str_ends(noun, str_from(behind[i])))
            noun = str_slice(noun, 0, noun.len - strlen(behind[i]));
    return noun;
}

static void add_zero(struct arena *a, struct numbers *out, struct str t, struct str noun, size_t word_at,
                     size_t word_len)
{
    noun = bare_noun(str_trim(noun));
    if (!noun.len || noun.len > NOUN_MOST) return;
    struct number n = {.at = (size_t)(noun.s - t.s), .len = noun.len, .numeral_at = word_at, .numeral_len = word_len};
    n.kind = NUMBER_ZERO;
    n.exact = true;
    n.noun = noun;
    ARENA_PUSH(a, out->items, out->count, out->cap, n);
}

static size_t read_list(struct arena *a, struct str t, size_t word_at, const struct saying *saying, struct numbers *out)
{
    size_t word_len = strlen(saying->word), from = word_at + word_len, at = from, keep = out->count;
    for (;; at++) {
        if (at - from > NOUN_MOST) break;
        struct str noun = str_slice(t, from, at);
        bool end = ends_list(t, at);
        size_t joint = end ? 0 : joint_at(t, at, noun);
        if (!end && !joint) continue;
        if (end && saying->needs_head && !ends_in_head(noun)) break;
        add_zero(a, out, t, noun, word_at, word_len);
        if (end) return out->count > keep ? at : word_at;
        at += joint - 1;
        from = at + 1;
    }
    out->count = keep;
    return word_at;
}

size_t find_zero(struct arena *a, struct str t, size_t at, struct numbers *out)
{
    static const char *const other_words[] = {"无法", "无论", "无关",   "无不",   "无证",   "无障碍",
                                              "无偿", "无人", "无疑",   "零距离", "零容忍", "零散",
                                              "零售", "零星", "零接触", "零工",   "无理"};
    for (size_t i = 0; i < sizeof other_words / sizeof *other_words; i++)
        if (text_at(t, at, other_words[i])) return at;
    if (text_before(t, at, "有") || text_before(t, at, "毫") || text_before(t, at, "业")) return at; /* 有无, 毫无 */
    if (text_at(t, at, "零") && is_chinese_digit_at(t, at + strlen("零"))) return at;
    if (text_at(t, at, "零") && at >= strlen("零") && is_chinese_digit_at(t, at - strlen("零"))) return at;
    for (size_t i = 0; i < sizeof sayings / sizeof *sayings; i++)
        if (text_at(t, at, sayings[i].word)) return read_list(a, t, at, &sayings[i], out);
    return at;
}
