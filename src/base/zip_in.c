#include "base/zip_in.h"

#include <string.h>

#include "base/utf8.h"

zip_t *zip_of_bytes(struct str bytes)
{
    zip_error_t fault;
    zip_error_init(&fault);
    zip_source_t *source = zip_source_buffer_create(bytes.s, bytes.len, 0, &fault);
    zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY, &fault) : NULL;
    if (source && !zip) zip_source_free(source);
    zip_error_fini(&fault);
    return zip;
}

static bool damaged(struct error *err)
{
    return error_set(err, ERR_INPUT, "文件已损坏，或者不是 ZIP 压缩文件");
}

static bool is_left_out(struct str path)
{
    size_t begin = path.len;
    while (begin > 0 && path.s[begin - 1] != '/') begin--;
    return begin == path.len || path.s[begin] == '.' || str_starts(path, STR("__MACOSX/"));
}

/* Reads one byte more than may be kept: that there is one is the fault. */
static bool read_one(struct arena *a, zip_t *zip, zip_uint64_t index, size_t most, struct str *bytes,
                     struct error *err)
{
    zip_file_t *file = zip_fopen_index(zip, index, 0);
    char *into = arena_alloc(a, most + 1);
    size_t len = 0;
    zip_int64_t n = file ? 1 : -1;
    while (n > 0 && len <= most) {
        n = zip_fread(file, into + len, most + 1 - len);
        if (n > 0) len += (size_t)n;
    }
    if (file) zip_fclose(file);
    if (n < 0) return damaged(err);
    if (len > most) return error_set(err, ERR_LIMIT, "压缩文件里的内容太大");
    *bytes = (struct str){into, len};
    return true;
}

static bool read_all(struct arena *a, zip_t *zip, const struct zip_in_limits *limits, struct zip_in_file **files,
                     size_t *count, struct error *err)
{
    auto_arena work = arena_open();
    size_t cap = 0, left = limits->all_bytes;
    zip_int64_t entries = zip_get_num_entries(zip, 0);
    for (zip_int64_t i = 0; i < entries; i++) {
        const char *name = zip_get_name(zip, (zip_uint64_t)i, 0);
        struct str bytes, path = str_from(name ? name : "");
        if (is_left_out(path)) continue;
        if (!utf8_valid(path)) return damaged(err);
        if (*count == limits->files) return error_set(err, ERR_LIMIT, "压缩文件里的文件太多，最多 %zu 个", limits->files);
        arena_reset(work);
        if (!read_one(work, zip, (zip_uint64_t)i, left < limits->file_bytes ? left : limits->file_bytes, &bytes, err))
            return false;
        left -= bytes.len;
        struct zip_in_file f = {str_replace(a, str_copy(a, path), STR("\\"), STR("/")), str_copy(a, bytes)};
        ARENA_PUSH(a, *files, *count, cap, f);
    }
    return true;
}

bool zip_in_read(struct arena *a, struct str bytes, const struct zip_in_limits *limits, struct zip_in_file **files,
                 size_t *count, struct error *err)
{
    *files = NULL;
    *count = 0;
    zip_t *zip = zip_of_bytes(bytes);
    if (!zip) return damaged(err);
    bool ok = read_all(a, zip, limits, files, count, err);
    zip_discard(zip);
    return ok;
}
