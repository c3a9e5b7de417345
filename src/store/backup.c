/* A backup of the whole data folder while it is in use. */
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "store/inside.h"
#include "store/move.h"

static const size_t largest_file = (size_t)1024 * 1024 * 1024;

static char *join(struct arena *a, const char *folder, const char *name)
{
    return str_cstr(a, str_printf(a, "%s/%s", folder, name));
}

static bool copy_file(const char *from, const char *to, struct error *err)
{
    auto_arena a = arena_open();
    struct str content;
    return file_read(a, from, largest_file, &content, err) && file_write(to, content, true, err);
}

/* Files half written by somebody else end in .tmp; they are no attachments yet. */
static bool copy_files(struct arena *a, const char *from, const char *to, struct error *err)
{
    struct str *names;
    size_t count;
    if (!file_make_folder(to, err) || !file_list(a, from, NULL, &names, &count, err)) return false;
    for (size_t i = 0; i < count; i++) {
        if (str_ends(names[i], STR(".tmp"))) continue;
        const char *name = str_cstr(a, names[i]);
        if (!copy_file(join(a, from, name), join(a, to, name), err)) return false;
    }
    return true;
}

static bool copy_attachments(struct arena *a, const char *from, const char *to, struct error *err)
{
    if (!file_exists(from)) return true;
    struct str *names;
    size_t count;
    if (!file_list(a, from, NULL, &names, &count, err)) return false;
    for (size_t i = 0; i < count; i++) {
        const char *name = str_cstr(a, names[i]);
        if (!copy_files(a, join(a, from, name), join(a, to, name), err)) return false;
    }
    return true;
}

/* A server's database becomes the file of a data folder, attachments among it. */
static bool copy_from_server(struct store *s, const char *to, struct error *err)
{
    auto_arena a = arena_open();
    struct str *offices = NULL;
    size_t count = 0;
    struct move_counts counts;
    struct conn *c = store_read(s, err);
    bool ok = c && store_offices(c, a, &offices, &count, err);
    if (c) store_done(c);
    struct store *file = ok ? store_open(to, NULL, s->model, true, err) : NULL;
    for (size_t i = 0; file && ok && i < count; i++) ok = store_copy_office(s, file, offices[i], &counts, err);
    store_close(file);
    return file && ok;
}

static bool copy_database(struct store *s, const char *to, struct error *err)
{
    if (!s->backend->copy) return copy_from_server(s, to, err);
    struct conn *c = store_read(s, err);
    if (!c) return false;
    bool ok = c->backend->copy(c, to, err);
    store_done(c);
    return ok;
}

/* The database first: an attachment's file is on disk before its row is, and is never deleted, so that every row of
 * the copy finds its file. */
static bool copy_all(struct store *s, struct arena *a, const char *to, struct error *err)
{
    const char *key = join(a, s->folder, "key");
    return copy_database(s, to, err) &&
           (s->database ||
            copy_attachments(a, join(a, s->folder, "attachments"), join(a, to, "attachments"), err)) &&
           (!file_exists(key) || copy_file(key, join(a, to, "key"), err));
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st;
    (void)kind;
    (void)where;
    return remove(path);
}

bool store_backup(struct store *s, const char *to, struct error *err)
{
    auto_arena a = arena_open();
    if (file_exists(to)) return error_at(err, ERR_INPUT, str_from(to), "备份的目标已经存在，请换一个新文件夹名");
    const char *part = str_cstr(a, str_printf(a, "%s.%ld.part", to, (long)getpid()));
    if (mkdir(part, 0700) != 0)
        return file_fault(err, "不能建立备份文件夹", part);
    bool ok = copy_all(s, a, part, err);
    if (ok && rename(part, to) != 0) ok = file_fault(err, "备份改名失败", to);
    if (!ok) nftw(part, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return ok;
}
