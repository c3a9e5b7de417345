#include "web/body.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

enum { IN_MEMORY_MOST = 1 << 20 };
static const size_t all_in_memory = (size_t)256 << 20;

static bool grow(struct body *b, struct bodies *all, size_t size, size_t most, struct error *err)
{
    size_t cap = (b->len + size) * 2;
    if (cap > most) cap = most;
    size_t more = cap - b->cap;
    bool room = atomic_fetch_add(&all->bytes, more) + more <= all_in_memory;
    char *grown = room ? realloc(b->s, cap) : NULL;
    if (!grown) {
        atomic_fetch_sub(&all->bytes, more);
        return error_set(err, ERR_BUSY, "现在办理的人太多，没有保存，请过几秒再试。");
    }
    b->s = grown;
    b->cap = cap;
    return true;
}

static bool add_to_memory(struct body *b, struct bodies *all, size_t most, struct str part, struct error *err)
{
    if (part.len > b->cap - b->len && !grow(b, all, part.len, most, err)) return false;
    memcpy(b->s + b->len, part.s, part.len);
    b->len += part.len;
    return true;
}

static void leave_memory(struct body *b, struct bodies *all)
{
    atomic_fetch_sub(&all->bytes, b->cap);
    free(b->s);
    b->s = NULL;
    b->cap = 0;
}

static bool append(struct body *b, struct str part, struct error *err)
{
    if (!file_append(b->fd, part)) return file_fault(err, "保存上传的文件失败", "");
    b->len += part.len;
    return true;
}

static bool move_to_file(struct body *b, struct bodies *all, struct error *err)
{
    struct str had = {b->s, b->len};
    b->fd = file_nameless(all->folder);
    if (b->fd < 0) return file_fault(err, "保存上传的文件失败", all->folder);
    b->in_file = true;
    b->len = 0;
    bool ok = append(b, had, err);
    leave_memory(b, all);
    return ok;
}

bool body_add(struct body *b, struct bodies *all, size_t most, struct str part, struct error *err)
{
    bool small = !all->folder || b->len + part.len <= IN_MEMORY_MOST;
    if (!b->in_file && small) return add_to_memory(b, all, most, part, err);
    return (b->in_file || move_to_file(b, all, err)) && append(b, part, err);
}

bool body_whole(struct body *b, struct str *whole, struct error *err)
{
    if (b->in_file && !b->mapped) {
        struct str all;
        if (!file_map_open(b->fd, "", &all, err)) return false;
        b->s = (char *)(uintptr_t)all.s;
        b->mapped = true;
    }
    *whole = b->len ? (struct str){b->s, b->len} : STR("");
    return true;
}

void body_drop(struct body *b, struct bodies *all)
{
    if (b->mapped) file_unmap((struct str){b->s, b->len});
    if (b->in_file) close(b->fd);
    if (!b->in_file) leave_memory(b, all);
    *b = (struct body){0};
}
