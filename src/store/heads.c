#include "store/heads.h"

#include <string.h>

#include "store/inside.h"
#include "store/people.h"

struct str chain_head(struct arena *a, int64_t seq, struct str hash)
{
    return str_printf(a, "%lld %.*s", (long long)seq, STR_ARG(hash));
}

/* ---- what a transaction keeps ---- */

static struct office_heads *kept_of(struct conn *c, struct str office)
{
    for (struct office_heads *k = c->heads.list; k; k = k->next)
        if (str_eq(k->office, office)) return k;
    return NULL;
}

void heads_take(struct conn *c, struct str office, struct heads *h)
{
    const struct office_heads *k = kept_of(c, office);
    *h = k ? k->heads : (struct heads){0};
}

void heads_leave(struct conn *c, struct str office, const struct heads *h)
{
    struct office_heads *k = kept_of(c, office);
    if (!k) {
        if (!c->heads.arena) c->heads.arena = arena_open();
        k = arena_new(c->heads.arena, struct office_heads);
        *k = (struct office_heads){.office = str_copy(c->heads.arena, office), .next = c->heads.list};
        c->heads.list = k;
    }
    k->heads = *h;
}

void heads_turn(struct conn *c)
{
    for (struct office_heads *k = c->heads.list; k; k = k->next) k->before = k->heads;
}

void heads_undo_turn(struct conn *c)
{
    for (struct office_heads *k = c->heads.list; k; k = k->next) k->heads = k->before;
}

static bool write_heads(struct conn *c, const struct office_heads *k, struct error *err)
{
    auto_arena a = arena_open();
    const struct chain_end *end = &k->heads.end;
    for (size_t i = 0; i < COUNTERS; i++) {
        const struct counter *n = &k->heads.counters[i];
        if (n->moved && !record_put_seq(c, k->office, n->reg, n->year, n->last, err)) return false;
    }
    return !end->moved ||
           setting_put(c, k->office, STR("chain_head"), chain_head(a, end->seq, str_from(end->hash)), err);
}

bool heads_catch_up(struct conn *c, struct error *err)
{
    for (const struct office_heads *k = c->heads.list; k; k = k->next)
        if (!write_heads(c, k, err)) return false;
    heads_forget(c);
    return true;
}

void heads_forget(struct conn *c)
{
    query_cleanup(&c->heads.asked.q);
    c->heads.asked = (struct heads_asked){0};
    if (c->heads.arena) arena_reset(c->heads.arena);
    c->heads.list = NULL;
}

void heads_close(struct conn *c)
{
    if (c->heads.arena) arena_close(c->heads.arena);
    c->heads = (struct heads_kept){0};
}

/* ---- reading ---- */

/* Those who share a transaction may have their registers from different sets of definitions. */
static bool is_of(const struct counter *k, const struct reg *reg, int year)
{
    bool same = k->reg == reg || (k->reg && reg && str_eq(k->reg->name, reg->name));
    return k->known && k->year == year && same;
}

/* Its place, COUNTERS when it is not known. */
static size_t place_of(const struct heads *h, const struct reg *reg, int year)
{
    size_t i = 0;
    while (i < COUNTERS && !is_of(&h->counters[i], reg, year)) i++;
    return i;
}

static bool knows(const struct heads *h, const struct reg *reg, int year)
{
    return place_of(h, reg, year) < COUNTERS;
}

static void note_counter(struct heads *h, const struct reg *reg, int year, int64_t last)
{
    if (knows(h, reg, year)) return;
    for (size_t i = 0; i < COUNTERS; i++) {
        if (h->counters[i].known) continue;
        h->counters[i] = (struct counter){.reg = reg, .year = year, .last = last, .known = true};
        return;
    }
}

static void note_end(struct heads *h, int64_t seq, struct str hash)
{
    if (h->end.known) return;
    h->end = (struct chain_end){.seq = seq, .known = true};
    memcpy(h->end.hash, hash.s, hash.len < sizeof h->end.hash ? hash.len : sizeof h->end.hash - 1);
}

#define LAST_OF "(select \"last\" from \"fz_seq\" where \"office\" = ? and \"register\" = ? and \"year\" = ?)"

static struct query start_all(struct conn *c, struct str office, const struct reg *reg, int year)
{
    struct query q = query_start(c, "select " LAST_OF ", " LAST_OF ", e.\"seq\", e.\"hash\" from (select 1 as one) as o "
                                    "left join (select \"seq\", \"hash\" from \"fz_act\" where \"office\" = ? "
                                    "order by \"seq\" desc limit 1) as e on o.one = 1");
    query_bind_str(&q, office);
    query_bind_str(&q, STR("")); /* no register has the empty name */
    query_bind_i64(&q, 0);
    query_bind_str(&q, office);
    query_bind_str(&q, reg->name);
    query_bind_i64(&q, year);
    query_bind_str(&q, office);
    return q;
}

/* ---- what was asked for ahead ---- */

void heads_expect(struct conn *c, struct str office, const struct reg *reg, int year, const struct heads *h)
{
    struct heads_asked *ask = &c->heads.asked;
    if (ask->reg || (knows(h, NULL, 0) && knows(h, reg, year))) return;
    if (!c->heads.arena) c->heads.arena = arena_open();
    *ask = (struct heads_asked){str_copy(c->heads.arena, office), reg, year, start_all(c, office, reg, year)};
    query_send(&ask->q);
}

static bool take_all(struct query *q, const struct reg *reg, int year, struct heads *h, struct error *err)
{
    auto_arena a = arena_open();
    if (query_row(q)) {
        note_counter(h, NULL, 0, query_i64(q, 0));
        note_counter(h, reg, year, query_i64(q, 1));
        note_end(h, query_i64(q, 2), query_str(q, a, 3));
    }
    return query_finish(q, err);
}

static bool take_asked(struct conn *c, struct str office, struct heads *h, struct error *err)
{
    struct heads_asked ask = c->heads.asked;
    c->heads.asked = (struct heads_asked){0};
    if (!ask.reg) return true;
    if (str_eq(ask.office, office)) return take_all(&ask.q, ask.reg, ask.year, h, err);
    query_cleanup(&ask.q);
    return true;
}

static bool read_end(struct conn *c, struct str office, struct heads *h, struct error *err)
{
    auto_arena a = arena_open();
    int64_t seq;
    struct str hash;
    if (!act_last(c, a, office, &seq, &hash, err)) return false;
    note_end(h, seq, hash);
    return true;
}

bool heads_end(struct conn *c, struct str office, struct heads *h, struct error *err)
{
    return take_asked(c, office, h, err) && (h->end.known || read_end(c, office, h, err));
}

bool heads_next(struct conn *c, struct str office, const struct reg *reg, int year, struct heads *h, int64_t *n,
                struct error *err)
{
    if (!take_asked(c, office, h, err)) return false;
    if (knows(h, reg, year)) {
        struct counter *known = &h->counters[place_of(h, reg, year)];
        *n = ++known->last;
        known->moved = true;
        return true;
    }
    if (!store_guard(c, err)) return false; /* asking writes */
    if (!(reg ? record_next_seq(c, office, reg, year, n, err) : record_next_id(c, office, n, err))) return false;
    note_counter(h, reg, year, *n);
    return true;
}
