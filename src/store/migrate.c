/* The schema: made when the store is new, brought up to the model's definitions at every opening.
 *
 * Registers, fields and indexes that the definitions gained are added; a field that vanished keeps its column and its
 * content. A field whose type changed is refused, since no rule could say what its old content means now. */
#include "base/date.h"
#include "base/sm3.h"
#include "store/definitions.h"
#include "store/inside.h"
#include "store/offices.h"

/* Raised when a system table changes, or what indexes a register wants; the step from each older version is then written here. */
static const int64_t schema_version = 6;

/* $i, $t and $d stand for the backend's types of integers, texts and days. */
static const char *const system_tables[] = {
    "\"fz_act\" (\"office\" $t not null, \"seq\" $i not null, \"register\" $t not null, \"record\" $i not null, "
    "\"act\" $t not null, \"actor\" $t not null, \"at\" $i not null, \"on_day\" $d, \"entrance\" $t not null, "
    "\"inputs\" $t not null, \"changes\" $t not null, \"prev_hash\" $t not null, \"hash\" $t not null, "
    "primary key (\"office\", \"seq\"))",
    "\"fz_deadline\" (\"office\" $t not null, \"register\" $t not null, \"record\" $i not null, \"name\" $t not null, "
    "\"start_on\" $d, \"strict_on\" $d, \"legal_on\" $d, \"strict_at\" $t, \"warn_on\" $d, \"state\" $t not null, "
    "\"met_on\" $d, \"suspended_on\" $d, \"deducted\" $i not null, \"extended\" $i not null, \"cite\" $t not null, "
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
    /* Live records of each stage. */
    "\"fz_count\" (\"office\" $t not null, \"register\" $t not null, \"stage\" $t not null, \"records\" $i not null, "
    "primary key (\"office\", \"register\", \"stage\"))",
    "\"fz_fixed_report\" (\"office\" $t not null, \"id\" $i not null, \"report\" $t not null, \"period\" $t not null, "
    "\"seq\" $i not null, \"fixed_at\" $i not null, \"fixed_by\" $t not null, \"figures\" $t not null, "
    "\"text\" $t not null, \"definitions\" $t not null, primary key (\"office\", \"id\"))",
    "\"fz_attachment\" (\"office\" $t not null, \"digest\" $t not null, \"name\" $t not null, \"type\" $t not null, "
    "\"size\" $i not null, \"added_at\" $i not null, \"added_by\" $t not null, primary key (\"office\", \"digest\"))",
    "\"fz_office\" (\"office\" $t not null, \"code\" $t not null, \"name\" $t not null, \"full_name\" $t not null, "
    "\"mark\" $t not null, \"closed\" $i not null, primary key (\"office\"))",
    /* What an office set for itself and all below: read by all of them, so every worker has it. */
    "\"fz_parameter\" (\"office\" $t not null, \"name\" $t not null, \"valid_from\" $d not null, \"code\" $t not null, "
    "\"value\" $i not null, \"cite\" $t not null, \"issued_at\" $i not null, \"issued_by\" $t not null, "
    "primary key (\"office\", \"name\", \"valid_from\"))",
    /* Definitions that an office issued for itself and all below: see definitions.h. */
    "\"fz_definitions\" (\"office\" $t not null, \"number\" $i not null, \"code\" $t not null, \"name\" $t not null, "
    "\"valid_from\" $d not null, \"digest\" $t not null, \"note\" $t not null, \"issued_at\" $i not null, "
    "\"issued_by\" $t not null, primary key (\"office\", \"number\"))",
    "\"fz_definition_file\" (\"office\" $t not null, \"digest\" $t not null, \"path\" $t not null, \"text\" $t not null, "
    "primary key (\"office\", \"digest\", \"path\"))",
    /* What runs longer than a request: see jobs.h. */
    "\"fz_job\" (\"office\" $t not null, \"id\" $i not null, \"account\" $t not null, \"register\" $t not null, "
    "\"state\" $i not null, \"done\" $i not null, \"total\" $i not null, \"summary\" $t not null, "
    "\"alive_at\" $i not null, primary key (\"office\", \"id\"))",
    /* The State Council's days are the same for every office: the one table without it. */
    "\"fz_calendar\" (\"day\" $d not null, \"work\" $i not null, \"work_number\" $i not null, primary key (\"day\"))",
    /* What each field was when its column was made. */
    "\"fz_column\" (\"office\" $t not null, \"register\" $t not null, \"field\" $t not null, \"type\" $t not null, "
    "primary key (\"office\", \"register\", \"field\"))",
};

static const char *const system_indexes[] = {
    "\"fz_act_record\" on \"fz_act\" (\"office\", \"register\", \"record\", \"seq\")",
    "\"fz_org_name\" on \"fz_org\" (\"office\", \"name\")",
    "\"fz_org_parent\" on \"fz_org\" (\"office\", \"parent\")",
    "\"fz_session_account\" on \"fz_session\" (\"office\", \"account\")",
    "\"fz_session_seen\" on \"fz_session\" (\"office\", \"seen_at\")",
    "\"fz_parameter_name\" on \"fz_parameter\" (\"name\", \"code\", \"valid_from\")",
    "\"fz_office_code\" on \"fz_office\" (\"code\")",
    "\"fz_calendar_work\" on \"fz_calendar\" (\"work\", \"work_number\")",
};

static const char meta_table[] =
    "\"fz_meta\" (\"office\" $t not null, \"name\" $t not null, \"value\" $t not null, primary key (\"office\", \"name\"))";

static bool make_table(struct conn *c, const char *definition, struct error *err)
{
    struct buf sql = sql_in(c);
    buf_puts(&sql, "create table if not exists ");
    sql_put_typed(&sql, c->backend, definition);
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
    return deadline_bring_index(c, err) && (!c->backend->files_make || c->backend->files_make(c, err)) &&
           c->backend->words_make(c, err);
}

const char *const schema_shared_tables[] = {"fz_calendar", "fz_meta", "fz_column", "fz_parameter",
                                            "fz_definitions", "fz_definition_file", NULL};

/* ---- what the store remembers about itself ---- */

/* One schema for all offices: what is remembered about it belongs to none. */
#define NO_OFFICE STR("")

static bool meta_get(struct conn *c, struct arena *a, struct str name, struct str *value, struct error *err)
{
    auto_query q = query_start(c, "select \"value\" from \"fz_meta\" where \"office\" = ? and \"name\" = ?");
    query_bind_str(&q, NO_OFFICE);
    query_bind_str(&q, name);
    *value = query_row(&q) ? query_str(&q, a, 0) : STR("");
    return query_finish(&q, err);
}

static bool meta_put(struct conn *c, struct str name, struct str value, struct error *err)
{
    auto_query q = query_start(c, "insert into \"fz_meta\" (\"office\", \"name\", \"value\") values (?, ?, ?) "
                                  "on conflict (\"office\", \"name\") do update set \"value\" = excluded.\"value\"");
    query_bind_str(&q, NO_OFFICE);
    query_bind_str(&q, name);
    query_bind_str(&q, value);
    return query_run(&q, NULL, err);
}

/* All whose name begins so. */
static bool meta_forget(struct conn *c, struct arena *a, struct str begin, struct error *err)
{
    char *end = str_cstr(a, begin);
    end[begin.len - 1]++;
    auto_query q =
        query_start(c, "delete from \"fz_meta\" where \"office\" = ? and \"name\" >= ? and \"name\" < ?");
    query_bind_str(&q, NO_OFFICE);
    query_bind_str(&q, begin);
    query_bind_str(&q, (struct str){end, begin.len});
    return query_run(&q, NULL, err);
}

static bool read_version(struct conn *c, struct arena *a, int64_t *have, struct error *err)
{
    struct str text;
    *have = 0;
    if (!meta_get(c, a, STR("schema"), &text, err)) return false;
    if (text.len && !str_to_i64(text, have)) return error_set(err, ERR_STORE, "数据库的版本号读不懂，请从备份恢复");
    if (*have <= schema_version) return true;
    return error_set(err, ERR_STORE, "这里的数据由更新版本的程序写成（第%lld版，本程序只认到第%lld版），请升级程序",
                     (long long)*have, (long long)schema_version);
}

/* Version 1 kept what is remembered about the schema under the name of its only office. */
static bool from_version_1(struct conn *c, struct error *err)
{
    return conn_execute(c, "update \"fz_meta\" set \"office\" = ''", err) &&
           conn_execute(c, "update \"fz_column\" set \"office\" = ''", err);
}

static bool bring_version(struct conn *c, struct arena *a, struct error *err)
{
    int64_t have;
    auto_query old = query_start(c, "select 1 from \"fz_meta\" where \"office\" <> '' limit 1");
    bool first = query_row(&old);
    if (!query_finish(&old, err) || (first && !from_version_1(c, err)) || !read_version(c, a, &have, err)) return false;
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

static struct str calendar_digest(struct arena *a, const struct calendar_row *rows, size_t count)
{
    struct buf b = buf_in(a);
    for (size_t i = 0; i < count; i++) buf_putf(&b, "%d %d %d\n", (int)rows[i].date.day, rows[i].work, rows[i].work_number);
    return sm3_hex(a, buf_str(&b));
}

static bool calendar_is_current(struct conn *c, struct arena *a, bool *current, struct error *err)
{
    struct calendar_row *rows;
    struct str have;
    *current = true;
    if (!c->store->model->calendar) return true;
    size_t count = calendar_rows(c->store->model->calendar, a, &rows);
    if (!meta_get(c, a, STR("calendar"), &have, err)) return false;
    *current = str_eq(have, calendar_digest(a, rows, count));
    return true;
}

static bool bring_calendar(struct conn *c, struct arena *a, struct error *err)
{
    bool current;
    struct calendar_row *rows;
    if (!calendar_is_current(c, a, &current, err)) return false;
    if (current) return true;
    size_t count = calendar_rows(c->store->model->calendar, a, &rows);
    return write_calendar(c, rows, count, err) &&
           meta_put(c, STR("calendar"), calendar_digest(a, rows, count), err);
}

/* The definitions' own office, as office.yaml has it when that part of it is new: later it may have been renamed in the
 * database. In a database of many offices another may have its code: then that one stays, and whoever works here says
 * which office is meant. */
static bool bring_office(struct conn *c, struct arena *a, struct error *err)
{
    const struct office_settings *o = &c->store->model->office;
    struct office_row row = {.key = o->key, .code = o->code, .name = o->name, .full_name = o->full_name, .mark = o->mark};
    struct str have, is = str_printf(a, "%.*s\n%.*s\n%.*s\n%.*s\n%.*s", STR_ARG(o->key), STR_ARG(o->code), STR_ARG(o->name),
                                     STR_ARG(o->full_name), STR_ARG(o->mark));
    if (!meta_get(c, a, STR("office"), &have, err)) return false;
    return str_eq(have, is) ||
           ((offices_put(c, &row, err) || err->code == ERR_CONFLICT) && meta_put(c, STR("office"), is, err));
}

bool schema_look(struct conn *c, bool *made, bool *current, struct error *err)
{
    auto_arena a = arena_open();
    struct column *columns;
    size_t count;
    int64_t have;
    struct str digest;
    *current = false;
    if (!c->backend->table_columns(c, a, STR("fz_meta"), &columns, &count, err)) return false;
    *made = count > 0;
    if (!*made) return true;
    if (!read_version(c, a, &have, err) || !meta_get(c, a, STR("definitions"), &digest, err) ||
        !calendar_is_current(c, a, current, err))
        return false;
    *current = *current && have == schema_version && str_eq(digest, c->store->model->digest);
    return true;
}

/* The indexes and the counts of one register. */
static bool bring_helpers(struct conn *c, struct arena *a, const struct reg *reg, struct error *err)
{
    struct str indexes = str_printf(a, "indexes:%.*s", STR_ARG(reg->name));
    struct str counts = str_printf(a, "counts:%.*s", STR_ARG(reg->name));
    struct str have, has;
    if (!meta_get(c, a, indexes, &have, err) || !register_bring_indexes(c, a, reg, have, &has, err)) return false;
    if (!str_eq(have, has) && !meta_put(c, indexes, has, err)) return false;
    if (!meta_get(c, a, counts, &have, err)) return false;
    return have.len || (record_recount(c, reg, err) && meta_put(c, counts, STR("kept"), err));
}

/* Does the text index hold entries of the register that are made of something else by now? */
static bool words_are_old(struct conn *c, struct arena *a, const struct reg *reg, bool *none, bool *old, struct error *err)
{
    struct str have;
    if (!meta_get(c, a, str_printf(a, "words:%.*s", STR_ARG(reg->name)), &have, err)) return false;
    *none = have.len == 0;
    *old = !*none && !str_eq(have, register_words(a, reg));
    return true;
}

static bool make_words(struct conn *c, struct arena *a, const struct reg *reg, struct error *err)
{
    struct str mark = str_printf(a, "words:%.*s", STR_ARG(reg->name));
    return register_index_words(c, reg, STR(""), err) &&
           meta_forget(c, a, str_printf(a, "%.*s:", STR_ARG(mark)), err) && /* of single offices */
           meta_put(c, mark, register_words(a, reg), err);
}

/* The text index. Where it can't take out the entries of one register alone, all of it is made anew. */
static bool bring_words(struct conn *c, struct arena *a, struct error *err)
{
    const struct model *m = c->store->model;
    bool none, old, all = false;
    for (size_t i = 0; c->backend->words_clear && !all && i < m->reg_count; i++)
        if (!words_are_old(c, a, &m->regs[i], &none, &all, err)) return false;
    if (all && !(c->backend->words_clear(c, err) && meta_forget(c, a, STR("words:"), err))) return false;
    for (size_t i = 0; i < m->reg_count; i++) {
        if (!words_are_old(c, a, &m->regs[i], &none, &old, err)) return false;
        if ((all || none || old) && !make_words(c, a, &m->regs[i], err)) return false;
    }
    return true;
}

bool schema_migrate(struct conn *c, struct error *err)
{
    auto_arena a = arena_open();
    const struct model *m = c->store->model;
    if (c->backend->lock_schema && !c->backend->lock_schema(c, err)) return false;
    if (!make_table(c, meta_table, err) || !make_system_tables(c, err) || !bring_version(c, a, err)) return false;
    for (size_t i = 0; i < m->reg_count; i++) {
        const struct reg *reg = &m->regs[i];
        if (!register_migrate(c, a, reg, false, err) || !bring_helpers(c, a, reg, err)) return false;
    }
    /* Indexes that only a set wanted may be gone: the sets are brought in again when they are next used. */
    return bring_words(c, a, err) && bring_office(c, a, err) && bring_calendar(c, a, err) && meta_forget(c, a, STR("set:"), err) &&
           meta_put(c, STR("definitions"), m->digest, err);
}

/* ---- sets of definitions that offices issue ---- */

static const struct str version_name = {"version", 7};

bool store_version(struct conn *c, int64_t *version, struct error *err)
{
    auto_arena a = arena_open();
    struct str text;
    if (!meta_get(c, a, version_name, &text, err)) return false;
    if (!str_to_i64(text, version)) *version = 0;
    return true;
}

bool store_note_version(struct conn *c, struct error *err)
{
    auto_arena a = arena_open();
    int64_t version;
    return store_version(c, &version, err) &&
           meta_put(c, version_name, str_printf(a, "%lld", (long long)version + 1), err);
}

static struct str mark_of(struct arena *a, const struct model *m)
{
    return str_printf(a, "set:%.*s", STR_ARG(m->digest));
}

bool store_has_definitions(struct conn *c, const struct model *m, bool *has, struct error *err)
{
    auto_arena a = arena_open();
    struct str mark;
    if (!meta_get(c, a, mark_of(a, m), &mark, err)) return false;
    *has = mark.len > 0;
    return true;
}

/* What the program's definitions don't want is added beside; nothing of theirs is dropped. */
static bool bring_set_helpers(struct conn *c, struct arena *a, const struct reg *reg, struct error *err)
{
    struct str counts = str_printf(a, "counts:%.*s", STR_ARG(reg->name));
    struct str have;
    bool none, old;
    if (!register_add_indexes(c, a, reg, err) || !words_are_old(c, a, reg, &none, &old, err) ||
        (none && !make_words(c, a, reg, err)))
        return false;
    if (!meta_get(c, a, counts, &have, err)) return false;
    return have.len || (record_recount(c, reg, err) && meta_put(c, counts, STR("kept"), err));
}

bool store_bring_definitions(struct conn *c, const struct model *m, struct error *err)
{
    auto_arena a = arena_open();
    if (c->backend->lock_schema && !c->backend->lock_schema(c, err)) return false;
    for (size_t i = 0; i < m->reg_count; i++)
        if (!register_migrate(c, a, &m->regs[i], true, err) || !bring_set_helpers(c, a, &m->regs[i], err)) return false;
    return meta_put(c, mark_of(a, m), STR("brought"), err);
}

/* What the text index of an office's records is made of: its own mark, else that of all offices. */
static bool words_of_office(struct conn *c, struct arena *a, const struct reg *reg, struct str office, struct str *name,
                            struct str *have, struct error *err)
{
    struct str all = str_printf(a, "words:%.*s", STR_ARG(reg->name));
    *name = str_printf(a, "%.*s:%.*s", STR_ARG(all), STR_ARG(office));
    return meta_get(c, a, *name, have, err) && (have->len || meta_get(c, a, all, have, err));
}

bool store_words_differ(struct conn *c, struct str office, const struct model *m, bool *differ, struct error *err)
{
    auto_arena a = arena_open();
    struct str name, have;
    *differ = false;
    for (size_t i = 0; i < m->reg_count && !*differ; i++) {
        if (!words_of_office(c, a, &m->regs[i], office, &name, &have, err)) return false;
        *differ = !str_eq(have, register_words(a, &m->regs[i]));
    }
    return true;
}

bool store_bring_words(struct conn *c, struct str office, const struct model *m, struct error *err)
{
    auto_arena a = arena_open();
    for (size_t i = 0; i < m->reg_count; i++) {
        const struct reg *reg = &m->regs[i];
        struct str name, have, want = register_words(a, reg);
        if (!words_of_office(c, a, reg, office, &name, &have, err)) return false;
        if (str_eq(have, want)) continue;
        if ((c->backend->words_renew && !c->backend->words_renew(c, office, reg->name, err)) ||
            !register_index_words(c, reg, office, err) || !meta_put(c, name, want, err))
            return false;
    }
    return true;
}
