#include "paper/kinsoku.h"

#include <stddef.h>

/* Sorted, for bsearch-free reading: the lists are short. */
static const uint32_t no_start[] = {
    0x21 /* ! */,    0x25 /* % */,    0x29 /* ) */,    0x2C /* , */,    0x2E /* . */,    0x3A /* : */,
    0x3B /* ; */,    0x3F /* ? */,    0x5D /* ] */,    0x7D /* } */,    0xB0 /* ° */,    0xB7 /* · */,
    0x2014 /* — */,  0x2019,          0x201D,          0x2026 /* … */,  0x2030 /* ‰ */,  0x2103 /* ℃ */,
    0x3001 /* 、 */, 0x3002 /* 。 */, 0x3009 /* 〉 */, 0x300B /* 》 */, 0x300D /* 」 */, 0x300F /* 』 */,
    0x3011 /* 】 */, 0x3015 /* 〕 */, 0x3017,          0xFF01 /* ！ */, 0xFF05 /* ％ */, 0xFF09 /* ） */,
    0xFF0C /* ， */, 0xFF0E,          0xFF1A /* ： */, 0xFF1B /* ； */, 0xFF1F /* ？ */, 0xFF3D,
    0xFF5D,          0xFF5E /* ～ */,
};

static const uint32_t no_end[] = {
    0x24 /* $ */,    0x28 /* ( */,    0x5B /* [ */,    0x7B /* { */,    0xA5 /* ¥ */,
    0x2018,          0x201C,          0x2116 /* № */,  0x3008 /* 〈 */, 0x300A /* 《 */,
    0x300C /* 「 */, 0x300E /* 『 */, 0x3010 /* 【 */, 0x3014 /* 〔 */, 0x3016,
    0xFF04,          0xFF08 /* （ */, 0xFF3B,          0xFF5B,          0xFFE5 /* ￥ */,
};

static bool among(const uint32_t *list, size_t count, uint32_t c)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i] == c) return true;
    }
    return false;
}

static bool is_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

bool kinsoku_is_word(uint32_t c)
{
    if (is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) return true;
    return c >= 0xC0 && c < 0x2000 && c != 0xD7 && c != 0xF7;
}

/* Signs that hold a number or a word together when they stand inside it: 1,234.5  24:00  2021-2025  a/b  x@y. */
static bool joins(uint32_t c)
{
    return c == '.' || c == ',' || c == ':' || c == '-' || c == '/' || c == '@' || c == '_' || c == '+' || c == '\'' ||
           c == '&' || c == '=' || c == '#';
}

bool kinsoku_may_break(uint32_t before, uint32_t after)
{
    bool space_before = before == ' ' || before == 0x3000;
    if (after == ' ') return false; /* the space stays at the end of its line, where it takes no room */
    if (among(no_end, sizeof no_end / sizeof *no_end, before)) return false;
    if (among(no_start, sizeof no_start / sizeof *no_start, after)) {
        /* A dash may open a line (——XX), but never its second half. */
        return after == 0x2014 && before != 0x2014;
    }
    if (space_before) return true;
    if (kinsoku_is_word(before) || joins(before)) return !kinsoku_is_word(after) && !joins(after);
    return !(joins(after) && kinsoku_is_word(before));
}

enum kinsoku_white kinsoku_white(uint32_t c)
{
    switch (c) {
    case 0x3001:
    case 0x3002:
    case 0xFF0C:
    case 0xFF1A:
    case 0xFF1B:
    case 0xFF01:
    case 0xFF1F:
    case 0x3009:
    case 0x300B:
    case 0x300D:
    case 0x300F:
    case 0x3011:
    case 0x3015:
    case 0xFF09:
    case 0x2019:
    case 0x201D: return KINSOKU_WHITE_RIGHT;
    case 0x3008:
    case 0x300A:
    case 0x300C:
    case 0x300E:
    case 0x3010:
    case 0x3014:
    case 0xFF08:
    case 0x2018:
    case 0x201C: return KINSOKU_WHITE_LEFT;
    default: return KINSOKU_SOLID;
    }
}
