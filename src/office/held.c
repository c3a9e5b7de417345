#include "office/held.h"

#include <string.h>

/* The table has it as it is now. */
static void note_stored(struct held *h)
{
    const struct reg *reg = h->now.reg;
    h->stored.reg = reg;
    h->stored.head = h->now.head;
    if (reg->field_count) memcpy(h->stored.values, h->now.values, reg->field_count * sizeof *h->stored.values);
    h->is_new = h->behind = false;
}

void held_take(struct held *h, struct arena *a, const struct record *r, bool is_new)
{
    *h = (struct held){.now = *r, .knows_deadlines = is_new};
    h->stored.values = arena_new_array(a, struct value, r->reg->field_count);
    h->deadlines = arena_new_array(a, struct held_deadline, r->reg->deadline_count);
    note_stored(h);
    h->is_new = is_new;
}

void held_change(struct held *h, const struct record *now)
{
    h->now = *now;
    h->behind = true;
}

bool held_know_deadlines(struct tx *tx, struct held *h, struct error *err)
{
    const struct reg *reg = h->now.reg;
    struct deadline_row *rows;
    size_t count;
    if (h->knows_deadlines || reg->deadline_count == 0) return true;
    if (!deadline_list_of_record(tx->conn, tx->arena, tx->office->key, reg->name, h->now.head.id, &rows, &count, err))
        return false;
    for (size_t i = 0; i < reg->deadline_count; i++)
        for (size_t k = 0; k < count; k++)
            if (str_eq(rows[k].name, reg->deadlines[i].name)) h->deadlines[i].row = rows[k];
    h->knows_deadlines = true;
    return true;
}

bool held_write(struct tx *tx, struct held *h, struct error *err)
{
    if (h->is_new || h->behind) {
        bool ok = h->is_new ? record_insert_later(tx->conn, tx->office->key, &h->now, err)
                            : record_update(tx->conn, tx->office->key, &h->stored, &h->now, err);
        if (!ok) return false;
        note_stored(h);
    }
    for (size_t i = 0; h->now.reg && i < h->now.reg->deadline_count; i++) {
        if (!h->deadlines[i].moved) continue;
        if (!deadline_put(tx->conn, tx->office->key, &h->deadlines[i].row, err)) return false;
        h->deadlines[i].moved = false;
    }
    return true;
}

bool held_show(struct tx *tx, struct held *h, struct error *err)
{
    return store_guard(tx->conn, err) && held_write(tx, h, err);
}
