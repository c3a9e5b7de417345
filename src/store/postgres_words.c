/* The text index on PostgreSQL: our own tokens as a tsvector under GIN, without its dictionaries.
 *
 * Every lexeme begins with a short hash of office and register, so that a common word of one office does not walk
 * through the matters of all the others. The index finds records that hold all tokens; that pairs follow each other is
 * then looked up in the text of the tokens, which gives exactly the records that hold the words. */
#include "base/utf8.h"
#include "store/postgres.h"

enum { SCOPE = 4, LEXEME_MOST = 200, VECTOR_MOST = 800 * 1000 };

bool postgres_words_make(struct conn *c, struct error *err)
{
    return conn_execute(c,
                        "create table if not exists \"fz_words\" (\"office\" text collate \"C\" not null, "
                        "\"register\" text collate \"C\" not null, \"record\" bigint not null, "
                        "\"pairs\" text collate \"C\" not null, \"tokens\" tsvector not null, "
                        "primary key (\"office\", \"register\", \"record\"))",
                        err) &&
           conn_execute(c, "create index if not exists \"fz_words_tokens\" on \"fz_words\" using gin (\"tokens\")", err);
}

/* Four letters and digits that stand for office and register. */
static void put_scope(struct buf *b, struct str office, struct str reg)
{
    static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < office.len; i++) h = (h ^ (unsigned char)office.s[i]) * 16777619u;
    h = (h ^ '/') * 16777619u;
    for (size_t i = 0; i < reg.len; i++) h = (h ^ (unsigned char)reg.s[i]) * 16777619u;
    for (int i = 0; i < SCOPE; i++, h >>= 5) buf_putc(b, digits[h & 31]);
}

static bool is_gap(struct str token)
{
    return token.len == 0 || str_is(token, "·");
}

static struct str cut(struct str token)
{
    return str_slice(token, 0, utf8_cut(token, LEXEME_MOST));
}

static void put_lexemes(struct buf *b, struct str office, struct str reg, struct str tokens)
{
    for (struct str token; b->len < VECTOR_MOST && str_split(&tokens, ' ', &token);) {
        if (is_gap(token)) continue;
        buf_putc(b, ' ');
        put_scope(b, office, reg);
        buf_put(b, cut(token));
    }
}

bool postgres_words_put(struct conn *c, struct str office, struct str reg, int64_t id, const struct words *w,
                        struct error *err)
{
    auto_arena a = arena_open();
    struct buf lexemes = buf_in(a);
    put_lexemes(&lexemes, office, reg, buf_str(&w->pairs));
    put_lexemes(&lexemes, office, reg, buf_str(&w->chars));
    auto_query q = query_start(
        c, "insert into \"fz_words\" (\"office\", \"register\", \"record\", \"pairs\", \"tokens\") "
           "values (?, ?, ?, ?, cast(cast(? as text) as tsvector)) on conflict (\"office\", \"register\", \"record\") "
           "do update set \"pairs\" = excluded.\"pairs\", \"tokens\" = excluded.\"tokens\"");
    query_bind_str(&q, office);
    query_bind_str(&q, reg);
    query_bind_i64(&q, id);
    query_bind_str(&q, str_printf(a, " %.*s ", STR_ARG(buf_str(&w->pairs))));
    query_bind_str(&q, buf_str(&lexemes));
    return query_run(&q, NULL, err);
}

/* Parameters stand in one row, so that each may be used more than once. */
const char postgres_words_condition[] =
    "self.\"id\" in (select w.\"record\" from (select cast(? as text) as office, cast(? as text) as register, "
    "cast(? as text) as q) as p join \"fz_words\" as w on w.\"office\" = p.office and w.\"register\" = p.register "
    "where w.\"tokens\" @@ cast(split_part(p.q, e'\\n', 1) as tsquery) and "
    "w.\"pairs\" like all (string_to_array(split_part(p.q, e'\\n', 2), '|')))";

static void put_query(struct buf *b, struct str office, struct str reg, const struct word_term *term)
{
    struct str rest = term->tokens;
    for (struct str token; str_split(&rest, ' ', &token);) {
        buf_puts(b, b->len ? " & " : "");
        put_scope(b, office, reg);
        buf_put(b, cut(token));
        if (term->kind == TERM_PREFIX && token.len <= LEXEME_MOST) buf_puts(b, ":*");
    }
}

/* One pair alone, or one character, is known from the index. Tokens hold letters and digits alone: nothing in them has
 * a meaning to tsquery, like or string_to_array. */
static void put_pattern(struct buf *b, const struct word_term *term)
{
    bool told = term->kind == TERM_CHAR || (term->kind == TERM_PAIRS && !str_contains(term->tokens, STR(" ")));
    if (told) return;
    buf_putf(b, "%s%% %.*s%s", b->len ? "|" : "", STR_ARG(term->tokens), term->kind == TERM_PREFIX ? "%" : " %");
}

struct str postgres_words_match(struct arena *a, struct str office, struct str reg, const struct word_term *terms,
                                size_t count)
{
    struct buf query = buf_in(a), patterns = buf_in(a);
    for (size_t i = 0; i < count; i++) {
        put_query(&query, office, reg, &terms[i]);
        put_pattern(&patterns, &terms[i]);
    }
    return str_printf(a, "%.*s\n%.*s", STR_ARG(buf_str(&query)), STR_ARG(buf_str(&patterns)));
}
