/* Feeds every file of the folders named on the command line to the fuzz target that it is linked with: the corpus as
 * an ordinary test, with any compiler. */
#include <stdio.h>

#include "base/file.h"
#include "fuzz.h"

static bool run_folder(const char *folder)
{
    auto_arena a = arena_open();
    struct error err = {0};
    struct str *names;
    size_t count;
    if (!file_list(a, folder, NULL, &names, &count, &err)) {
        fprintf(stderr, "%s: %s\n", folder, err.message);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        struct str path = str_printf(a, "%s/%.*s", folder, STR_ARG(names[i]));
        struct str content;
        if (!file_read(a, str_cstr(a, path), (size_t)64 << 20, &content, &err)) {
            fprintf(stderr, "%.*s: %s\n", STR_ARG(path), err.message);
            return false;
        }
        fprintf(stderr, "%.*s\n", STR_ARG(path)); /* the last one named is the one that stopped the program */
        LLVMFuzzerTestOneInput((const uint8_t *)content.s, content.len);
    }
    if (count == 0) fprintf(stderr, "%s: no files\n", folder);
    return count > 0;
}

int main(int argc, char **argv)
{
    bool ok = argc > 1;
    for (int i = 1; i < argc; i++) ok = run_folder(argv[i]) && ok;
    return ok ? 0 : 1;
}
