/* Attachments: files named by the SM3 digest of their content, and a row for each in the database. */
#include <string.h>

#include "base/file.h"
#include "base/sm3.h"
#include "store/inside.h"
#include "store/people.h"

enum { DIGEST_LENGTH = 64 };
const size_t largest_attachment = (size_t)512 * 1024 * 1024;

struct signature {
    const char *bytes;
    size_t length;
    const char *type;
};

/* The kind of a file by its first bytes; what its name says is not trusted. */
static const struct signature signatures[] = {
    {"%PDF-", 5, "application/pdf"},
    {"\x89PNG\r\n\x1a\n", 8, "image/png"},
    {"\xff\xd8\xff", 3, "image/jpeg"},
    {"GIF8", 4, "image/gif"},
    {"PK\x03\x04", 4, "application/zip"}, /* DOCX, XLSX and OFD are such */
    {"\xd0\xcf\x11\xe0", 4, "application/x-ole-storage"},
};

static struct str type_of(struct str bytes)
{
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++)
        if (str_starts(bytes, (struct str){signatures[i].bytes, signatures[i].length}))
            return str_from(signatures[i].type);
    return STR("application/octet-stream");
}

/* A digest from outside becomes part of a path: only 64 small hexadecimal digits may. */
static bool is_digest(struct str t)
{
    if (t.len != DIGEST_LENGTH) return false;
    for (size_t i = 0; i < t.len; i++)
        if (!((t.s[i] >= '0' && t.s[i] <= '9') || (t.s[i] >= 'a' && t.s[i] <= 'f'))) return false;
    return true;
}

static char *folder_of(struct arena *a, struct conn *c, struct str digest)
{
    return str_cstr(a, str_printf(a, "%s/attachments/%.2s", c->store->folder, digest.s));
}

static char *path_of(struct arena *a, struct conn *c, struct str digest)
{
    return str_cstr(a, str_printf(a, "%s/%.*s", folder_of(a, c, digest), STR_ARG(digest)));
}

static bool check(struct arena *a, struct str digest, struct str bytes, struct error *err)
{
    if (str_eq(digest, sm3_hex(a, bytes))) return true;
    return error_set(err, ERR_STORE, "附件的内容与登记的摘要不符，文件已被改动或损坏，请从备份恢复");
}

bool folder_file_get(struct conn *c, struct arena *a, struct str office, struct str digest, struct str *bytes,
                     struct error *err)
{
    (void)office;
    return file_read(a, path_of(a, c, digest), largest_attachment, bytes, err);
}

bool folder_file_map(struct conn *c, struct str office, struct str digest, struct str *bytes, struct error *err)
{
    (void)office;
    auto_arena a = arena_open();
    return file_map(path_of(a, c, digest), bytes, err);
}

bool folder_file_remove(struct conn *c, struct str office, struct str digest, struct error *err)
{
    (void)office;
    auto_arena a = arena_open();
    return file_remove(path_of(a, c, digest), err);
}

/* Writes the file unless it is there already, whole. */
bool folder_file_put(struct conn *c, struct str office, struct str digest, struct str bytes, struct error *err)
{
    auto_arena a = arena_open();
    struct str there;
    struct error ignored;
    const char *path = path_of(a, c, digest);
    if (file_exists(path) && folder_file_get(c, a, office, digest, &there, &ignored) && check(a, digest, there, &ignored))
        return true;
    return file_make_folder(folder_of(a, c, digest), err) && file_write(path, bytes, true, err);
}

void attachment_look(struct attachment *att, struct str bytes)
{
    auto_arena a = arena_open();
    struct str digest = sm3_hex(a, bytes);
    memcpy(att->hex, digest.s, sizeof att->hex); /* hex_text ends it with a zero */
    att->digest = str_from(att->hex);
    att->size = (int64_t)bytes.len;
    if (att->type.len == 0) att->type = type_of(bytes);
}

bool attachment_add(struct conn *c, struct str office, struct str bytes, struct attachment *att, struct error *err)
{
    if (bytes.len > largest_attachment) return error_set(err, ERR_LIMIT, "附件太大，最大 %zu 字节", largest_attachment);
    if (att->digest.len == 0) attachment_look(att, bytes);
    if (!c->backend->file_put(c, office, att->digest, bytes, err)) return false;
    auto_query q = query_start(c, "insert into \"fz_attachment\" (\"office\", \"digest\", \"name\", \"type\", \"size\", "
                                  "\"added_at\", \"added_by\") values (?, ?, ?, ?, ?, ?, ?) "
                                  "on conflict (\"office\", \"digest\") do nothing");
    query_bind_str(&q, office);
    query_bind_str(&q, att->digest);
    query_bind_str(&q, att->name);
    query_bind_str(&q, att->type);
    query_bind_i64(&q, att->size);
    query_bind_i64(&q, att->added_at);
    query_bind_str(&q, att->added_by);
    return query_run(&q, NULL, err);
}

bool attachment_get(struct conn *c, struct arena *a, struct str office, struct str digest, struct attachment *att,
                    struct str *bytes, struct error *err)
{
    if (!is_digest(digest)) return error_set(err, ERR_NOT_FOUND, "没有这个附件");
    auto_query q = query_start(c, "select \"digest\", \"name\", \"type\", \"size\", \"added_at\", \"added_by\" "
                                  "from \"fz_attachment\" where \"office\" = ? and \"digest\" = ?");
    query_bind_str(&q, office);
    query_bind_str(&q, digest);
    bool found = query_row(&q);
    if (found)
        *att = (struct attachment){
            .digest = query_str(&q, a, 0),
            .name = query_str(&q, a, 1),
            .type = query_str(&q, a, 2),
            .size = query_i64(&q, 3),
            .added_at = query_i64(&q, 4),
            .added_by = query_str(&q, a, 5),
        };
    if (!query_finish(&q, err)) return false;
    if (!found) return error_set(err, ERR_NOT_FOUND, "没有这个附件");
    return !bytes || (c->backend->file_get(c, a, office, digest, bytes, err) && check(a, digest, *bytes, err));
}
