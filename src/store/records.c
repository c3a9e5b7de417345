/* Single records: insert, update, get, find. */
#include "store/inside.h"

#include "base/utf8.h"
#include "store/orders.h"

/* ---- numbers ---- */

/* The counter (register, year) moved on by one. */
static bool next_of(struct conn *c, struct str office, struct str reg, int64_t year, int64_t *n, struct error *err)
{
    auto_query q = query_start(c, "insert into \"fz_seq\" (\"office\", \"register\", \"year\", \"last\") values (?, ?, ?, 1) "
                                  "on conflict (\"office\", \"register\", \"year\") do update set "
                                  "\"last\" = \"fz_seq\".\"last\" + 1 returning \"last\"");
    query_bind_str(&q, office);
    query_bind_str(&q, reg);
    query_bind_i64(&q, year);
    *n = query_row(&q) ? query_i64(&q, 0) : 0;
    while (query_row(&q)) continue;
    return query_finish(&q, err);
}

bool record_next_id(struct conn *c, struct str office, int64_t *id, struct error *err)
{
    return next_of(c, office, STR(""), 0, id, err); /* no register has the empty name */
}

bool record_next_seq(struct conn *c, struct str office, const struct reg *reg, int year, int64_t *seq, struct error *err)
{
    return next_of(c, office, reg->name, year, seq, err);
}

bool record_put_seq(struct conn *c, struct str office, const struct reg *reg, int year, int64_t last, struct error *err)
{
    auto_query q = query_start(c, "insert into \"fz_seq\" (\"office\", \"register\", \"year\", \"last\") values (?, ?, ?, ?) "
                                  "on conflict (\"office\", \"register\", \"year\") do update set \"last\" = excluded.\"last\"");
    query_bind_str(&q, office);
    query_bind_str(&q, reg ? reg->name : STR(""));
    query_bind_i64(&q, year);
    query_bind_i64(&q, last);
    return query_run(&q, NULL, err);
}

/* ---- writing ---- */

static struct value org_value(int64_t org)
{
    return org ? value_int(org) : value_null();
}

/* When a database is told that a register has grown within one transaction: at 200 records, 800, 2600, … */
enum { GROWTH_FIRST = 200, GROWTH = 3 };

static struct query start_insert(struct conn *c, struct str office, const struct record *r, const char *end)
{
    const struct reg *reg = r->reg;
    struct buf sql = sql_in(c);
    buf_puts(&sql, "insert into ");
    sql_put_name(&sql, reg->name);
    buf_puts(&sql, " (\"office\", \"id\", \"number\", \"stage\", \"created_on\", \"created_at\", \"org\", \"version\", \"voided\"");
    for (size_t i = 0; i < reg->field_count; i++) {
        buf_puts(&sql, ", ");
        sql_put_name(&sql, reg->fields[i].name);
    }
    buf_puts(&sql, ") values (");
    sql_put_marks(&sql, 9 + reg->field_count);
    buf_putf(&sql, ")%s", end);
    struct query q = query_start_text(c, buf_str(&sql));
    query_bind_str(&q, office);
    query_bind_i64(&q, r->head.id);
    query_bind_str(&q, r->head.number);
    query_bind_str(&q, r->head.stage);
    query_bind_text(&q, r->head.created_on);
    query_bind_i64(&q, r->head.created_at);
    query_bind_value(&q, org_value(r->head.org));
    query_bind_i64(&q, r->head.version);
    query_bind_bool(&q, r->head.voided);
    query_bind_values(&q, r->values, reg->field_count);
    return q;
}

/* What follows from a new record. */
static bool note_insert(struct conn *c, struct str office, const struct record *r, struct error *err)
{
    const struct reg *reg = r->reg;
    words_later(c, office, reg, r->head.id);
    if (c->backend->grown && ++c->inserted >= c->inserted_told * GROWTH + GROWTH_FIRST) {
        c->inserted_told = c->inserted;
        if (!c->backend->grown(c, reg, err)) return false;
    }
    if (!r->head.voided) counts_add(c, office, reg, r->head.stage, 1);
    return true;
}

static const struct refusal number_taken = {ERR_CONFLICT, RECORD_NUMBER, "已经有同一编号的记录"};

bool record_insert(struct conn *c, struct str office, const struct record *r, struct error *err)
{
    /* A number that is taken is an answer, not a fault, which PostgreSQL would end the transaction for. */
    auto_query q = start_insert(c, office, r, " on conflict do nothing");
    int64_t made;
    if (!query_run(&q, &made, err)) return false;
    return made == 1 ? note_insert(c, office, r, err) : refuse(&number_taken, err);
}

bool record_insert_later(struct conn *c, struct str office, const struct record *r, struct error *err)
{
    if (!c->backend->later) return record_insert(c, office, r, err);
    auto_query q = start_insert(c, office, r, "");
    return query_run_must(&q, &number_taken, err) && note_insert(c, office, r, err);
}

static void move_counts(struct conn *c, struct str office, const struct record *was, const struct record *is)
{
    if (was->head.voided == is->head.voided && (is->head.voided || str_eq(was->head.stage, is->head.stage))) return;
    if (!was->head.voided) counts_add(c, office, is->reg, was->head.stage, -1);
    if (!is->head.voided) counts_add(c, office, is->reg, is->head.stage, 1);
}

/* A column of the head that acts may change. */
struct head_column {
    const char *name;
    struct value before, after;
};
enum { HEAD_CHANGEABLE = 6 };

static struct value date_value(struct str date)
{
    return date.len ? value_text(date) : value_null();
}

static void head_columns(const struct record_head *b, const struct record_head *a,
                         struct head_column columns[HEAD_CHANGEABLE])
{
    columns[0] = (struct head_column){"version", value_int(b->version), value_int(a->version)};
    columns[1] = (struct head_column){"number", value_text(b->number), value_text(a->number)};
    columns[2] = (struct head_column){"stage", value_text(b->stage), value_text(a->stage)};
    columns[3] = (struct head_column){"created_on", date_value(b->created_on), date_value(a->created_on)};
    columns[4] = (struct head_column){"org", org_value(b->org), org_value(a->org)};
    columns[5] = (struct head_column){"voided", value_int(b->voided), value_int(a->voided)};
}

/* Only what differs is named: naming a column makes SQLite write its indexes anew, changed or not. */
bool record_update(struct conn *c, struct str office, const struct record *before, const struct record *after,
                   struct error *err)
{
    static const struct refusal changed = {ERR_CONFLICT, "", "这条记录刚被别人改动过，请刷新后再办"};
    const struct reg *reg = after->reg;
    struct head_column head[HEAD_CHANGEABLE];
    head_columns(&before->head, &after->head, head);
    auto_arena a = arena_open();
    struct value *values = arena_new_array(a, struct value, HEAD_CHANGEABLE + reg->field_count);
    size_t n = 0;
    struct buf sql = sql_in(c);
    sql_begin_must(c, &sql);
    buf_puts(&sql, "update ");
    sql_put_name(&sql, reg->name);
    for (size_t i = 0; i < HEAD_CHANGEABLE; i++) {
        if (value_eq(head[i].before, head[i].after)) continue;
        buf_putf(&sql, "%s\"%s\" = ?", n ? ", " : " set ", head[i].name);
        values[n++] = head[i].after;
    }
    for (size_t i = 0; i < reg->field_count; i++) {
        if (value_eq(before->values[i], after->values[i])) continue;
        buf_puts(&sql, n ? ", " : " set ");
        sql_put_name(&sql, reg->fields[i].name);
        buf_puts(&sql, " = ?");
        values[n++] = after->values[i];
    }
    if (n == 0) return true;
    buf_puts(&sql, " where \"office\" = ? and \"id\" = ? and \"version\" = ?");
    sql_end_must(c, &sql);
    auto_query q = query_start_text(c, buf_str(&sql));
    query_bind_values(&q, values, n);
    query_bind_str(&q, office);
    query_bind_i64(&q, after->head.id);
    query_bind_i64(&q, before->head.version);
    if (!query_run_must(&q, &changed, err)) return false;
    if (!words_change(c, office, before, after, err)) return false;
    move_counts(c, office, before, after);
    return true;
}

/* ---- reading ---- */

static struct query select_records(struct conn *c, const struct reg *reg, const char *where)
{
    struct buf sql = sql_in(c);
    buf_puts(&sql, "select ");
    record_put_columns(&sql, reg);
    buf_puts(&sql, " from ");
    sql_put_name(&sql, reg->name);
    buf_putf(&sql, " as self where self.\"office\" = ?%s", where);
    return query_start_text(c, buf_str(&sql));
}

bool record_get(struct conn *c, struct arena *a, struct str office, const struct reg *reg, int64_t id,
                struct record *r, struct error *err)
{
    auto_query q = select_records(c, reg, " and self.\"id\" = ?");
    query_bind_str(&q, office);
    query_bind_i64(&q, id);
    bool found = query_row(&q);
    if (found) record_take_row(&q, a, reg, r);
    if (!query_finish(&q, err)) return false;
    return found || error_set(err, ERR_NOT_FOUND, "没有这条%.*s记录", STR_ARG(reg->label));
}

bool record_each(struct conn *c, struct str office, const struct reg *reg,
                 bool (*each)(void *arg, const struct record *r), void *arg, struct error *err)
{
    auto_arena row = arena_open();
    auto_query q = select_records(c, reg, " order by self.\"id\"");
    query_bind_str(&q, office);
    query_stream(&q);
    bool more = true;
    while (more && query_row(&q)) {
        struct record r;
        arena_reset(row);
        record_take_row(&q, row, reg, &r);
        more = each(arg, &r);
    }
    return query_finish(&q, err);
}

/* ---- finding ---- */

/* A plus before "voided" and "id" keeps SQLite off the indexes that begin with office and voided, and off the primary
 * key for the order: both would walk all the register, where the field's own index finds the one row. */

/* The only id that the query gives; 0 for none, -1 for several. Ends the query. */
static bool only_id(struct query *q, int64_t *id, struct error *err)
{
    *id = query_row(q) ? query_i64(q, 0) : 0;
    if (*id && query_row(q)) *id = -1;
    return query_finish(q, err);
}

bool record_find_number(struct conn *c, struct str office, const struct reg *reg, struct str number, int64_t *id,
                        struct error *err)
{
    auto_query q = query_start(c, "select \"id\" from %T where \"office\" = ? and \"number\" = ?", reg);
    query_bind_str(&q, office);
    query_bind_str(&q, number);
    return only_id(&q, id, err);
}

/* A field that the list is sorted by has an index of its beginning, any other that is looked up one of the whole. */
static bool find_by_field(struct conn *c, struct str office, const struct reg *reg, const struct field *f,
                          struct str what, const struct sight *sight, int64_t *id, struct error *err)
{
    bool begins = list_sorts_by(reg, f->name);
    const struct order_key begin = {.column = f->name, .kind = KEY_BEGIN};
    struct buf sql = sql_in(c);
    buf_puts(&sql, "select self.\"id\" from ");
    sql_put_name(&sql, reg->name);
    buf_puts(&sql, " as self where self.\"office\" = ? and self.");
    sql_put_name(&sql, f->name);
    buf_puts(&sql, begins ? " = ? and self.\"voided\" = 0 and " : " = ? and +self.\"voided\" = 0");
    if (begins) order_put_key(&sql, "self", &begin);
    if (begins) buf_puts(&sql, " = ?");
    sight_put(&sql, reg, sight);
    buf_puts(&sql, " limit 2");
    auto_query q = query_start_text(c, buf_str(&sql));
    query_bind_str(&q, office);
    query_bind_str(&q, what);
    if (begins) query_bind_str(&q, utf8_begin(what, LIST_TEXT_CHARS));
    sight_bind(&q, reg, sight);
    return only_id(&q, id, err);
}

static bool is_open_text(const struct field *f)
{
    return f && !f->private_ && field_is_text(f);
}

bool record_find(struct conn *c, struct str office, const struct reg *reg, struct str what, const struct sight *sight,
                 int64_t *id, struct error *err)
{
    int64_t by_source = 0;
    if (!record_find_number(c, office, reg, what, id, err)) return false;
    if (*id) return true;
    if (is_open_text(reg->title) && !find_by_field(c, office, reg, reg->title, what, sight, id, err)) return false;
    const struct field *source = reg_field(reg, STR("source_number"));
    if (is_open_text(source) && !find_by_field(c, office, reg, source, what, sight, &by_source, err)) return false;
    if (*id == 0) *id = by_source;
    if (by_source && by_source != *id) *id = -1;
    return true;
}

bool record_find_by_key(struct conn *c, struct str office, const struct reg *reg, const struct value *values,
                        int64_t *id, struct error *err)
{
    *id = 0;
    bool any = false;
    struct buf sql = sql_in(c);
    buf_puts(&sql, "select \"id\" from ");
    sql_put_name(&sql, reg->name);
    buf_puts(&sql, " where \"office\" = ? and +\"voided\" = 0");
    for (size_t i = 0; i < reg->natural_key_count; i++) {
        bool empty = values[i].kind == VALUE_NULL;
        any = any || !empty;
        buf_puts(&sql, " and ");
        sql_put_name(&sql, reg->natural_key[i]);
        buf_puts(&sql, empty ? " is null" : " = ?");
    }
    if (!any) return true; /* nothing to recognise it by */
    buf_puts(&sql, " order by +\"id\" limit 1");
    auto_query q = query_start_text(c, buf_str(&sql));
    query_bind_str(&q, office);
    for (size_t i = 0; i < reg->natural_key_count; i++)
        if (values[i].kind != VALUE_NULL) query_bind_value(&q, values[i]);
    return only_id(&q, id, err);
}

bool record_value_taken(struct conn *c, struct str office, const struct reg *reg, const struct field *f,
                        struct value value, int64_t except_id, bool *taken, struct error *err)
{
    *taken = false;
    if (value.kind == VALUE_NULL) return true;
    auto_query q = query_start(
        c, "select 1 from %T where \"office\" = ? and %F = ? and \"id\" <> ? and +\"voided\" = 0 limit 1", reg, f);
    query_bind_str(&q, office);
    query_bind_value(&q, value);
    query_bind_i64(&q, except_id);
    *taken = query_row(&q);
    return query_finish(&q, err);
}
