/* Masking of private values, as offices do it (S-67): what is left tells a clerk which record it is, and no more. */
#include "base/buf.h"
#include "base/utf8.h"
#include "model/model.h"

static const char *const compound_surnames[] = {
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "宇文",
    "长孙", "司徒", "司空", "夏侯", "轩辕", "端木", "南宫", "百里", "呼延", "澹台", "淳于",
};

static void stars(struct buf *b, size_t n)
{
    for (size_t i = 0; i < n; i++) buf_putc(b, '*');
}

/* The first `head` and the last `tail` characters; stars between, as many as were there. */
static struct str keep(struct arena *a, struct str t, size_t head, size_t tail)
{
    size_t chars = utf8_length(t), n = 0;
    struct buf b = buf_in(a);
    if (chars <= head + tail) { /* too short to show anything */
        stars(&b, chars);
        return buf_str(&b);
    }
    for (size_t at = 0; at < t.len; n++) {
        size_t start = at;
        (void)utf8_next(t, &at);
        if (n < head || n >= chars - tail)
            buf_put(&b, str_slice(t, start, at));
        else
            buf_putc(&b, '*');
    }
    return buf_str(&b);
}

static struct str mask_name(struct arena *a, struct str t)
{
    for (size_t i = 0; i < sizeof compound_surnames / sizeof *compound_surnames; i++)
        if (str_starts(t, str_from(compound_surnames[i])) && utf8_length(t) > 2) return keep(a, t, 2, 0);
    return keep(a, t, 1, 0);
}

static bool only_digits(struct str t)
{
    for (size_t i = 0; i < t.len; i++)
        if (t.s[i] < '0' || t.s[i] > '9') return false;
    return t.len > 0;
}

/* 138****1234; a landline loses its last four digits. */
static struct str mask_phone(struct arena *a, struct str t)
{
    if (t.len == 11 && only_digits(t) && t.s[0] == '1') return keep(a, t, 3, 4);
    size_t chars = utf8_length(t);
    struct buf b = buf_in(a);
    if (chars <= 4) {
        stars(&b, chars);
        return buf_str(&b);
    }
    size_t n = 0, at = 0;
    for (; n < chars - 4; n++) (void)utf8_next(t, &at);
    buf_put(&b, str_slice(t, 0, at));
    stars(&b, 4);
    return buf_str(&b);
}

/* Up to the community, else the street; nothing when neither is named. */
static struct str mask_address(struct arena *a, struct str t)
{
    static const char *const ends[] = {"社区", "村", "街道", "镇", "乡"};
    struct buf b = buf_in(a);
    for (size_t i = 0; i < sizeof ends / sizeof *ends && b.len == 0; i++) {
        size_t at = str_find(t, str_from(ends[i]), 0);
        if (at == SIZE_MAX || at == 0) continue;
        at += str_from(ends[i]).len;
        buf_put(&b, str_slice(t, 0, at));
        if (at == t.len) return buf_str(&b);
    }
    stars(&b, 4);
    return buf_str(&b);
}

struct str field_mask(struct arena *a, const struct field *f, struct str shown)
{
    if (!f->private_ || shown.len == 0) return shown;
    switch (f->private_->mask) {
    case MASK_NAME: return mask_name(a, shown);
    case MASK_ID: return keep(a, shown, 6, 4);
    case MASK_PHONE: return mask_phone(a, shown);
    case MASK_ADDRESS: return mask_address(a, shown);
    case MASK_ALL: return STR("****");
    }
    return STR("****");
}
