/* embed_text: turns text files into a C table of struct definition_file, when the program is built.
 *
 *     embed_text OUT.c FUNCTION ROOT FILE …
 *
 * Each file is known by its path below ROOT. FUNCTION is the name of the function that gives the table; it is
 * declared by whoever uses it. */
#include <stdio.h>
#include <string.h>

static int embed(FILE *out, const char *path, size_t index)
{
    FILE *in = fopen(path, "rb");
    if (!in) {
        perror(path);
        return 1;
    }
    fprintf(out, "static const unsigned char text%zu[] = {", index);
    size_t n = 0;
    for (int c; (c = getc(in)) != EOF; n++) fprintf(out, n % 24 ? "%d," : "\n%d,", c);
    if (n == 0) fputs("0", out); /* an empty array is no C; its length below is 0 */
    fprintf(out, "};\nenum { length%zu = %zu };\n", index, n);
    int bad = ferror(in);
    fclose(in);
    return bad;
}

static const char *below(const char *path, const char *root)
{
    size_t n = strlen(root);
    if (strncmp(path, root, n) == 0) path += n;
    while (*path == '/') path++;
    return path;
}

int main(int argc, char **argv)
{
    if (argc < 5) {
        fputs("usage: embed_text OUT.c FUNCTION ROOT FILE ...\n", stderr);
        return 2;
    }
    FILE *out = fopen(argv[1], "wb");
    if (!out) {
        perror(argv[1]);
        return 1;
    }
    fputs("/* Made by tools/embed_text.c; do not edit. */\n#include \"model/model.h\"\n", out);
    fprintf(out, "size_t %s(const struct definition_file **files);\n", argv[2]);
    for (int i = 4; i < argc; i++)
        if (embed(out, argv[i], (size_t)i)) return 1;
    fputs("static const struct definition_file table[] = {\n", out);
    for (int i = 4; i < argc; i++) {
        const char *path = below(argv[i], argv[3]);
        fprintf(out, "    {{\"%s\", %zu}, {(const char *)text%d, length%d}},\n", path, strlen(path), i, i);
    }
    fprintf(out, "};\nsize_t %s(const struct definition_file **files)\n{\n    *files = table;\n", argv[2]);
    fputs("    return sizeof table / sizeof *table;\n}\n", out);
    return fclose(out) != 0;
}
