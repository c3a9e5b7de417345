#include "base/encoding.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "base/sheet_build.h"
#include "base/utf8.h"

const char *encoding_name(enum encoding encoding)
{
    static const char *const names[] = {
        [ENCODING_UTF8] = "UTF-8",         [ENCODING_UTF8_BOM] = "UTF-8（带 BOM）", [ENCODING_UTF16_LE] = "UTF-16 LE",
        [ENCODING_UTF16_BE] = "UTF-16 BE", [ENCODING_GB18030] = "GB 18030",
    };
    return names[encoding];
}

static size_t line_of(struct str bytes, size_t at)
{
    size_t line = 1;
    for (size_t i = 0; i < at && i < bytes.len; i++) line += bytes.s[i] == '\n';
    return line;
}

static bool fault(struct error *err, size_t line, const char *why)
{
    return sheet_fault(err, ERR_INPUT, line, SIZE_MAX,
                       "%s。请用 WPS 或 Excel 打开原文件检查后，另存为 .xlsx 或 UTF-8 编码的 CSV", why);
}

struct utf8_survey {
    size_t wide;      /* well-formed characters of three or four bytes: Chinese text is made of them */
    size_t malformed; /* bytes */
    size_t first;     /* offset of the first malformed byte */
};

static struct utf8_survey survey(struct str t)
{
    struct utf8_survey s = {0};
    for (size_t at = 0; at < t.len;) {
        size_t from = at;
        uint32_t c = utf8_next(t, &at);
        if (c == 0xFFFD && at - from == 1) {
            if (s.malformed++ == 0) s.first = from;
        } else if (at - from >= 3) {
            s.wide++;
        }
    }
    return s;
}

/* By chance, about one character of GB 18030 text in fifty looks like three-byte UTF-8, and most bytes are malformed.
 */
static bool is_damaged_utf8(const struct utf8_survey *s)
{
    return s->wide >= 4 && s->wide >= s->malformed;
}

enum { CONVERT_OK, CONVERT_MALFORMED, CONVERT_MISSING };

/* Twice the length is enough both ways: GB 18030 has 1, 2 or 4 bytes where UTF-8 has 1, 2 to 3 or 2 to 4. */
static int convert(struct arena *a, const char *to, const char *from, struct str in, struct str *out, size_t *bad)
{
    iconv_t cd = iconv_open(to, from);
    if (cd == (iconv_t)-1) return CONVERT_MISSING;
    size_t room = in.len > SIZE_MAX / 2 - 16 ? SIZE_MAX : in.len * 2 + 16;
    char *start = arena_alloc(a, room);
    char *src = (char *)(uintptr_t)in.s; /* iconv does not write there */
    char *dst = start;
    size_t left = in.len;
    size_t done = iconv(cd, &src, &left, &dst, &room);
    iconv_close(cd);
    *out = (struct str){start, (size_t)(dst - start)};
    *bad = in.len - left;
    return done == (size_t)-1 ? CONVERT_MALFORMED : CONVERT_OK;
}

static bool decode_gb18030(struct arena *a, struct str bytes, struct str *text, struct error *err)
{
    size_t bad = 0;
    switch (convert(a, "UTF-8", "GB18030", bytes, text, &bad)) {
    case CONVERT_MISSING:
        return error_set(err, ERR_IO, "系统缺少 GB 18030 编码转换，请管理员安装 libc 的完整字符集模块");
    case CONVERT_MALFORMED: return fault(err, line_of(bytes, bad), "这一行有既不是 UTF-8 也不是 GB 18030 的字节");
    default: break;
    }
    if (!utf8_valid(*text)) return fault(err, 1, "文件里有不能用的字符");
    return true;
}

struct utf16 {
    struct str bytes;
    size_t at;
    bool big_endian;
};

static uint32_t next_unit(struct utf16 *u)
{
    unsigned char first = (unsigned char)u->bytes.s[u->at];
    unsigned char second = (unsigned char)u->bytes.s[u->at + 1];
    u->at += 2;
    return u->big_endian ? (uint32_t)(first << 8 | second) : (uint32_t)(second << 8 | first);
}

/* False for a surrogate without its partner. */
static bool next_character(struct utf16 *u, uint32_t *c)
{
    *c = next_unit(u);
    if (*c < 0xD800 || *c > 0xDFFF) return true;
    if (*c > 0xDBFF || u->at >= u->bytes.len) return false;
    uint32_t low = next_unit(u);
    if (low < 0xDC00 || low > 0xDFFF) return false;
    *c = 0x10000 + ((*c - 0xD800) << 10) + (low - 0xDC00);
    return true;
}

static bool decode_utf16(struct arena *a, struct str bytes, bool big_endian, struct str *text, struct error *err)
{
    if (bytes.len % 2 != 0)
        return error_set(err, ERR_INPUT, "文件不完整：UTF-16 文本缺了最后一个字节。请重新导出或重新传送这个文件");
    struct utf16 u = {.bytes = bytes, .big_endian = big_endian};
    char *out = arena_array(a, bytes.len / 2 + 1, 3); /* a unit gives three bytes at most, a pair four */
    size_t n = 0;
    size_t line = 1;
    while (u.at < bytes.len) {
        uint32_t c;
        char one[4];
        size_t len;
        if (!next_character(&u, &c) || c == 0 || (len = utf8_encode(c, one)) == 0)
            return fault(err, line, "这一行有不完整的 UTF-16 字符");
        memcpy(out + n, one, len);
        n += len;
        line += c == '\n';
    }
    *text = (struct str){out, n};
    return true;
}

static bool decode_unmarked(struct arena *a, struct str bytes, struct str *text, enum encoding *encoding,
                            struct error *err)
{
    *encoding = ENCODING_UTF8;
    *text = bytes;
    if (utf8_valid(bytes)) return true;
    const char *nul = memchr(bytes.s, 0, bytes.len);
    if (nul) return fault(err, line_of(bytes, (size_t)(nul - bytes.s)), "文件里有空字节，不是文本文件");
    struct utf8_survey s = survey(bytes);
    if (is_damaged_utf8(&s)) return fault(err, line_of(bytes, s.first), "文件是 UTF-8 编码，但这一行有损坏的字节");
    *encoding = ENCODING_GB18030;
    return decode_gb18030(a, bytes, text, err);
}

bool encoding_decode(struct arena *a, struct str bytes, struct str *text, enum encoding *encoding, struct error *err)
{
    *text = STR("");
    if (str_starts(bytes, STR("\xEF\xBB\xBF"))) {
        *encoding = ENCODING_UTF8_BOM;
        *text = str_slice(bytes, 3, bytes.len);
        if (utf8_valid(*text)) return true;
        struct utf8_survey s = survey(*text);
        const char *nul = memchr(text->s, 0, text->len);
        size_t first = s.malformed > 0 ? s.first : nul ? (size_t)(nul - text->s) : 0;
        return fault(err, line_of(*text, first), "文件是 UTF-8 编码，但这一行有损坏的字节");
    }
    bool little = str_starts(bytes, STR("\xFF\xFE"));
    bool big = str_starts(bytes, STR("\xFE\xFF"));
    if (little || big) {
        *encoding = little ? ENCODING_UTF16_LE : ENCODING_UTF16_BE;
        return decode_utf16(a, str_slice(bytes, 2, bytes.len), big, text, err);
    }
    return decode_unmarked(a, bytes, text, encoding, err);
}

bool encoding_to_gb18030(struct arena *a, struct str text, struct str *bytes, struct error *err)
{
    size_t bad = 0;
    switch (convert(a, "GB18030", "UTF-8", text, bytes, &bad)) {
    case CONVERT_MISSING:
        return error_set(err, ERR_IO, "系统缺少 GB 18030 编码转换，请管理员安装 libc 的完整字符集模块");
    case CONVERT_MALFORMED:
        return sheet_fault(err, ERR_INPUT, line_of(text, bad), SIZE_MAX,
                           "这一行有不能写成 GB 18030 的字符，请改用 UTF-8 导出");
    default: return true;
    }
}
