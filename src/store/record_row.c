/* Rows of registers in and out of SQL. */
#include "store/inside.h"

void record_put_head(struct buf *sql)
{
    buf_puts(sql, "self.\"id\", self.\"number\", self.\"stage\", self.\"created_on\", self.\"created_at\", self.\"org\", "
                  "self.\"version\", self.\"voided\"");
}

void record_put_columns(struct buf *sql, const struct reg *reg)
{
    record_put_head(sql);
    for (size_t i = 0; i < reg->field_count; i++) {
        buf_puts(sql, ", self.");
        sql_put_name(sql, reg->fields[i].name);
    }
}

void record_take_head(struct query *q, struct arena *a, int from, struct record_head *head)
{
    *head = (struct record_head){
        .id = query_i64(q, from),
        .number = query_str(q, a, from + 1),
        .stage = query_str(q, a, from + 2),
        .created_on = query_str(q, a, from + 3),
        .created_at = query_i64(q, from + 4),
        .org = query_i64(q, from + 5),
        .version = query_i64(q, from + 6),
        .voided = query_bool(q, from + 7),
    };
}

void record_take_row(struct query *q, struct arena *a, const struct reg *reg, struct record *r)
{
    *r = (struct record){.reg = reg, .values = arena_new_array(a, struct value, reg->field_count)};
    record_take_head(q, a, 0, &r->head);
    for (size_t i = 0; i < reg->field_count; i++) r->values[i] = query_value(q, a, RECORD_HEAD_COLUMNS + (int)i);
}

bool record_take_rows(struct query *q, struct arena *a, const struct reg *reg, struct record_list *list,
                      struct error *err)
{
    size_t cap = 0;
    list->rows = NULL;
    list->count = 0;
    while (query_row(q)) {
        struct record r;
        record_take_row(q, a, reg, &r);
        ARENA_PUSH(a, list->rows, list->count, cap, r);
    }
    return query_finish(q, err);
}
