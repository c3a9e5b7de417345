#include "web/place.h"

#include "base/sm3.h"
#include "base/utf8.h"

/* ---- places as text: i12.t323032342d30312d3031.n ---- */

static void put_value(struct buf *b, struct value v)
{
    switch (v.kind) {
    case VALUE_INT:
        buf_putc(b, 'i');
        buf_put_i64(b, v.i);
        break;
    case VALUE_TEXT:
        buf_putc(b, 't');
        buf_put(b, hex_text(b->arena, (const unsigned char *)v.t.s, v.t.len));
        break;
    default: buf_putc(b, 'n'); break;
    }
}

struct str place_value(struct arena *a, enum list_from from, const struct list_place *place)
{
    struct buf b = buf_in(a);
    buf_puts(&b, from == LIST_BEFORE ? "before-" : "after-");
    for (size_t i = 0; i < place->count; i++) {
        if (i) buf_putc(&b, '.');
        put_value(&b, place->values[i]);
    }
    return buf_str(&b);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_hex(struct arena *a, struct str hex, struct value *v)
{
    struct buf b = buf_in(a);
    for (size_t i = 0; i + 1 < hex.len; i += 2) {
        int high = hex_digit(hex.s[i]), low = hex_digit(hex.s[i + 1]);
        if (high < 0 || low < 0) return false;
        buf_putc(&b, (char)(high * 16 + low));
    }
    *v = value_text(buf_str(&b));
    return hex.len % 2 == 0 && utf8_valid(v->t);
}

static bool read_value(struct arena *a, struct str part, struct value *v)
{
    struct str rest = str_slice(part, 1, part.len);
    *v = value_null();
    if (str_starts(part, STR("t"))) return read_hex(a, rest, v);
    if (!str_starts(part, STR("i"))) return str_is(part, "n");
    v->kind = VALUE_INT;
    return str_to_i64(rest, &v->i);
}

static bool read_place(struct arena *a, struct str text, struct list_place *place)
{
    *place = (struct list_place){0};
    for (struct str part; str_split(&text, '.', &part);)
        if (place->count == LIST_KEYS_MOST || !read_value(a, part, &place->values[place->count++])) return false;
    return place->count > 0;
}

bool place_read(struct request *rq, const char *name, enum list_from *from, struct list_place *place,
                struct error *err)
{
    static const struct str after = {"after-", 6}, before = {"before-", 7};
    struct str text = request_query(rq, name);
    *from = str_is(text, "last") ? LIST_LAST : LIST_FIRST;
    if (text.len == 0 || *from == LIST_LAST) return true;
    *from = str_starts(text, before) ? LIST_BEFORE : LIST_AFTER;
    struct str prefix = *from == LIST_BEFORE ? before : after;
    if (str_starts(text, prefix) && read_place(rq->arena, str_slice(text, prefix.len, text.len), place)) return true;
    return error_at(err, ERR_INPUT, str_from(name), "这一页的位置读不懂，请从第一页看起");
}

/* ---- pagers ---- */

static struct str page_href(struct request *rq, const char *name, struct str value, struct str anchor)
{
    struct str href = app_url_with(rq, rq->path, name, value);
    return anchor.len ? str_printf(rq->arena, "%.*s#%.*s", STR_ARG(href), STR_ARG(anchor)) : href;
}

struct pager_view place_pager(struct request *rq, const char *name, const struct shown_page *page, struct str anchor)
{
    struct pager_view v = {.shown = page->rows, .total = page->total, .more = page->more};
    if (page->before) {
        v.first = page_href(rq, name, STR(""), anchor);
        v.previous = page_href(rq, name, place_value(rq->arena, LIST_BEFORE, &page->first), anchor);
    }
    if (page->after) {
        v.next = page_href(rq, name, place_value(rq->arena, LIST_AFTER, &page->last), anchor);
        v.last = page_href(rq, name, STR("last"), anchor);
    }
    return v;
}

bool place_list(struct request *rq, struct conn *c, struct list_query *q, struct record_list *list, struct error *err)
{
    if (!record_list(c, rq->arena, q, list, err)) return false;
    if (q->from != LIST_BEFORE || list->before || (int64_t)list->count == q->limit) return true;
    q->from = LIST_FIRST;
    return record_list(c, rq->arena, q, list, err);
}

bool place_list_pager(struct request *rq, const char *name, const struct list_query *q, const struct record_list *list,
                      struct str anchor, struct pager_view *pager, struct error *err)
{
    struct shown_page page = {.rows = (int64_t)list->count,
                              .total = list->total,
                              .more = list->more,
                              .before = list->before,
                              .after = list->after};
    if (list->count && (!list_place_of(rq->arena, q, &list->rows[0], &page.first, err) ||
                        !list_place_of(rq->arena, q, &list->rows[list->count - 1], &page.last, err)))
        return false;
    /* Behind the last row, when others took it away meanwhile: the way back leads to the first page. */
    page.after = page.after && list->count;
    *pager = place_pager(rq, name, &page, anchor);
    if (list->count == 0) pager->previous = STR("");
    return true;
}
