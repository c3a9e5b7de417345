#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

/* What people meet, in Chinese; a full disk is the one that passes when room is made. */
bool file_fault(struct error *err, const char *what, const char *path)
{
    static const struct {
        int number;
        const char *say;
    } known[] = {
        {ENOSPC, "磁盘已满，没有保存。请腾出空间后重试"}, {EDQUOT, "磁盘配额已满，没有保存。请腾出空间后重试"},
        {EACCES, "没有权限"},                             {EROFS, "磁盘是只读的"},
        {ENOENT, "没有这个文件或文件夹"},                 {EIO, "读写磁盘失败，请检查磁盘"},
    };
    int number = errno;
    const char *say = strerror(number);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].number == number) say = known[i].say;
    enum error_code code = number == ENOSPC || number == EDQUOT ? ERR_BUSY : ERR_IO;
    return error_at(err, code, str_from(path), "%s：%s", what, say);
}

/* `expected`: bytes, where they are known; then they are not copied from a small piece of memory to a larger one. */
static bool read_all(struct arena *a, int fd, size_t expected, size_t limit, struct str *content, const char *path,
                     struct error *err)
{
    struct buf b = buf_in(a);
    if (expected && expected <= limit) buf_room(&b, expected);
    char chunk[65536];
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return file_fault(err, "读取文件失败", path);
        if (n == 0) break;
        if ((size_t)n > limit - b.len)
            return error_at(err, ERR_LIMIT, str_from(path), "文件太大，最多 %zu 字节", limit);
        buf_put(&b, (struct str){chunk, (size_t)n});
    }
    *content = buf_str(&b);
    return true;
}

bool file_read(struct arena *a, const char *path, size_t limit, struct str *content, struct error *err)
{
    if (strcmp(path, "-") == 0) return read_all(a, STDIN_FILENO, 0, limit, content, path, err);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return file_fault(err, "打不开文件", path);
    struct stat st;
    bool ok;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        ok = error_at(err, ERR_IO, str_from(path), "不是普通文件");
    else
        ok = read_all(a, fd, (size_t)st.st_size, limit, content, path, err);
    close(fd);
    return ok;
}

bool file_map_open(int fd, const char *path, struct str *content, struct error *err)
{
    *content = STR("");
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) return error_at(err, ERR_IO, str_from(path), "不是普通文件");
    if (st.st_size == 0) return true;
    void *at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (at == MAP_FAILED) return file_fault(err, "读不了文件", path);
    *content = (struct str){at, (size_t)st.st_size};
    return true;
}

bool file_map(const char *path, struct str *content, struct error *err)
{
    *content = STR("");
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return file_fault(err, "打不开文件", path);
    bool ok = file_map_open(fd, path, content, err);
    close(fd);
    return ok;
}

void file_unmap(struct str content)
{
    if (content.len) munmap((void *)(uintptr_t)content.s, content.len);
}

void file_map_forget(struct str part)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t from = ((uintptr_t)part.s + page - 1) / page * page, to = ((uintptr_t)part.s + part.len) / page * page;
    if (to > from) madvise((void *)from, to - from, MADV_DONTNEED);
}

bool file_append(int fd, struct str content)
{
    while (content.len) {
        ssize_t n = write(fd, content.s, content.len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return false;
        content = str_slice(content, (size_t)n, content.len);
    }
    return true;
}

int file_nameless(const char *folder)
{
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return fd;
    auto_arena a = arena_open();
    char *path = str_cstr(a, str_printf(a, "%s/.upload-XXXXXX", folder));
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0) unlink(path);
    return fd;
}

static void sync_folder_of(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *folder = slash ? str_cstr(a, (struct str){path, (size_t)(slash - path) + 1}) : ".";
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    fsync(fd);
    close(fd);
}

bool file_write(const char *path, struct str content, bool secret, struct error *err)
{
    auto_arena a = arena_open();
    char *temporary = str_cstr(a, str_printf(a, "%s.%ld.tmp", path, (long)getpid()));
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, secret ? 0600 : 0644);
    if (fd < 0) return file_fault(err, "不能写文件", path);
    bool ok = file_append(fd, content) && fsync(fd) == 0;
    ok = close(fd) == 0 && ok;
    if (!ok || rename(temporary, path) != 0) {
        file_fault(err, "写文件失败", path);
        unlink(temporary);
        return false;
    }
    sync_folder_of(a, path);
    return true;
}

bool file_remove(const char *path, struct error *err)
{
    return unlink(path) == 0 || errno == ENOENT || file_fault(err, "不能删除文件", path);
}

bool file_make_folder(const char *path, struct error *err)
{
    auto_arena a = arena_open();
    char *p = str_cstr(a, str_from(path));
    for (char *c = p + 1; ; c++) {
        if (*c != '/' && *c != '\0') continue;
        char was = *c;
        *c = '\0';
        if (mkdir(p, 0755) != 0 && errno != EEXIST) return file_fault(err, "不能建立文件夹", p);
        if (was == '\0') return true;
        *c = was;
        if (c[1] == '\0') return true;
    }
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

static int by_bytes(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

bool file_list(struct arena *a, const char *folder, const char *ending, struct str **names, size_t *count,
               struct error *err)
{
    DIR *dir = opendir(folder);
    if (!dir) return file_fault(err, "打不开文件夹", folder);
    struct str *list = NULL;
    size_t n = 0;
    size_t cap = 0;
    for (struct dirent *e; (e = readdir(dir));) {
        struct str name = str_from(e->d_name);
        if (name.s[0] == '.' || (ending && !str_ends(name, str_from(ending)))) continue;
        ARENA_PUSH(a, list, n, cap, str_copy(a, name));
    }
    closedir(dir);
    if (n) qsort(list, n, sizeof *list, by_bytes);
    *names = list;
    *count = n;
    return true;
}
