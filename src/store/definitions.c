#include "store/definitions.h"

#include "store/inside.h"
#include "store/offices.h"

#define ROW_COLUMNS                                                                                                    \
    "\"office\", \"code\", \"name\", \"number\", \"valid_from\", \"digest\", \"note\", \"issued_at\", \"issued_by\""

/* ---- rows ---- */

static bool next_number(struct conn *c, struct str office, int64_t *number, struct error *err)
{
    auto_query q = query_start(c, "select coalesce(max(\"number\"), 0) + 1 from \"fz_definitions\" where \"office\" = ?");
    query_bind_str(&q, office);
    *number = query_row(&q) ? query_i64(&q, 0) : 0;
    return query_finish(&q, err);
}

bool definitions_put(struct conn *c, struct definitions_row *row, struct error *err)
{
    if (!next_number(c, row->office, &row->number, err)) return false;
    auto_query q = query_start(c, "insert into \"fz_definitions\" (" ROW_COLUMNS ") values (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    query_bind_str(&q, row->office);
    query_bind_str(&q, row->code);
    query_bind_str(&q, row->name);
    query_bind_i64(&q, row->number);
    query_bind_str(&q, row->valid_from);
    query_bind_str(&q, row->digest);
    query_bind_str(&q, row->note);
    query_bind_i64(&q, row->issued_at);
    query_bind_str(&q, row->issued_by);
    return query_run(&q, NULL, err) && store_note_version(c, err);
}

static bool take_rows(struct query *q, struct arena *a, struct definitions_row **list, size_t *count, struct error *err)
{
    size_t cap = 0;
    *list = NULL;
    *count = 0;
    while (query_row(q)) {
        struct definitions_row r = {
            .office = query_str(q, a, 0),
            .code = query_str(q, a, 1),
            .name = query_str(q, a, 2),
            .number = query_i64(q, 3),
            .valid_from = query_str(q, a, 4),
            .digest = query_str(q, a, 5),
            .note = query_str(q, a, 6),
            .issued_at = query_i64(q, 7),
            .issued_by = query_str(q, a, 8),
        };
        ARENA_PUSH(a, *list, *count, cap, r);
    }
    return query_finish(q, err);
}

bool definitions_list(struct conn *c, struct arena *a, struct str code, struct definitions_row **list, size_t *count,
                      struct error *err)
{
    auto_query q = query_start(c, code.len ? "select " ROW_COLUMNS " from \"fz_definitions\" where "
                                             "\"code\" = substr(cast(? as text), 1, length(\"code\")) "
                                             "order by length(\"code\") desc, \"valid_from\" desc, \"number\" desc"
                                           : "select " ROW_COLUMNS " from \"fz_definitions\" "
                                             "order by \"code\", \"valid_from\" desc, \"number\" desc");
    if (code.len) query_bind_str(&q, code);
    return take_rows(&q, a, list, count, err);
}

bool definitions_of_office(struct conn *c, struct arena *a, struct str office, struct definitions_row **list,
                           size_t *count, struct error *err)
{
    auto_query q = query_start(c, "select " ROW_COLUMNS " from \"fz_definitions\" where \"office\" = ? order by \"number\"");
    query_bind_str(&q, office);
    return take_rows(&q, a, list, count, err);
}

const struct definitions_row *definitions_in_force(const struct definitions_row *list, size_t count, struct date on)
{
    struct str withdrew = STR("");
    struct date from;
    for (size_t i = 0; i < count; i++) {
        bool has_come = date_parse(list[i].valid_from, &from) && date_cmp(from, on) <= 0;
        if (!has_come || str_eq(list[i].office, withdrew)) continue;
        if (list[i].digest.len) return &list[i];
        withdrew = list[i].office;
    }
    return NULL;
}

bool definitions_counts(const struct definitions_row *list, size_t count, const struct definitions_row *row,
                        struct date on)
{
    struct date from, other;
    if (!date_parse(row->valid_from, &from)) return false;
    for (size_t i = 0; i < count; i++) {
        bool newer = str_eq(list[i].office, row->office) && date_parse(list[i].valid_from, &other) &&
                     date_cmp(other, on) <= 0 &&
                     (date_cmp(other, from) > 0 || (date_cmp(other, from) == 0 && list[i].number > row->number));
        if (newer) return false;
    }
    return true;
}

bool definitions_standings(struct conn *c, struct arena *a, struct str code, size_t limit,
                           struct definitions_standing **list, size_t *count, struct error *err)
{
    auto_query q = query_start(c, "select o.\"office\", o.\"code\", o.\"name\", s.\"value\" from \"fz_office\" as o "
                                  "left join \"fz_setting\" as s on s.\"office\" = o.\"office\" and s.\"name\" = ? "
                                  "where o.\"code\" >= ? and o.\"code\" < ? and o.\"closed\" = 0 "
                                  "order by o.\"code\" limit ?");
    query_bind_str(&q, STR("definitions"));
    query_bind_str(&q, code);
    query_bind_str(&q, office_code_end(a, code));
    query_bind_i64(&q, (int64_t)limit);
    size_t cap = 0;
    *list = NULL;
    *count = 0;
    while (query_row(&q)) {
        struct definitions_standing s = {query_str(&q, a, 0), query_str(&q, a, 1), query_str(&q, a, 2), query_str(&q, a, 3)};
        ARENA_PUSH(a, *list, *count, cap, s);
    }
    return query_finish(&q, err);
}

/* ---- files ---- */

bool definitions_put_files(struct conn *c, struct str office, struct str digest, const struct definition_file *files,
                           size_t count, struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        auto_query q = query_start(c, "insert into \"fz_definition_file\" (\"office\", \"digest\", \"path\", \"text\") "
                                      "values (?, ?, ?, ?) on conflict (\"office\", \"digest\", \"path\") do nothing");
        query_bind_str(&q, office);
        query_bind_str(&q, digest);
        query_bind_str(&q, files[i].path);
        query_bind_str(&q, files[i].text);
        if (!query_run(&q, NULL, err)) return false;
    }
    return true;
}

bool definitions_files(struct conn *c, struct arena *a, struct str office, struct str digest,
                       struct definition_file **files, size_t *count, struct error *err)
{
    auto_query q = query_start(c, "select \"path\", \"text\" from \"fz_definition_file\" where \"office\" = ? and "
                                  "\"digest\" = ? order by \"path\"");
    query_bind_str(&q, office);
    query_bind_str(&q, digest);
    size_t cap = 0;
    *files = NULL;
    *count = 0;
    while (query_row(&q)) {
        struct definition_file f = {query_str(&q, a, 0), query_str(&q, a, 1)};
        ARENA_PUSH(a, *files, *count, cap, f);
    }
    return query_finish(&q, err);
}

/* ---- what records need ---- */

#define AT_OR_BELOW                                                                                                    \
    "exists(select 1 from \"fz_office\" where \"fz_office\".\"office\" = self.\"office\" and "                          \
    "\"fz_office\".\"code\" >= ? and \"fz_office\".\"code\" < ?)"

static bool any(struct query *q, bool *used, struct error *err)
{
    *used = query_row(q);
    return query_finish(q, err);
}

static void bind_place(struct query *q, struct arena *a, struct str code)
{
    query_bind_str(q, code);
    query_bind_str(q, office_code_end(a, code));
}

bool definitions_register_used(struct conn *c, struct str code, const struct reg *reg, bool *used, struct error *err)
{
    auto_arena a = arena_open();
    auto_query q = query_start(c, "select 1 from %T as self where " AT_OR_BELOW " limit 1", reg);
    bind_place(&q, a, code);
    return any(&q, used, err);
}

bool definitions_stage_used(struct conn *c, struct str code, const struct reg *reg, struct str stage, bool *used,
                            struct error *err)
{
    auto_arena a = arena_open();
    auto_query q = query_start(c, "select 1 from %T as self where self.\"stage\" = ? and " AT_OR_BELOW " limit 1", reg);
    query_bind_str(&q, stage);
    bind_place(&q, a, code);
    return any(&q, used, err);
}

bool definitions_value_used(struct conn *c, struct str code, const struct reg *reg, const struct field *f,
                            struct str value, bool *used, struct error *err)
{
    auto_arena a = arena_open();
    auto_query q = query_start(c, "select 1 from %T as self where self.%F = ? and " AT_OR_BELOW " limit 1", reg, f);
    query_bind_str(&q, value);
    bind_place(&q, a, code);
    return any(&q, used, err);
}

bool definitions_deadline_used(struct conn *c, struct str code, const struct reg *reg, struct str name, bool *used,
                               struct error *err)
{
    auto_arena a = arena_open();
    auto_query q = query_start(c, "select 1 from \"fz_deadline\" as self where self.\"register\" = ? and "
                                  "self.\"name\" = ? and self.\"state\" in ('running', 'suspended') and " AT_OR_BELOW
                                  " limit 1");
    query_bind_str(&q, reg->name);
    query_bind_str(&q, name);
    bind_place(&q, a, code);
    return any(&q, used, err);
}
