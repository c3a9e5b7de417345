/* Definition files of a folder. */
#include "base/file.h"
#include "model/model.h"
#include "model/yaml.h"

struct file_list {
    struct definition_file *items;
    size_t count, cap;
};

static bool add_file(struct arena *a, const char *root, struct str path, struct file_list *list, struct error *err)
{
    struct definition_file f = {.path = path};
    struct str full = str_printf(a, "%s/%.*s", root, STR_ARG(path));
    if (!file_read(a, str_cstr(a, full), YAML_MAX_BYTES, &f.text, err)) return false;
    ARENA_PUSH(a, list->items, list->count, list->cap, f);
    return true;
}

static bool add_folder(struct arena *a, const char *root, const char *folder, const char *ending,
                       struct file_list *list, struct error *err)
{
    struct str *names;
    size_t count;
    const char *full = str_cstr(a, str_printf(a, "%s/%s", root, folder));
    if (!file_exists(full)) return true;
    if (!file_list(a, full, ending, &names, &count, err)) return false;
    for (size_t i = 0; i < count; i++)
        if (!add_file(a, root, str_printf(a, "%s%s%.*s", folder, *folder ? "/" : "", STR_ARG(names[i])), list, err))
            return false;
    return true;
}

bool model_read_folder(struct arena *a, const char *folder, struct definition_file **files, size_t *count,
                       struct error *err)
{
    static const struct {
        const char *folder, *ending;
    } parts[] = {{"", ".yaml"},        {"codes", ".yaml"},   {"registers", ".yaml"},
                 {"figures", ".yaml"}, {"reports", ".yaml"}, {"calendar", ".csv"}};
    struct file_list list = {0};
    if (!file_exists(folder)) return error_set(err, ERR_NOT_FOUND, "没有定义文件夹 %s", folder);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!add_folder(a, folder, parts[i].folder, parts[i].ending, &list, err)) return false;
    *files = list.items;
    *count = list.count;
    return true;
}

/* Made by tools/embed_text.c from definitions/. */
size_t model_definitions(const struct definition_file **files);

size_t model_built_in_files(const struct definition_file **files)
{
    return model_definitions(files);
}
