#include "store/move.h"

#include <assert.h>

#include "store/inside.h"
#include "store/move_definitions.h"
#include "store/offices.h"

/* Tables that are an office's own, beside those of the registers. Not sessions: people sign in again. Not the text
 * index, which each database makes in its own way. */
static const char *const office_tables[] = {"fz_org",     "fz_account",      "fz_setting",    "fz_seq",
                                            "fz_count",    "fz_deadline",     "fz_fixed_report",
                                            "fz_attachment", "fz_act"};

struct mover {
    struct conn *from, *to;
    struct arena *arena;
    struct str office;
    struct move_counts *counts;
    struct move_registers regs;
};

bool store_offices(struct conn *c, struct arena *a, struct str **keys, size_t *count, struct error *err)
{
    auto_query q = query_start(c, "select \"office\" from \"fz_office\" where exists(select 1 from \"fz_act\" where "
                                  "\"fz_act\".\"office\" = \"fz_office\".\"office\") order by \"office\"");
    size_t cap = 0;
    *keys = NULL;
    *count = 0;
    while (query_row(&q)) ARENA_PUSH(a, *keys, *count, cap, query_str(&q, a, 0));
    return query_finish(&q, err);
}

static struct query select_table(struct mover *m, struct str table, const struct column *columns, size_t count)
{
    struct buf sql = sql_in(m->from);
    buf_puts(&sql, "select ");
    for (size_t i = 0; i < count; i++) {
        if (i) buf_puts(&sql, ", ");
        sql_put_name(&sql, columns[i].name);
    }
    buf_puts(&sql, " from ");
    sql_put_name(&sql, table);
    buf_puts(&sql, " where \"office\" = ?");
    return query_start_text(m->from, buf_str(&sql));
}

/* The columns that both sides have: a column whose field vanished from the definitions may be on one side only. */
static bool common_columns(struct mover *m, struct str table, struct column **columns, size_t *count, struct error *err)
{
    struct column *to;
    size_t to_count, kept = 0;
    if (!m->from->backend->table_columns(m->from, m->arena, table, columns, count, err) ||
        !m->to->backend->table_columns(m->to, m->arena, table, &to, &to_count, err))
        return false;
    for (size_t i = 0; i < *count; i++)
        for (size_t k = 0; k < to_count; k++)
            if (str_eq((*columns)[i].name, to[k].name)) {
                (*columns)[kept++] = (*columns)[i];
                break;
            }
    *count = kept;
    return true;
}

static bool copy_table(struct mover *m, struct str table, int64_t *rows, struct error *err)
{
    struct column *columns;
    size_t count;
    if (!common_columns(m, table, &columns, &count, err)) return false;
    struct value *values = arena_new_array(m->arena, struct value, count);
    auto_arena row = arena_open();
    auto_query q = select_table(m, table, columns, count);
    query_bind_str(&q, m->office);
    query_stream(&q);
    void *bulk = m->to->backend->bulk_begin(m->to, table, columns, count, err);
    bool ok = bulk != NULL;
    for (*rows = 0; ok && query_row(&q); ++*rows) {
        arena_reset(row);
        for (size_t i = 0; i < count; i++) values[i] = query_value(&q, row, (int)i);
        ok = m->to->backend->bulk_row(bulk, values, count, err);
    }
    if (bulk && !m->to->backend->bulk_end(bulk, ok, err)) ok = false;
    m->counts->rows += *rows;
    struct error fault;
    bool read = query_finish(&q, &fault);
    if (ok && !read && err) *err = fault;
    return ok && read;
}

static bool copy_registers(struct mover *m, struct error *err)
{
    for (size_t i = 0; i < m->regs.count; i++) {
        int64_t rows;
        const struct reg *reg = m->regs.list[i];
        if (!move_columns(m->from, m->to, m->arena, reg->name, err) || !copy_table(m, reg->name, &rows, err) || !register_index_words(m->to, reg, m->office, err)) return false;
    }
    return true;
}

static bool copy_attachments(struct mover *m, struct error *err)
{
    auto_query q = query_start(m->from, "select \"digest\" from \"fz_attachment\" where \"office\" = ? order by \"digest\"");
    query_bind_str(&q, m->office);
    while (query_row(&q)) {
        auto_arena a = arena_open();
        struct str digest = query_str(&q, a, 0), bytes;
        if (!m->from->backend->file_get(m->from, a, m->office, digest, &bytes, err) ||
            !m->to->backend->file_put(m->to, m->office, digest, bytes, err))
            return false;
        m->counts->attachments++;
    }
    return query_finish(&q, err);
}

static bool is_there(struct conn *c, struct str office, bool *there, struct error *err)
{
    auto_query q = query_start(c, "select 1 from \"fz_act\" where \"office\" = ? limit 1");
    query_bind_str(&q, office);
    *there = query_row(&q);
    return query_finish(&q, err);
}

static bool copy_name(struct mover *m, struct office_row *row, struct error *err)
{
    return offices_get(m->from, m->arena, m->office, row, err) && offices_put(m->to, row, err);
}

static bool copy_all(struct mover *m, struct error *err)
{
    bool there;
    struct office_row name;
    if (!is_there(m->to, m->office, &there, err)) return false;
    if (there) return error_set(err, ERR_CONFLICT, "目标里已经有这个单位的数据，没有移入");
    if (!copy_name(m, &name, err) ||
        !move_from_above(m->from, m->to, m->arena, name.code, &m->regs, err) || !copy_registers(m, err))
        return false;
    for (size_t i = 0; i < sizeof office_tables / sizeof *office_tables; i++) {
        int64_t rows;
        struct str table = str_from(office_tables[i]);
        if (!copy_table(m, table, &rows, err)) return false;
        if (str_is(table, "fz_act")) m->counts->acts = rows;
    }
    return copy_attachments(m, err);
}

bool store_copy_office(struct store *from, struct store *to, struct str office, struct move_counts *counts,
                       struct error *err)
{
    assert(from != to);
    *counts = (struct move_counts){0};
    auto_arena a = arena_open();
    struct mover m = {.arena = a, .office = office, .counts = counts};
    m.from = store_read(from, err);
    if (!m.from) return false;
    m.to = store_write(to, office, err);
    bool ok = m.to && copy_all(&m, err);
    if (m.to && !ok) store_rollback(m.to);
    if (ok) ok = store_commit(m.to, err);
    move_registers_close(&m.regs);
    store_done(m.from);
    return ok;
}
