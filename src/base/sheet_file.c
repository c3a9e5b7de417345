#include "base/sheet_file.h"

#include <string.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/sm3.h"
#include "base/utf8.h"

enum { WHOLE_MOST = 64 << 20, PORTION = 4 << 20 };

/* Is it valid UTF-8, and its digest then. Nothing that was looked at stays in memory. */
static bool survey(struct arena *a, struct str all, struct str *digest)
{
    struct sm3 *sum = sm3_start();
    bool good = true;
    for (struct str left = all; good && left.len;) {
        struct str portion = str_slice(left, 0, utf8_cut(left, PORTION));
        good = portion.len && utf8_valid(portion);
        sm3_add(sum, portion);
        file_map_forget(portion);
        left = str_slice(left, portion.len, left.len);
    }
    *digest = sm3_end(sum, a);
    return good;
}

static bool is_binary(struct str bytes)
{
    static const char *const beginnings[] = {"PK", "\xD0\xCF\x11\xE0", "%PDF", "\xFF\xFE", "\xFE\xFF"};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (str_starts(bytes, str_from(beginnings[i]))) return true;
    return false;
}

static bool read_whole(struct arena *a, struct str bytes, struct str file_name, struct sheet_in *sheet, struct str *digest,
                       struct error *err)
{
    if (bytes.len > WHOLE_MOST)
        return error_at(err, ERR_LIMIT, file_name, "文件太大：不是 UTF-8 的 CSV 和工作簿最大 %d MB，请另存为 UTF-8 的 CSV", WHOLE_MOST >> 20);
    *digest = sm3_hex(a, bytes);
    return sheet_in_read(a, bytes, file_name, sheet, err);
}

bool sheet_mapped_read(struct arena *a, struct str mapped, struct str file_name, struct sheet_in *sheet, struct str *digest,
                       struct error *err)
{
    if (is_binary(mapped) || !survey(a, mapped, digest)) return read_whole(a, mapped, file_name, sheet, digest, err);
    return csv_scan(a, mapped, sheet, err) || sheet_in_name_place(err, file_name);
}

bool sheet_file_open(struct arena *a, const char *path, struct sheet_file *f, struct error *err)
{
    *f = (struct sheet_file){0};
    struct str name = str_from(path), bytes;
    if (strcmp(path, "-") == 0)
        return file_read(a, path, WHOLE_MOST, &bytes, err) && read_whole(a, bytes, name, &f->sheet, &f->digest, err);
    return file_map(path, &f->mapped, err) && sheet_mapped_read(a, f->mapped, name, &f->sheet, &f->digest, err);
}

void sheet_file_close(struct sheet_file *f)
{
    file_unmap(f->mapped);
}
