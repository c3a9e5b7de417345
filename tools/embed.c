/* embed: turns the files of web/ that browsers fetch into a C table, when the program is built.
 *
 *     embed OUT.c FILE …
 *
 * The name of an asset is the file's last path part. Its address carries a hash of its content, so that browsers
 * may keep it for ever and still get the new one at once after an update. The table is declared in web/assets.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *ending, *type;
} types[] = {
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".txt", "text/plain; charset=utf-8"},
};

static const char *type_of(const char *path)
{
    size_t len = strlen(path);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        size_t n = strlen(types[i].ending);
        if (len > n && strcmp(path + len - n, types[i].ending) == 0) return types[i].type;
    }
    return NULL;
}

struct asset {
    const char *name, *type;
    uint64_t hash;
    size_t size;
};

/* Writes the bytes as one array; FNV-1a is enough to tell versions apart. */
static bool embed(FILE *out, const char *path, int index, struct asset *asset)
{
    FILE *in = fopen(path, "rb");
    if (!in) return false;
    const char *slash = strrchr(path, '/');
    asset->name = slash ? slash + 1 : path;
    asset->type = type_of(path);
    asset->hash = UINT64_C(14695981039346656037);
    asset->size = 0;
    fprintf(out, "static const unsigned char data_%d[] = {", index);
    int ch;
    while ((ch = getc(in)) != EOF) {
        asset->hash = (asset->hash ^ (uint64_t)(unsigned)ch) * UINT64_C(1099511628211);
        fprintf(out, asset->size % 32 ? "%d," : "\n%d,", ch);
        asset->size++;
    }
    fprintf(out, "0};\n");
    bool ok = !ferror(in);
    fclose(in);
    return ok;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: embed OUT.c FILE …\n", stderr);
        return 2;
    }
    FILE *out = fopen(argv[1], "wb");
    struct asset *assets = calloc((size_t)argc, sizeof *assets);
    if (!out || !assets) {
        fprintf(stderr, "%s: %s\n", argv[1], strerror(errno));
        return 3;
    }
    fputs("/* Made by tools/embed.c from web/. */\n#include \"web/assets.h\"\n", out);
    int count = argc - 2;
    for (int i = 0; i < count; i++) {
        if (!embed(out, argv[i + 2], i, &assets[i])) {
            fprintf(stderr, "%s: %s\n", argv[i + 2], strerror(errno));
            return 3;
        }
        if (!assets[i].type) {
            fprintf(stderr, "%s: no content type known for this ending\n", argv[i + 2]);
            return 1;
        }
    }
    fputs("const struct asset assets[] = {\n", out);
    for (int i = 0; i < count; i++)
        fprintf(out,
                "    {\"%s\", \"%s\", \"/assets/%s?v=%016" PRIx64 "\", \"%016" PRIx64
                "\", data_%d, sizeof data_%d - 1},\n",
                assets[i].name, assets[i].type, assets[i].name, assets[i].hash, assets[i].hash, i, i);
    fprintf(out, "};\nconst size_t asset_count = %d;\n", count);
    free(assets);
    return fclose(out) == 0 ? 0 : 3;
}
