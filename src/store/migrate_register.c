/* The table of one register: made, or given the columns and indexes that it lacks. */
#include "store/inside.h"
#include "store/orders.h"

enum column_kind field_column_kind(const struct field *f)
{
    if (f->private_) return COLUMN_TEXT; /* sealed text, whatever is inside */
    switch (f->type) {
    case FIELD_INTEGER:
    case FIELD_DECIMAL:
    case FIELD_MONEY:
    case FIELD_YESNO:
    case FIELD_ORG:
    case FIELD_REF: return COLUMN_INTEGER;
    case FIELD_DATE: return COLUMN_DATE;
    case FIELD_MOMENT: return COLUMN_MOMENT;
    default: return COLUMN_TEXT;
    }
}

/* What the content of a column means; fields with the same meaning may take each other's place. */
static const char *meaning_of(const struct field *f)
{
    static const char *const names[] = {
        [FIELD_TEXT] = "text", [FIELD_PLACE] = "text", [FIELD_PERSON] = "text",
        [FIELD_INTEGER] = "integer", [FIELD_DECIMAL] = "decimal", [FIELD_MONEY] = "money",
        [FIELD_DATE] = "date", [FIELD_MOMENT] = "moment", [FIELD_YESNO] = "yesno",
        [FIELD_CODE] = "code", [FIELD_ORG] = "organisation", [FIELD_REF] = "reference",
        [FIELD_ATTACHMENT] = "attachment",
    };
    return f->private_ ? "sealed" : names[f->type];
}

void sql_put_typed(struct buf *sql, const struct backend *b, const char *text)
{
    for (const char *p = text; *p; p++) {
        if (*p != '$') {
            buf_putc(sql, *p);
            continue;
        }
        p++;
        buf_puts(sql, b->kind_names[*p == 'i' ? COLUMN_INTEGER : *p == 'd' ? COLUMN_DATE : COLUMN_TEXT]);
    }
}

static const char built_in_columns[] =
    "\"office\" $t not null, \"id\" $i not null, \"number\" $t not null, \"stage\" $t not null, \"created_on\" $d, "
    "\"created_at\" $i not null, \"org\" $i, \"version\" $i not null, \"voided\" $i not null, ";

static bool make_register(struct conn *c, const struct reg *reg, struct error *err)
{
    const struct backend *b = c->backend;
    struct buf sql = sql_in(c);
    buf_puts(&sql, "create table ");
    sql_put_name(&sql, reg->name);
    buf_puts(&sql, " (");
    sql_put_typed(&sql, b, built_in_columns);
    for (size_t i = 0; i < reg->field_count; i++) {
        sql_put_name(&sql, reg->fields[i].name);
        buf_putf(&sql, " %s, ", b->kind_names[field_column_kind(&reg->fields[i])]);
    }
    buf_putf(&sql, "primary key (\"office\", \"id\"), unique (\"office\", \"number\")) %s", b->table_end);
    auto_query q = query_start_text(c, buf_str(&sql));
    return query_run(&q, NULL, err);
}

static bool add_column(struct conn *c, struct str table, struct str name, enum column_kind kind, struct error *err)
{
    struct buf sql = sql_in(c);
    buf_puts(&sql, "alter table ");
    sql_put_name(&sql, table);
    buf_puts(&sql, " add column ");
    sql_put_name(&sql, name);
    buf_putf(&sql, " %s", c->backend->kind_names[kind]);
    auto_query q = query_start_text(c, buf_str(&sql));
    return query_run(&q, NULL, err);
}

/* ---- types of fields ---- */

static bool remember(struct conn *c, struct str table, struct str field, struct str type, struct error *err)
{
    auto_query q = query_start(c, "insert into \"fz_column\" (\"office\", \"register\", \"field\", \"type\") values (?, ?, ?, ?) "
                                  "on conflict (\"office\", \"register\", \"field\") do update set \"type\" = excluded.\"type\"");
    query_bind_str(&q, STR("")); /* the schema is all offices' */
    query_bind_str(&q, table);
    query_bind_str(&q, field);
    query_bind_str(&q, type);
    return query_run(&q, NULL, err);
}

static bool remember_type(struct conn *c, const struct reg *reg, const struct field *f, struct error *err)
{
    return remember(c, reg->name, f->name, str_from(meaning_of(f)), err);
}

bool column_bring(struct conn *c, struct str table, struct str name, struct str type, struct error *err)
{
    static const char *const numbers[] = {"integer", "decimal", "money", "yesno", "organisation", "reference"};
    enum column_kind kind = str_is(type, "date") ? COLUMN_DATE : str_is(type, "moment") ? COLUMN_MOMENT : COLUMN_TEXT;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (str_is(type, numbers[i])) kind = COLUMN_INTEGER;
    return add_column(c, table, name, kind, err) && remember(c, table, name, type, err);
}

static bool has_content(struct conn *c, const struct reg *reg, const struct field *f, bool *has, struct error *err)
{
    auto_query q = query_start(c, "select 1 from %T where %F is not null limit 1", reg, f);
    *has = query_row(&q);
    return query_finish(&q, err);
}

static bool refuse_change(const struct reg *reg, const struct field *f, struct str was, struct error *err)
{
    auto_arena a = arena_open();
    return error_at(err, ERR_DEFINITION, str_printf(a, "%.*s:1:1", STR_ARG(reg->file)),
                    "台账「%.*s」的字段「%.*s」（%.*s）在数据库里的类型是 %.*s，定义里改成了 %s：已有内容不能自动转换。"
                    "请改回原类型，或另设一个新字段",
                    STR_ARG(reg->label), STR_ARG(f->label), STR_ARG(f->name), STR_ARG(was), meaning_of(f));
}

/* The column exists: may the field go on using it? One that is shared with other definitions must mean the same there. */
static bool check_column(struct conn *c, struct arena *a, const struct reg *reg, const struct field *f,
                         const struct column *column, bool shared, struct error *err)
{
    auto_query q = query_start(c, "select \"type\" from \"fz_column\" where \"office\" = ? and \"register\" = ? and \"field\" = ?");
    query_bind_str(&q, STR("")); /* the schema is all offices' */
    query_bind_str(&q, reg->name);
    query_bind_str(&q, f->name);
    struct str was = query_row(&q) ? query_str(&q, a, 0) : str_from(meaning_of(f));
    if (!query_finish(&q, err)) return false;
    if (!str_is(column->type, c->backend->kind_names[field_column_kind(f)])) return refuse_change(reg, f, was, err);
    if (str_is(was, meaning_of(f))) return true;
    bool has;
    if (shared) return refuse_change(reg, f, was, err);
    if (!has_content(c, reg, f, &has, err)) return false;
    return has ? refuse_change(reg, f, was, err) : remember_type(c, reg, f, err);
}

static bool bring_columns(struct conn *c, struct arena *a, const struct reg *reg, const struct column *columns,
                          size_t count, bool shared, struct error *err)
{
    for (size_t i = 0; i < reg->field_count; i++) {
        const struct field *f = &reg->fields[i];
        const struct column *found = NULL;
        for (size_t k = 0; k < count && !found; k++)
            if (str_eq(columns[k].name, f->name)) found = &columns[k];
        if (found && !check_column(c, a, reg, f, found, shared, err)) return false;
        if (!found && !(add_column(c, reg->name, f->name, field_column_kind(f), err) && remember_type(c, reg, f, err))) return false;
    }
    return true;
}

/* ---- indexes ---- */

static bool make_index(struct conn *c, const struct reg *reg, const struct index_def *def, struct error *err)
{
    struct buf sql = sql_in(c);
    buf_puts(&sql, "create index if not exists ");
    sql_put_name(&sql, def->name);
    buf_puts(&sql, " on ");
    sql_put_name(&sql, reg->name);
    buf_put(&sql, def->columns);
    auto_query q = query_start_text(c, buf_str(&sql));
    return query_run(&q, NULL, err);
}

static bool drop_index(struct conn *c, struct str name, struct error *err)
{
    struct buf sql = sql_in(c);
    buf_puts(&sql, "drop index if exists ");
    sql_put_name(&sql, name);
    auto_query q = query_start_text(c, buf_str(&sql));
    return query_run(&q, NULL, err);
}

static bool is_wanted(struct str name, const struct index_def *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].name, name)) return true;
    return false;
}

bool register_bring_indexes(struct conn *c, struct arena *a, const struct reg *reg, struct str had, struct str *has,
                            struct error *err)
{
    struct index_def *list;
    struct str *former;
    size_t count = register_indexes(a, reg, c->backend->dialect, &list);
    size_t gone = had.len ? 0 : former_indexes(a, reg, &former);
    struct buf names = buf_in(a);
    for (size_t i = 0; i < count; i++) buf_putf(&names, "%s%.*s", i ? " " : "", STR_ARG(list[i].name));
    *has = buf_str(&names);
    if (str_eq(had, *has)) return true;
    for (size_t i = 0; i < gone; i++)
        if (!drop_index(c, former[i], err)) return false;
    for (struct str name; str_split(&had, ' ', &name);)
        if (!is_wanted(name, list, count) && !drop_index(c, name, err)) return false;
    for (size_t i = 0; i < count; i++)
        if (!make_index(c, reg, &list[i], err)) return false;
    return true;
}

bool register_add_indexes(struct conn *c, struct arena *a, const struct reg *reg, struct error *err)
{
    struct index_def *list;
    size_t count = register_indexes(a, reg, c->backend->dialect, &list);
    for (size_t i = 0; i < count; i++)
        if (!make_index(c, reg, &list[i], err)) return false;
    return true;
}

bool register_migrate(struct conn *c, struct arena *a, const struct reg *reg, bool shared, struct error *err)
{
    struct column *columns;
    size_t count;
    if (!c->backend->table_columns(c, a, reg->name, &columns, &count, err)) return false;
    if (count == 0) {
        if (!make_register(c, reg, err)) return false;
        for (size_t i = 0; i < reg->field_count; i++)
            if (!remember_type(c, reg, &reg->fields[i], err)) return false;
    } else if (!bring_columns(c, a, reg, columns, count, shared, err)) {
        return false;
    }
    return true;
}
