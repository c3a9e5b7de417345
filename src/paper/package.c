#include "paper/package.h"

#include <zip.h>

static bool add_entries(zip_t *zip, const struct package_entry *entries, size_t count)
{
    static const zip_uint16_t first_day = 1 << 5 | 1; /* 1980-01-01 in the ZIP format's own calendar */
    for (size_t i = 0; i < count; i++) {
        zip_source_t *content = zip_source_buffer(zip, entries[i].content.s, entries[i].content.len, 0);
        if (!content) return false;
        zip_int64_t index = zip_file_add(zip, entries[i].name, content, ZIP_FL_ENC_UTF_8);
        if (index < 0) {
            zip_source_free(content);
            return false;
        }
        if (zip_file_set_dostime(zip, (zip_uint64_t)index, 0, first_day, 0) != 0) return false;
    }
    return true;
}

static bool read_source(zip_source_t *source, struct arena *a, struct str *out)
{
    zip_stat_t stat;
    zip_stat_init(&stat);
    if (zip_source_stat(source, &stat) != 0 || !(stat.valid & ZIP_STAT_SIZE)) return false;
    char *bytes = arena_alloc(a, (size_t)stat.size + 1);
    if (zip_source_open(source) != 0) return false;
    zip_int64_t got = zip_source_read(source, bytes, stat.size);
    zip_source_close(source);
    *out = (struct str){bytes, (size_t)stat.size};
    return got >= 0 && (zip_uint64_t)got == stat.size;
}

bool package_zip(const struct package_entry *entries, size_t count, struct arena *a, struct str *zip, struct error *err)
{
    zip_error_t why;
    zip_error_init(&why);
    zip_source_t *target = zip_source_buffer_create(NULL, 0, 0, &why);
    zip_t *archive = target ? zip_open_from_source(target, ZIP_TRUNCATE, &why) : NULL;
    if (!archive) {
        error_set(err, ERR_IO, "生成压缩包失败：%s", zip_error_strerror(&why));
        zip_source_free(target);
        zip_error_fini(&why);
        return false;
    }
    zip_error_fini(&why);
    zip_source_keep(target); /* zip_close lets go of the archive's own hold */
    bool ok = add_entries(archive, entries, count);
    if (!ok || zip_close(archive) != 0) {
        ok = error_set(err, ERR_IO, "生成压缩包失败：%s", zip_strerror(archive));
        zip_discard(archive);
    }
    if (ok && !read_source(target, a, zip)) ok = error_set(err, ERR_IO, "读取压缩包失败");
    zip_source_free(target);
    return ok;
}
