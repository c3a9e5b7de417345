/* A copy of a running SQLite database by the online backup interface. */
#include <fcntl.h>
#include <unistd.h>

#include "store/sqlite.h"

static bool copy_pages(sqlite3 *from, sqlite3 *to, struct error *err)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    if (!backup) return sqlite_fault(to, err);
    /* All in one step: the reader's transaction holds one state of the database anyway. */
    int result = sqlite3_backup_step(backup, -1);
    if (sqlite3_backup_finish(backup) != SQLITE_OK || result != SQLITE_DONE) return sqlite_fault(to, err);
    return true;
}

static bool looks_sound(sqlite3 *db, struct error *err)
{
    sqlite3_stmt *st = NULL;
    bool sound = sqlite3_prepare_v2(db, "pragma quick_check(1)", -1, &st, NULL) == SQLITE_OK &&
                 sqlite3_step(st) == SQLITE_ROW && str_is(str_from((const char *)sqlite3_column_text(st, 0)), "ok");
    sqlite3_finalize(st);
    return sound || error_set(err, ERR_STORE, "备份出的数据库没有通过完整性检查，备份已放弃；请检查磁盘");
}

static bool sync_file(const char *path, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) close(fd);
    return ok || error_at(err, ERR_IO, str_from(path), "备份没有写到磁盘上");
}

bool sqlite_copy(struct conn *c, const char *to, struct error *err)
{
    auto_arena a = arena_open();
    char *path = str_cstr(a, str_printf(a, "%s/fazhi.db", to));
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return error_at(err, ERR_IO, str_from(path), "不能建立备份文件");
    close(fd);
    sqlite3 *copy = NULL;
    bool ok = sqlite3_open_v2(path, &copy, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK;
    if (!ok) error_set(err, ERR_STORE, "打不开备份文件：%s", copy ? sqlite3_errmsg(copy) : "内存不足");
    ok = ok && copy_pages(c->handle, copy, err) && looks_sound(copy, err);
    sqlite3_close(copy);
    return ok && sync_file(path, err);
}
