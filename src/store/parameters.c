#include "store/parameters.h"

#include "store/inside.h"

bool parameter_put(struct conn *c, const struct parameter_row *row, struct error *err)
{
    auto_query q =
        query_start(c, "insert into \"fz_parameter\" (\"office\", \"name\", \"valid_from\", \"code\", \"value\", "
                       "\"cite\", \"issued_at\", "
                       "\"issued_by\") values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (\"office\", \"name\", "
                       "\"valid_from\") do update set "
                       "\"code\" = excluded.\"code\", \"value\" = excluded.\"value\", \"cite\" = excluded.\"cite\", "
                       "\"issued_at\" = excluded.\"issued_at\", \"issued_by\" = excluded.\"issued_by\"");
    query_bind_str(&q, row->office);
    query_bind_str(&q, row->name);
    query_bind_str(&q, row->valid_from);
    query_bind_str(&q, row->code);
    query_bind_i64(&q, row->value);
    query_bind_str(&q, row->cite);
    query_bind_i64(&q, row->issued_at);
    query_bind_str(&q, row->issued_by);
    return query_run(&q, NULL, err);
}

bool parameter_list(struct conn *c, struct arena *a, struct str code, struct str name, struct parameter_row **list,
                    size_t *count, struct error *err)
{
    auto_query q = query_start(
        c, "select \"office\", \"code\", \"name\", \"valid_from\", \"value\", \"cite\", \"issued_at\", \"issued_by\" "
           "from \"fz_parameter\" where \"name\" = ? and \"code\" = substr(cast(? as text), 1, length(\"code\")) "
           "order by length(\"code\") desc, \"valid_from\" desc");
    query_bind_str(&q, name);
    query_bind_str(&q, code);
    size_t cap = 0;
    *list = NULL;
    *count = 0;
    while (query_row(&q)) {
        struct parameter_row r = {
            .office = query_str(&q, a, 0),
            .code = query_str(&q, a, 1),
            .name = query_str(&q, a, 2),
            .valid_from = query_str(&q, a, 3),
            .value = query_i64(&q, 4),
            .cite = query_str(&q, a, 5),
            .issued_at = query_i64(&q, 6),
            .issued_by = query_str(&q, a, 7),
        };
        ARENA_PUSH(a, *list, *count, cap, r);
    }
    return query_finish(&q, err);
}
