#include "store/uploads.h"

#include <unistd.h>

#include "base/file.h"
#include "base/sm3.h"
#include "store/inside.h"
#include "store/people.h"

static const int64_t kept_ms = (int64_t)24 * 3600 * 1000;
enum { SWEPT_MOST = 100, PORTION = 4 << 20 };

#define PREFIX "import_upload/"

/* Who sent it; its value is when, a blank, and the file's name. */
static struct str setting_of(struct arena *a, struct str account, struct str digest)
{
    return str_printf(a, PREFIX "%.*s/%.*s", STR_ARG(account), STR_ARG(digest));
}

/* Beside the attachments, under a name that none of them has. */
static struct str file_of(struct arena *a, struct str digest)
{
    return str_printf(a, "upload-%.*s", STR_ARG(digest));
}

/* Not the turn of the office's acts: writing a large file must not hold them up. */
static struct str turn_of_uploads(struct arena *a, struct str office)
{
    return str_printf(a, "%.*s/uploads", STR_ARG(office));
}

/* ---- what is old ---- */

struct old {
    struct str setting, digest;
};

static bool find_old(struct conn *c, struct arena *a, struct str office, int64_t before, struct old *list,
                     size_t *count, struct error *err)
{
    *count = 0;
    auto_query q =
        query_start(c, "select \"name\", \"value\" from \"fz_setting\" where \"office\" = ? and \"name\" >= ? and "
                       "\"name\" < ? order by \"name\"");
    query_bind_str(&q, office);
    query_bind_str(&q, STR(PREFIX));
    query_bind_str(&q, STR("import_upload0")); /* 0 follows / */
    while (*count < SWEPT_MOST && query_row(&q)) {
        struct str name = query_str(&q, a, 0), value = query_str(&q, a, 1), since;
        int64_t at;
        bool told = str_split(&value, ' ', &since) && str_to_i64(since, &at);
        if (told && at >= before) continue;
        size_t slash = str_find(name, STR("/"), sizeof PREFIX - 1);
        list[(*count)++] = (struct old){name, str_slice(name, slash == SIZE_MAX ? name.len : slash + 1, name.len)};
    }
    return query_finish(&q, err);
}

/* Two people may have sent the same file. */
static bool is_wanted(struct conn *c, struct arena *a, struct str office, struct str digest, bool *wanted,
                      struct error *err)
{
    auto_query q =
        query_start(c, "select 1 from \"fz_setting\" where \"office\" = ? and \"name\" >= ? and \"name\" < ? and "
                       "\"name\" like ? limit 1");
    query_bind_str(&q, office);
    query_bind_str(&q, STR(PREFIX));
    query_bind_str(&q, STR("import_upload0"));
    query_bind_str(&q, str_printf(a, "%%/%.*s", STR_ARG(digest)));
    *wanted = query_row(&q);
    return query_finish(&q, err);
}

static bool remove_one(struct conn *c, struct arena *a, struct str office, const struct old *o, struct error *err)
{
    bool wanted;
    auto_query q = query_start(c, "delete from \"fz_setting\" where \"office\" = ? and \"name\" = ?");
    query_bind_str(&q, office);
    query_bind_str(&q, o->setting);
    return query_run(&q, NULL, err) && is_wanted(c, a, office, o->digest, &wanted, err) &&
           (wanted || o->digest.len == 0 || c->backend->file_remove(c, office, file_of(a, o->digest), err));
}

static bool remove_old(struct conn *c, struct arena *a, struct str office, int64_t before, struct error *err)
{
    struct old list[SWEPT_MOST];
    size_t count;
    if (!find_old(c, a, office, before, list, &count, err)) return false;
    for (size_t i = 0; i < count; i++)
        if (!remove_one(c, a, office, &list[i], err)) return false;
    return true;
}

/* ---- keeping ---- */

static struct str digest_of(struct arena *a, struct str bytes)
{
    struct sm3 *sum = sm3_start();
    for (size_t at = 0; at < bytes.len; at += PORTION) sm3_add(sum, str_slice(bytes, at, at + PORTION));
    return sm3_end(sum, a);
}

static bool note(struct conn *c, struct arena *a, struct str office, struct str account, struct str name, int64_t now,
                 struct str digest, struct error *err)
{
    struct str value = str_printf(a, "%lld %.*s", (long long)now, STR_ARG(name));
    return remove_old(c, a, office, now - kept_ms, err) &&
           setting_put(c, office, setting_of(a, account, digest), value, err);
}

/* The file goes first, where it needs no transaction: other writers need not wait for it. */
static bool put_file(struct store *s, struct arena *a, struct str office, struct str digest, struct str bytes,
                     struct error *err)
{
    bool in_folder = s->backend->file_map != NULL;
    struct conn *c = in_folder ? store_read(s, err) : store_write(s, turn_of_uploads(a, office), err);
    if (!c) return false;
    bool ok = c->backend->file_put(c, office, file_of(a, digest), bytes, err);
    if (in_folder) {
        store_done(c);
        return ok;
    }
    if (ok) return store_commit(c, err);
    store_rollback(c);
    return false;
}

bool upload_keep(struct store *s, struct arena *a, struct str office, struct str account, struct str name,
                 struct str bytes, int64_t now, struct str *digest, struct error *err)
{
    *digest = digest_of(a, bytes);
    if (!put_file(s, a, office, *digest, bytes, err)) return false;
    struct conn *c = store_write(s, turn_of_uploads(a, office), err);
    if (!c) return false;
    if (note(c, a, office, account, name, now, *digest, err)) return store_commit(c, err);
    store_rollback(c);
    return false;
}

/* ---- opening ---- */

static bool not_found(struct error *err)
{
    return error_set(err, ERR_NOT_FOUND, "上传的文件找不到了（只保留一天），请重新上传");
}

/* From the database into a file without a name. */
static bool fetch(struct conn *c, struct str office, struct str file, struct str *mapped, struct error *err)
{
    auto_arena a = arena_open();
    struct str bytes;
    const char *folder = c->store->folder;
    if (!c->backend->file_get(c, a, office, file, &bytes, err)) return false;
    int fd = file_nameless(folder);
    if (fd < 0) return file_fault(err, "不能写文件", folder);
    bool ok = file_append(fd, bytes) ? file_map_open(fd, folder, mapped, err) : file_fault(err, "不能写文件", folder);
    close(fd);
    return ok;
}

static bool find(struct conn *c, struct arena *a, struct str office, struct str account, struct str digest,
                 struct upload_sheet *u, struct error *err)
{
    struct str value, since, file = file_of(a, digest);
    if (!setting_get(c, a, office, setting_of(a, account, digest), &value, err)) return false;
    int64_t at;
    if (!str_split(&value, ' ', &since) || !str_to_i64(since, &at)) return not_found(err);
    u->name = value;
    return c->backend->file_map ? c->backend->file_map(c, office, file, &u->mapped, err)
                                : fetch(c, office, file, &u->mapped, err);
}

bool upload_open(struct store *s, struct arena *a, struct str office, struct str account, struct str digest,
                 struct upload_sheet *u, struct error *err)
{
    *u = (struct upload_sheet){0};
    struct conn *c = store_read(s, err);
    if (!c) return false;
    bool ok = find(c, a, office, account, digest, u, err);
    store_done(c);
    return ok;
}

void upload_close(struct upload_sheet *u)
{
    file_unmap(u->mapped);
    *u = (struct upload_sheet){0};
}
