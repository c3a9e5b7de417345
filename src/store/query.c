#include "store/query.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "store/inside.h"

/* ---- SQL text ---- */

struct buf sql_in(struct conn *c)
{
    arena_reset(c->scratch);
    return buf_in(c->scratch);
}

static bool is_name(struct str name)
{
    if (name.len == 0 || name.len > 100) return false;
    for (size_t i = 0; i < name.len; i++) {
        char ch = name.s[i];
        bool letter = ch >= 'a' && ch <= 'z';
        bool later = (ch >= '0' && ch <= '9') || ch == '_';
        if (!letter && !(later && i > 0)) return false;
    }
    return true;
}

void sql_put_name(struct buf *sql, struct str name)
{
    /* Not assert(): in a release build too nothing but a name may pass. */
    if (!is_name(name)) abort();
    buf_putc(sql, '"');
    buf_put(sql, name);
    buf_putc(sql, '"');
}

void sql_put_marks(struct buf *sql, size_t count)
{
    for (size_t i = 0; i < count; i++) buf_puts(sql, i ? ", ?" : "?");
}

size_t sql_room(size_t count)
{
    size_t room = 1;
    while (room < count) room *= 2;
    return room;
}

void sql_bind_room(struct query *q, const int64_t *list, size_t count)
{
    size_t room = sql_room(count);
    for (size_t i = 0; i < room; i++) query_bind_i64(q, list[i < count ? i : count - 1]);
}

/* ---- the cache of prepared statements ---- */

/* Eight bytes a step: the texts are long, and the same ones come again and again. */
static uint64_t hash_of(struct str t)
{
    uint64_t h = 1469598103934665603u ^ t.len;
    size_t i = 0;
    for (; i + 8 <= t.len; i += 8) {
        uint64_t eight;
        memcpy(&eight, t.s + i, 8);
        h = (h ^ eight) * 0x9E3779B97F4A7C15u;
        h ^= h >> 32;
    }
    for (; i < t.len; i++) h = (h ^ (unsigned char)t.s[i]) * 1099511628211u;
    return h ^ h >> 29;
}

static int16_t *bucket_of(struct conn *c, uint64_t hash)
{
    return &c->buckets[hash % STATEMENT_BUCKETS];
}

static int find_cached(struct conn *c, uint64_t hash, struct str sql)
{
    for (int i = *bucket_of(c, hash); i; i = c->cache[i - 1].next)
        if (c->cache[i - 1].hash == hash && str_eq(c->cache[i - 1].text, sql)) return i - 1;
    return -1;
}

static void forget(struct conn *c, int at)
{
    struct cached_statement *entry = &c->cache[at];
    int16_t *link = bucket_of(c, entry->hash);
    while (*link != at + 1) link = &c->cache[*link - 1].next;
    *link = entry->next;
    c->backend->finalize(entry->statement);
    free((char *)(uintptr_t)entry->text.s);
    *entry = (struct cached_statement){0};
}

/* A place for one more statement: a new one, or that of the statement unused for longest; -1 when all run. */
static int free_slot(struct conn *c)
{
    if (c->cached < STATEMENT_CACHE) return c->cached++;
    int oldest = -1;
    for (int i = 0; i < c->cached; i++) {
        if (c->cache[i].in_use) continue;
        if (oldest < 0 || c->cache[i].used_at < c->cache[oldest].used_at) oldest = i;
    }
    if (oldest >= 0) forget(c, oldest);
    return oldest;
}

bool text_keep(struct str text, struct str *kept)
{
    char *copy = malloc(text.len + 1);
    if (!copy) return false;
    memcpy(copy, text.s, text.len);
    copy[text.len] = '\0';
    *kept = (struct str){copy, text.len};
    return true;
}

static void keep(struct query *q, uint64_t hash, struct str sql)
{
    struct str text;
    if (!text_keep(sql, &text)) return;
    int slot = free_slot(q->conn);
    if (slot < 0) {
        free((char *)(uintptr_t)text.s);
        return;
    }
    int16_t *bucket = bucket_of(q->conn, hash);
    q->conn->cache[slot] = (struct cached_statement){.hash = hash,
                                                     .text = text,
                                                     .statement = q->statement,
                                                     .in_use = true,
                                                     .used_at = ++q->conn->tick,
                                                     .next = *bucket};
    *bucket = (int16_t)(slot + 1);
    q->slot = slot;
}

struct query query_start_text(struct conn *c, struct str sql)
{
    struct query q = {.conn = c, .slot = -1};
    uint64_t hash = hash_of(sql);
    int at = find_cached(c, hash, sql);
    if (at >= 0 && !c->cache[at].in_use) {
        c->cache[at].in_use = true;
        c->cache[at].used_at = ++c->tick;
        q.statement = c->cache[at].statement;
        q.slot = at;
        return q;
    }
    q.statement = c->backend->prepare(c, sql);
    q.failed = !q.statement;
    /* The same text running twice at once (a query inside a query) stays out of the cache. */
    if (q.statement && at < 0) keep(&q, hash, sql);
    return q;
}

struct query query_start(struct conn *c, const char *text, ...)
{
    struct buf sql = sql_in(c);
    va_list args;
    va_start(args, text);
    for (const char *p = text; *p; p++) {
        size_t plain = strcspn(p, "%");
        buf_put(&sql, (struct str){p, plain});
        p += plain;
        if (!*p) break;
        switch (*++p) {
        case 'T': sql_put_name(&sql, va_arg(args, const struct reg *)->name); break;
        case 'F': sql_put_name(&sql, va_arg(args, const struct field *)->name); break;
        case 'N': sql_put_name(&sql, va_arg(args, struct str)); break;
        default: abort();
        }
    }
    va_end(args);
    return query_start_text(c, buf_str(&sql));
}

/* ---- values ---- */

void query_bind_value(struct query *q, struct value v)
{
    if (q->failed) return;
    bool bad = v.kind == VALUE_TEXT && (!utf8_valid(v.t) || (v.t.len && memchr(v.t.s, 0, v.t.len)));
    if (bad) {
        error_set(&q->conn->fault, ERR_INPUT, "文字里有不能保存的字节（不是有效的 UTF-8），请检查输入");
        q->failed = true;
        return;
    }
    q->failed = !q->conn->backend->bind(q->conn, q->statement, q->bound++, v);
}

void query_bind_str(struct query *q, struct str t)
{
    query_bind_value(q, value_text(t));
}

void query_bind_text(struct query *q, struct str t)
{
    query_bind_value(q, t.len ? value_text(t) : value_null());
}

void query_bind_i64(struct query *q, int64_t n)
{
    query_bind_value(q, value_int(n));
}

void query_bind_bool(struct query *q, bool b)
{
    query_bind_value(q, value_int(b));
}

void query_bind_values(struct query *q, const struct value *values, size_t count)
{
    for (size_t i = 0; i < count; i++) query_bind_value(q, values[i]);
}

bool query_row(struct query *q)
{
    if (q->failed) return false;
    int step = q->conn->backend->step(q->conn, q->statement);
    q->failed = step < 0;
    return step > 0;
}

int64_t query_i64(struct query *q, int column)
{
    struct value v = q->conn->backend->column(q->statement, column);
    return v.kind == VALUE_INT ? v.i : 0;
}

bool query_bool(struct query *q, int column)
{
    return query_i64(q, column) != 0;
}

struct str query_str(struct query *q, struct arena *a, int column)
{
    struct value v = q->conn->backend->column(q->statement, column);
    return v.kind == VALUE_TEXT ? str_copy(a, v.t) : STR("");
}

struct value query_value(struct query *q, struct arena *a, int column)
{
    struct value v = q->conn->backend->column(q->statement, column);
    if (v.kind == VALUE_TEXT) v.t = str_copy(a, v.t);
    return v;
}

void query_stream(struct query *q)
{
    if (!q->failed && q->conn->backend->stream) q->conn->backend->stream(q->statement);
}

void query_send(struct query *q)
{
    if (!q->failed && q->conn->backend->send) q->failed = !q->conn->backend->send(q->conn, q->statement);
}

void query_cleanup(struct query *q)
{
    if (!q->statement) return;
    if (q->slot >= 0) {
        q->conn->backend->reset(q->statement);
        q->conn->cache[q->slot].in_use = false;
    } else {
        q->conn->backend->finalize(q->statement);
    }
    q->statement = NULL;
}

bool query_finish(struct query *q, struct error *err)
{
    query_cleanup(q);
    if (q->failed && err) *err = q->conn->fault;
    return !q->failed;
}

static bool may_wait(const struct query *q)
{
    return q->conn->backend->later && q->conn->writer;
}

bool query_run(struct query *q, int64_t *changed, struct error *err)
{
    if (!changed && !q->failed && may_wait(q)) {
        q->failed = !q->conn->backend->later(q->conn, q->statement, NULL);
        return query_finish(q, err);
    }
    while (query_row(q)) continue;
    if (changed) *changed = q->failed ? 0 : q->conn->backend->changes(q->conn, q->statement);
    return query_finish(q, err);
}

void sql_begin_must(struct conn *c, struct buf *sql)
{
    if (c->backend->must_before) buf_puts(sql, c->backend->must_before);
}

void sql_end_must(struct conn *c, struct buf *sql)
{
    if (c->backend->must_after) buf_puts(sql, c->backend->must_after);
}

bool refuse(const struct refusal *refusal, struct error *err)
{
    return error_at(err, refusal->code, str_from(refusal->where), "%s", refusal->say);
}

bool query_run_must(struct query *q, const struct refusal *refusal, struct error *err)
{
    if (!q->failed && may_wait(q)) {
        q->failed = !q->conn->backend->later(q->conn, q->statement, refusal);
        return query_finish(q, err);
    }
    int64_t changed;
    if (!query_run(q, &changed, err)) return false;
    return changed == 1 || refuse(refusal, err);
}
