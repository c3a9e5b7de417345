#include "store/move_definitions.h"

#include "model/overlay.h"
#include "store/inside.h"

struct carrier {
    struct conn *from, *to;
    struct arena *arena;
    struct str code;
};

/* ---- rows ---- */

static struct query insert_row(struct carrier *m, struct str table, const struct column *columns, size_t count)
{
    struct buf sql = sql_in(m->to);
    buf_puts(&sql, "insert into ");
    sql_put_name(&sql, table);
    buf_puts(&sql, " (");
    for (size_t i = 0; i < count; i++) {
        buf_puts(&sql, i ? ", " : "");
        sql_put_name(&sql, columns[i].name);
    }
    buf_puts(&sql, ") values (");
    sql_put_marks(&sql, count);
    buf_puts(&sql, ") on conflict do nothing");
    return query_start_text(m->to, buf_str(&sql));
}

static struct query select_rows(struct carrier *m, struct str table, const struct column *columns, size_t count,
                                const char *where)
{
    struct buf sql = sql_in(m->from);
    buf_puts(&sql, "select ");
    for (size_t i = 0; i < count; i++) {
        buf_puts(&sql, i ? ", " : "");
        sql_put_name(&sql, columns[i].name);
    }
    buf_puts(&sql, " from ");
    sql_put_name(&sql, table);
    buf_putf(&sql, " where %s", where);
    return query_start_text(m->from, buf_str(&sql));
}

/* `where` has one `?`, the office's code. */
static bool copy_rows(struct carrier *m, const char *table, const char *where, struct error *err)
{
    struct column *columns;
    size_t count;
    if (!m->from->backend->table_columns(m->from, m->arena, str_from(table), &columns, &count, err)) return false;
    auto_query q = select_rows(m, str_from(table), columns, count, where);
    query_bind_str(&q, m->code);
    while (query_row(&q)) {
        auto_arena a = arena_open();
        auto_query put = insert_row(m, str_from(table), columns, count);
        for (size_t i = 0; i < count; i++) query_bind_value(&put, query_value(&q, a, (int)i));
        if (!query_run(&put, NULL, err)) return false;
    }
    return query_finish(&q, err);
}

/* What stands there under the same number must be the same set from the same day. */
static bool same_rows(const struct definitions_row *a, size_t n, const struct definitions_row *b, size_t count,
                      struct error *err)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < count; k++)
            if (str_eq(a[i].office, b[k].office) && a[i].number == b[k].number &&
                !(str_eq(a[i].digest, b[k].digest) && str_eq(a[i].valid_from, b[k].valid_from)))
                return error_set(err, ERR_CONFLICT, "去处已有「%.*s」下发的第 %lld 份定义，与来处的不同，没有移入",
                                 STR_ARG(a[i].name), (long long)a[i].number);
    return true;
}

/* ---- tables ---- */

static void add_registers(struct carrier *m, struct move_registers *regs, const struct model *model)
{
    for (size_t i = 0; i < model->reg_count; i++) {
        const struct reg *reg = &model->regs[i];
        bool known = false;
        for (size_t k = 0; k < regs->count && !known; k++) known = str_eq(regs->list[k]->name, reg->name);
        if (!known) ARENA_PUSH(m->arena, regs->list, regs->count, regs->cap, reg);
    }
}

/* A set that no longer fits the program is in force nowhere; what its fields held goes along as plain columns. */
static bool bring_set(struct carrier *m, const struct definitions_row *row, struct move_registers *regs,
                      struct error *err)
{
    struct definition_file *files;
    struct errors faults = errors_in(m->arena);
    size_t count;
    if (!row->digest.len) return true;
    if (!definitions_files(m->from, m->arena, row->office, row->digest, &files, &count, err)) return false;
    struct model *model = overlay_load(m->to->store->model, files, count, &faults);
    if (!model) return true;
    ARENA_PUSH(m->arena, regs->models, regs->model_count, regs->model_cap, model);
    add_registers(m, regs, model);
    return store_bring_definitions(m->to, model, err);
}

static bool copy_sets(struct carrier *m, struct error *err)
{
    static const char above[] = "\"code\" = substr(cast(? as text), 1, length(\"code\"))";
    static const char files_above[] = "\"office\" in (select \"office\" from \"fz_definitions\" where "
                                      "\"code\" = substr(cast(? as text), 1, length(\"code\")))";
    return copy_rows(m, "fz_definition_file", files_above, err) && copy_rows(m, "fz_definitions", above, err) &&
           copy_rows(m, "fz_parameter", above, err) && store_note_version(m->to, err);
}

bool move_from_above(struct conn *from, struct conn *to, struct arena *a, struct str code, struct move_registers *regs,
                     struct error *err)
{
    struct carrier m = {from, to, a, code};
    struct definitions_row *rows, *there;
    size_t count, there_count;
    *regs = (struct move_registers){0};
    add_registers(&m, regs, to->store->model);
    if (!definitions_list(from, a, code, &rows, &count, err) || !definitions_list(to, a, code, &there, &there_count, err) ||
        !same_rows(rows, count, there, there_count, err) || !copy_sets(&m, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!bring_set(&m, &rows[i], regs, err)) return false;
    return true;
}

void move_registers_close(struct move_registers *regs)
{
    for (size_t i = 0; i < regs->model_count; i++) model_close(regs->models[i]);
    *regs = (struct move_registers){0};
}

/* ---- columns of fields that are no more ---- */

static const struct column *find_column(const struct column *list, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].name, name)) return &list[i];
    return NULL;
}

/* What was remembered of the field when its column was made; empty: no column of ours. */
static bool remembered_type(struct conn *from, struct arena *a, struct str table, struct str field, struct str *type,
                            struct error *err)
{
    auto_query q = query_start(from, "select \"type\" from \"fz_column\" where \"office\" = ? and \"register\" = ? and "
                                     "\"field\" = ?");
    query_bind_str(&q, STR("")); /* the schema is all offices' */
    query_bind_str(&q, table);
    query_bind_str(&q, field);
    *type = query_row(&q) ? query_str(&q, a, 0) : STR("");
    return query_finish(&q, err);
}

bool move_columns(struct conn *from, struct conn *to, struct arena *a, struct str table, struct error *err)
{
    struct column *have, *want;
    size_t count, wanted;
    struct str type;
    if (!from->backend->table_columns(from, a, table, &want, &wanted, err) ||
        !to->backend->table_columns(to, a, table, &have, &count, err))
        return false;
    for (size_t i = 0; i < wanted; i++) {
        if (find_column(have, count, want[i].name)) continue;
        if (!remembered_type(from, a, table, want[i].name, &type, err) ||
            (type.len && !column_bring(to, table, want[i].name, type, err)))
            return false;
    }
    return true;
}
