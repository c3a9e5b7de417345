/* Settings and fixed reports. */
#include "store/inside.h"
#include "store/people.h"

bool setting_put(struct conn *c, struct str office, struct str name, struct str value, struct error *err)
{
    auto_query q = query_start(c, "insert into \"fz_setting\" (\"office\", \"name\", \"value\") values (?, ?, ?) "
                                  "on conflict (\"office\", \"name\") do update set \"value\" = excluded.\"value\"");
    query_bind_str(&q, office);
    query_bind_str(&q, name);
    query_bind_str(&q, value);
    return query_run(&q, NULL, err);
}

bool setting_get(struct conn *c, struct arena *a, struct str office, struct str name, struct str *value,
                 struct error *err)
{
    auto_query q = query_start(c, "select \"value\" from \"fz_setting\" where \"office\" = ? and \"name\" = ?");
    query_bind_str(&q, office);
    query_bind_str(&q, name);
    *value = query_row(&q) ? query_str(&q, a, 0) : STR("");
    return query_finish(&q, err);
}

static bool next_report_id(struct conn *c, struct str office, int64_t *id, struct error *err)
{
    auto_query q = query_start(c, "select coalesce(max(\"id\"), 0) + 1 from \"fz_fixed_report\" where \"office\" = ?");
    query_bind_str(&q, office);
    *id = query_row(&q) ? query_i64(&q, 0) : 0;
    return query_finish(&q, err);
}

bool fixed_report_put(struct conn *c, struct str office, struct fixed_report *r, struct error *err)
{
    if (!next_report_id(c, office, &r->id, err)) return false;
    auto_query q = query_start(c, "insert into \"fz_fixed_report\" (\"office\", \"id\", \"report\", \"period\", \"seq\", "
                                  "\"fixed_at\", \"fixed_by\", \"figures\", \"text\", \"definitions\") "
                                  "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    query_bind_str(&q, office);
    query_bind_i64(&q, r->id);
    query_bind_str(&q, r->report);
    query_bind_str(&q, r->period);
    query_bind_i64(&q, r->seq);
    query_bind_i64(&q, r->fixed_at);
    query_bind_str(&q, r->fixed_by);
    query_bind_str(&q, r->figures);
    query_bind_str(&q, r->text);
    query_bind_str(&q, r->definitions);
    return query_run(&q, NULL, err);
}

bool fixed_report_list(struct conn *c, struct arena *a, struct str office, struct str report, struct str period,
                       struct fixed_report **list, size_t *count, struct error *err)
{
    auto_query q = query_start(c, "select \"id\", \"report\", \"period\", \"seq\", \"fixed_at\", \"fixed_by\", \"figures\", "
                                  "\"text\", \"definitions\" from \"fz_fixed_report\" where \"office\" = ? and \"report\" = ? "
                                  "and \"period\" = ? order by \"id\" desc");
    query_bind_str(&q, office);
    query_bind_str(&q, report);
    query_bind_str(&q, period);
    size_t cap = 0;
    *list = NULL;
    *count = 0;
    while (query_row(&q)) {
        struct fixed_report r = {
            .id = query_i64(&q, 0),
            .report = query_str(&q, a, 1),
            .period = query_str(&q, a, 2),
            .seq = query_i64(&q, 3),
            .fixed_at = query_i64(&q, 4),
            .fixed_by = query_str(&q, a, 5),
            .figures = query_str(&q, a, 6),
            .text = query_str(&q, a, 7),
            .definitions = query_str(&q, a, 8),
        };
        ARENA_PUSH(a, *list, *count, cap, r);
    }
    return query_finish(&q, err);
}
