/* Attachments on PostgreSQL lie in the database, in parts: several servers share them, and a backup of the database has
 * them. */
#include "base/base64.h"
#include "store/postgres.h"

enum { PART = 1 << 20 };

bool postgres_files_make(struct conn *c, struct error *err)
{
    return conn_execute(c,
                        "create table if not exists \"fz_attachment_part\" (\"office\" text collate \"C\" not null, "
                        "\"digest\" text collate \"C\" not null, \"part\" bigint not null, \"content\" bytea not null, "
                        "primary key (\"office\", \"digest\", \"part\"))",
                        err);
}

/* The same bytes under the same digest are there once; what was damaged is whole again. */
bool postgres_file_put(struct conn *c, struct str office, struct str digest, struct str bytes, struct error *err)
{
    size_t at = 0;
    for (int64_t part = 0; part == 0 || at < bytes.len; part++, at += PART) {
        auto_arena a = arena_open();
        auto_query q = query_start(c, "insert into \"fz_attachment_part\" (\"office\", \"digest\", \"part\", \"content\") values "
                                      "(?, ?, ?, decode(cast(? as text), 'base64')) on conflict (\"office\", \"digest\", \"part\") "
                                      "do update set \"content\" = excluded.\"content\"");
        query_bind_str(&q, office);
        query_bind_str(&q, digest);
        query_bind_i64(&q, part);
        query_bind_str(&q, base64_encode(a, str_slice(bytes, at, at + PART)));
        if (!query_run(&q, NULL, err)) return false;
    }
    return true;
}

bool postgres_file_get(struct conn *c, struct arena *a, struct str office, struct str digest, struct str *bytes,
                       struct error *err)
{
    struct buf whole = buf_in(a);
    bool good = true;
    auto_query q = query_start(c, "select replace(encode(\"content\", 'base64'), e'\\n', '') from \"fz_attachment_part\" "
                                  "where \"office\" = ? and \"digest\" = ? order by \"part\"");
    query_bind_str(&q, office);
    query_bind_str(&q, digest);
    while (query_row(&q)) {
        auto_arena row = arena_open();
        struct str part;
        good = good && base64_decode(row, query_str(&q, row, 0), &part);
        if (good) buf_put(&whole, part);
    }
    *bytes = buf_str(&whole);
    if (!query_finish(&q, err)) return false;
    return good || error_set(err, ERR_STORE, "附件的内容读不出来，请从备份恢复");
}

bool postgres_file_remove(struct conn *c, struct str office, struct str digest, struct error *err)
{
    auto_query q = query_start(c, "delete from \"fz_attachment_part\" where \"office\" = ? and \"digest\" = ?");
    query_bind_str(&q, office);
    query_bind_str(&q, digest);
    return query_run(&q, NULL, err);
}
