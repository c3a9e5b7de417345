/* The schema: made when the store is new, brought up to the model's definitions at every opening.
 *
 * Registers, fields and indexes that the definitions gained are added; a field that vanished keeps its column and its
 * content. A field whose type changed is refused, since no rule could say what its old content means now. */
#include "base/date.h"
#include "base/sm3.h"
#include "store/inside.h"

/* Raised when a system table changes; the step from each older version is then written here. */
static const int64_t schema_version = 1;

/* $i and $t stand for the integer and text types of the backend. */
static const char *const system_tables[] = {
    "\"fz_act\" (\"office\" $t not null, \"seq\" $i not null, \"register\" $t not null, \"record\" $i not null, "
    "\"act\" $t not null, \"actor\" $t not null, \"at\" $i not null, \"on_day\" $t, \"entrance\" $t not null, "
    "\"inputs\" $t not null, \"changes\" $t not null, \"prev_hash\" $t not null, \"hash\" $t not null, "
    "primary key (\"office\", \"seq\"))",
    "\"fz_deadline\" (\"office\" $t not null, \"register\" $t not null, \"record\" $i not null, \"name\" $t not null, "
    "\"start_on\" $t, \"strict_on\" $t, \"legal_on\" $t, \"strict_at\" $t, \"warn_on\" $t, \"state\" $t not null, "
    "\"met_on\" $t, \"suspended_on\" $t, \"deducted\" $i not null, \"extended\" $i not null, \"cite\" $t not null, "
    "\"rule\" $t not null, \"length\" $t not null, \"roll\" $t not null, \"calendar\" $t not null, "
    "primary key (\"office\", \"register\", \"record\", \"name\"))",
    "\"fz_org\" (\"office\" $t not null, \"id\" $i not null, \"parent\" $i not null, \"code\" $t not null, "
    "\"name\" $t not null, \"kind\" $t not null, \"closed\" $i not null, primary key (\"office\", \"id\"), "
    "unique (\"office\", \"code\"))",
    "\"fz_account\" (\"office\" $t not null, \"name\" $t not null, \"person\" $t not null, \"post\" $t not null, "
    "\"org\" $i not null, \"roles\" $t not null, \"password\" $t not null, \"disabled\" $i not null, "
    "\"must_change\" $i not null, \"failures\" $i not null, \"locked_until\" $i not null, \"created_at\" $i not null, "
    "\"password_at\" $i not null, \"last_login_at\" $i not null, \"prefs\" $t not null, "
    "primary key (\"office\", \"name\"))",
    "\"fz_session\" (\"office\" $t not null, \"digest\" $t not null, \"account\" $t not null, \"csrf\" $t not null, "
    "\"created_at\" $i not null, \"seen_at\" $i not null, primary key (\"office\", \"digest\"))",
    "\"fz_setting\" (\"office\" $t not null, \"name\" $t not null, \"value\" $t not null, "
    "primary key (\"office\", \"name\"))",
    "\"fz_seq\" (\"office\" $t not null, \"register\" $t not null, \"year\" $i not null, \"last\" $i not null, "
    "primary key (\"office\", \"register\", \"year\"))",
    "\"fz_fixed_report\" (\"office\" $t not null, \"id\" $i not null, \"report\" $t not null, \"period\" $t not null, "
    "\"seq\" $i not null, \"fixed_at\" $i not null, \"fixed_by\" $t not null, \"figures\" $t not null, "
    "\"text\" $t not null, \"definitions\" $t not null, primary key (\"office\", \"id\"))",
    "\"fz_attachment\" (\"office\" $t not null, \"digest\" $t not null, \"name\" $t not null, \"type\" $t not null, "
    "\"size\" $i not null, \"added_at\" $i not null, \"added_by\" $t not null, primary key (\"office\", \"digest\"))",
    /* The State Council's days are the same for every office: the one table without it. */
    "\"fz_calendar\" (\"day\" $t not null, \"work\" $i not null, \"work_number\" $i not null, primary key (\"day\"))",
    /* What each field was when its column was made. */
    "\"fz_column\" (\"office\" $t not null, \"register\" $t not null, \"field\" $t not null, \"type\" $t not null, "
    "primary key (\"office\", \"register\", \"field\"))",
};

static const char *const system_indexes[] = {
    "\"fz_act_record\" on \"fz_act\" (\"office\", \"register\", \"record\", \"seq\")",
    "\"fz_deadline_open\" on \"fz_deadline\" (\"office\", \"state\", \"legal_on\")",
    "\"fz_session_account\" on \"fz_session\" (\"office\", \"account\")",
    "\"fz_session_seen\" on \"fz_session\" (\"office\", \"seen_at\")",
    "\"fz_calendar_work\" on \"fz_calendar\" (\"work\", \"work_number\")",
};

static const char meta_table[] =
    "\"fz_meta\" (\"office\" $t not null, \"name\" $t not null, \"value\" $t not null, primary key (\"office\", \"name\"))";

static void put_typed(struct buf *sql, const struct backend *b, const char *text)
{
    for (const char *p = text; *p; p++) {
        if (*p != '$')
            buf_putc(sql, *p);
        else
            buf_puts(sql, b->kind_names[*++p == 'i' ? COLUMN_INTEGER : COLUMN_TEXT]);
    }
}

static bool make_table(struct conn *c, const char *definition, struct error *err)
{
    struct buf sql = sql_in(c);
    buf_puts(&sql, "create table if not exists ");
    put_typed(&sql, c->backend, definition);
    buf_putf(&sql, " %s", c->backend->table_end);
    auto_query q = query_start_text(c, buf_str(&sql));
    return query_run(&q, NULL, err);
}

static bool make_system_tables(struct conn *c, struct error *err)
{
    for (size_t i = 0; i < sizeof system_tables / sizeof *system_tables; i++)
        if (!make_table(c, system_tables[i], err)) return false;
    for (size_t i = 0; i < sizeof system_indexes / sizeof *system_indexes; i++) {
        struct buf sql = sql_in(c);
        buf_putf(&sql, "create index if not exists %s", system_indexes[i]);
        auto_query q = query_start_text(c, buf_str(&sql));
        if (!query_run(&q, NULL, err)) return false;
    }
    return c->backend->words_make(c, err);
}

/* ---- what the store remembers about itself ---- */

static struct str office_of(struct conn *c)
{
    return c->store->model->office.key;
}

static bool meta_get(struct conn *c, struct arena *a, struct str name, struct str *value, struct error *err)
{
    auto_query q = query_start(c, "select \"value\" from \"fz_meta\" where \"office\" = ? and \"name\" = ?");
    query_bind_str(&q, office_of(c));
    query_bind_str(&q, name);
    *value = query_row(&q) ? query_str(&q, a, 0) : STR("");
    return query_finish(&q, err);
}

static bool meta_put(struct conn *c, struct str name, struct str value, struct error *err)
{
    auto_query q = query_start(c, "insert into \"fz_meta\" (\"office\", \"name\", \"value\") values (?, ?, ?) "
                                  "on conflict (\"office\", \"name\") do update set \"value\" = excluded.\"value\"");
    query_bind_str(&q, office_of(c));
    query_bind_str(&q, name);
    query_bind_str(&q, value);
    return query_run(&q, NULL, err);
}

static bool check_version(struct conn *c, struct arena *a, struct error *err)
{
    struct str text;
    if (!meta_get(c, a, STR("schema"), &text, err)) return false;
    int64_t have = 0;
    if (text.len && !str_to_i64(text, &have)) return error_set(err, ERR_STORE, "数据库的版本号读不懂，请从备份恢复");
    if (have > schema_version)
        return error_set(err, ERR_STORE, "这个数据文件夹由更新版本的程序写成（第%lld版，本程序只认到第%lld版），请升级程序", (long long)have,
                         (long long)schema_version);
    return have == schema_version || meta_put(c, STR("schema"), str_printf(a, "%lld", (long long)schema_version), err);
}

/* ---- the working-day calendar as a table ---- */

static bool write_calendar(struct conn *c, const struct calendar_row *rows, size_t count, struct error *err)
{
    if (!conn_execute(c, "delete from \"fz_calendar\"", err)) return false;
    auto_arena a = arena_open();
    for (size_t i = 0; i < count; i++) {
        auto_query q = query_start(c, "insert into \"fz_calendar\" (\"day\", \"work\", \"work_number\") values (?, ?, ?)");
        query_bind_str(&q, date_iso(a, rows[i].date));
        query_bind_bool(&q, rows[i].work);
        query_bind_i64(&q, rows[i].work_number);
        if (!query_run(&q, NULL, err)) return false;
    }
    return true;
}

static bool bring_calendar(struct conn *c, struct arena *a, struct error *err)
{
    if (!c->store->model->calendar) return true;
    struct calendar_row *rows;
    size_t count = calendar_rows(c->store->model->calendar, a, &rows);
    struct buf b = buf_in(a);
    for (size_t i = 0; i < count; i++) buf_putf(&b, "%d %d %d\n", (int)rows[i].date.day, rows[i].work, rows[i].work_number);
    struct str have, digest = sm3_hex(a, buf_str(&b));
    if (!meta_get(c, a, STR("calendar"), &have, err)) return false;
    return str_eq(have, digest) || (write_calendar(c, rows, count, err) && meta_put(c, STR("calendar"), digest, err));
}

bool schema_migrate(struct conn *c, struct error *err)
{
    auto_arena a = arena_open();
    const struct model *m = c->store->model;
    if (!make_table(c, meta_table, err) || !check_version(c, a, err) || !make_system_tables(c, err)) return false;
    for (size_t i = 0; i < m->reg_count; i++) {
        const struct reg *reg = &m->regs[i];
        if (!register_migrate(c, a, reg, err)) return false;
        struct str name = str_printf(a, "words:%.*s", STR_ARG(reg->name));
        struct str want = register_words(a, reg);
        struct str have;
        if (!meta_get(c, a, name, &have, err)) return false;
        if (str_eq(have, want)) continue;
        if (!register_index_words(c, reg, err) || !meta_put(c, name, want, err)) return false;
    }
    return bring_calendar(c, a, err) && meta_put(c, STR("definitions"), m->digest, err);
}
