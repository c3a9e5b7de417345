/* check_definitions DIR: loads a folder of definition files and prints every fault. Without DIR the built-in ones. */
#include <stdio.h>

#include "model/model.h"

int main(int argc, char **argv)
{
    auto_arena a = arena_open();
    struct errors faults = errors_in(a);
    struct error err;
    struct definition_file *read = NULL;
    const struct definition_file *files;
    size_t count;
    if (argc > 1 && !model_read_folder(a, argv[1], &read, &count, &err))
        return fprintf(stderr, "%s\n", error_line(a, &err).s), 3;
    if (argc > 1) files = read;
    else count = model_built_in_files(&files);
    struct model *m = model_load(files, count, &faults);
    for (size_t i = 0; i < faults.count; i++) printf("%s: %s\n", faults.items[i].where, faults.items[i].message);
    if (m)
        printf("OK: %zu registers, %zu figures, %zu reports, %zu roles, %zu code lists; %.*s\n", m->reg_count,
               m->figure_count, m->report_count, m->role_count, m->code_list_count, STR_ARG(m->digest));
    else
        printf("%zu faults\n", faults.count);
    model_close(m);
    return m ? 0 : 1;
}
