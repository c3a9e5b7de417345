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

static bool read_whole(struct arena *a, const char *path, struct sheet_file *f, struct error *err)
{
    struct str bytes;
    if (!file_read(a, path, WHOLE_MOST, &bytes, err)) return false;
    f->digest = sm3_hex(a, bytes);
    return sheet_in_read(a, bytes, str_from(path), &f->sheet, err);
}

bool sheet_file_open(struct arena *a, const char *path, struct sheet_file *f, struct error *err)
{
    *f = (struct sheet_file){0};
    if (strcmp(path, "-") == 0) return read_whole(a, path, f, err);
    if (!file_map(path, &f->mapped, err)) return false;
    if (is_binary(f->mapped) || !survey(a, f->mapped, &f->digest)) return read_whole(a, path, f, err);
    return csv_scan(a, f->mapped, &f->sheet, err) || sheet_in_name_place(err, str_from(path));
}

void sheet_file_close(struct sheet_file *f)
{
    file_unmap(f->mapped);
}
