/* All definition files → one model. */
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/utf8.h"
#include "model/loading.h"

enum { FILE_MOST = 4 << 20 };

/* A file that was read as YAML. */
struct parsed {
    struct str path;
    struct yaml_node *root;
};

static bool below(struct str path, const char *folder)
{
    return str_starts(path, str_from(folder)) && str_ends(path, STR(".yaml"));
}

static bool is_yaml_of_ours(struct str path)
{
    return str_is(path, "office.yaml") || str_is(path, "roles.yaml") || below(path, "codes/") ||
           below(path, "registers/") || below(path, "figures/") || below(path, "reports/");
}

/* ---- the schema that formulas see ---- */

static const struct formula_register *find_register(const void *context, struct str name)
{
    const struct reg *reg = model_reg(context, name);
    return reg ? &reg->as_formula : NULL;
}

static bool find_code(const void *context, const struct formula_codes *codes, struct str key, struct str *label)
{
    (void)context;
    const struct code *c = code_by_key((const struct code_list *)codes, key);
    if (c) *label = c->label;
    return c != NULL;
}

static size_t list_codes(const void *context, const struct formula_codes *codes, struct str *keys, size_t room)
{
    (void)context;
    const struct code_list *list = (const struct code_list *)codes;
    size_t n = 0;
    for (; n < list->count && n < room; n++) keys[n] = list->codes[n].key;
    return n;
}

/* ---- steps ---- */

static size_t parse_all(struct loading *l, const struct definition_file *files, size_t count, struct parsed **list)
{
    *list = arena_new_array(l->arena, struct parsed, count + 1);
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        struct str path = files[i].path;
        if (!is_yaml_of_ours(path)) {
            if (str_ends(path, STR(".yaml")))
                errors_addf(l->faults, ERR_DEFINITION, path, "不认识这个文件：定义放在 office.yaml、roles.yaml、codes/、"
                                                             "registers/、figures/、reports/ 里");
            continue;
        }
        if (!utf8_valid(files[i].text)) {
            errors_addf(l->faults, ERR_DEFINITION, path, "不是 UTF-8 文本");
            continue;
        }
        struct yaml_source *source = arena_new(l->arena, struct yaml_source);
        *source = (struct yaml_source){path, files[i].text};
        struct yaml_node *root = yaml_read(l->arena, source, l->faults);
        if (root) (*list)[n++] = (struct parsed){path, root};
    }
    return n;
}

static void each(struct loading *l, const struct parsed *list, size_t count, const char *folder,
                 void (*load)(struct loading *, const struct yaml_node *))
{
    for (size_t i = 0; i < count; i++)
        if (str_is(list[i].path, folder) || (str_ends(str_from(folder), STR("/")) && below(list[i].path, folder)))
            load(l, list[i].root);
}

static struct reg *add_registers(struct loading *l, const struct parsed *list, size_t count)
{
    struct reg *regs = arena_new_array(l->arena, struct reg, count + 1);
    l->roots = arena_new_array(l->arena, struct yaml_node *, count + 1);
    l->model->regs = regs;
    for (size_t i = 0; i < count; i++) {
        if (!below(list[i].path, "registers/")) continue;
        struct str name = load_text(l, list[i].root, "register", true);
        const struct yaml_node *n = yaml_get(list[i].root, "register");
        if (!n || name.len == 0) continue;
        load_name_is_good(l, n, name, false);
        if (str_starts(name, STR("fz_")) || formula_reserved(name))
            load_fault(l, n, "台账不能叫「%.*s」", STR_ARG(name));
        if (model_reg(l->model, name)) load_fault(l, n, "台账「%.*s」已经定义过", STR_ARG(name));
        regs[l->model->reg_count] = (struct reg){.name = name, .file = list[i].path};
        l->roots[l->model->reg_count++] = list[i].root;
    }
    return regs;
}

static void load_registers(struct loading *l, struct reg *regs)
{
    size_t n = l->model->reg_count;
    for (size_t i = 0; i < n; i++) {
        load_stages(l, &regs[i], l->roots[i]);
        load_register_fields(l, &regs[i], l->roots[i]);
    }
    for (size_t i = 0; i < n; i++) load_register_links(l, &regs[i], l->roots[i]);
    for (size_t i = 0; i < n; i++) load_register_formulas(l, &regs[i], l->roots[i]);
    for (size_t i = 0; i < n; i++) load_procedure(l, &regs[i], l->roots[i]);
}

/* The menu's order: chapters, then as the files come. */
static int by_chapter(const struct model *m, const struct reg *x, const struct reg *y)
{
    const struct chapter *a = model_chapter(m, x->chapter);
    const struct chapter *b = model_chapter(m, y->chapter);
    if (a != b) return a < b ? -1 : 1;
    return str_cmp(x->file, y->file);
}

static void sort_roots(struct loading *l, struct reg *regs)
{
    for (size_t i = 1; i < l->model->reg_count; i++) {
        for (size_t k = i; k > 0; k--) {
            regs[k].chapter = load_text(l, l->roots[k], "chapter", false);
            regs[k - 1].chapter = load_text(l, l->roots[k - 1], "chapter", false);
            if (by_chapter(l->model, &regs[k - 1], &regs[k]) <= 0) break;
            struct reg r = regs[k];
            regs[k] = regs[k - 1];
            regs[k - 1] = r;
            struct yaml_node *n = l->roots[k];
            l->roots[k] = l->roots[k - 1];
            l->roots[k - 1] = n;
        }
    }
}

static void load_calendars(struct loading *l, const struct definition_file *files, size_t count)
{
    struct calendar_source national = {0};
    struct calendar_source *overlays = arena_new_array(l->arena, struct calendar_source, count + 1);
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (str_is(files[i].path, "calendar/national.csv"))
            national = (struct calendar_source){files[i].path, files[i].text};
    struct str rest = l->model->office.region;
    for (struct str name; str_split(&rest, ',', &name);) {
        struct str path = str_printf(l->arena, "calendar/%.*s.csv", STR_ARG(str_trim(name)));
        size_t before = n;
        for (size_t i = 0; i < count; i++)
            if (str_eq(files[i].path, path)) overlays[n++] = (struct calendar_source){files[i].path, files[i].text};
        if (n == before) errors_addf(l->faults, ERR_DEFINITION, path, "office.yaml 的 region 说要用它，但没有这个文件");
    }
    if (national.text.len == 0) errors_addf(l->faults, ERR_DEFINITION, STR("calendar/national.csv"), "缺少节假日数据");
    else l->model->calendar = calendar_load(l->arena, national, overlays, n, l->faults);
}

static struct str digest(struct arena *a, const struct definition_file *files, size_t count)
{
    struct buf b = buf_in(a);
    unsigned char md[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    for (size_t i = 0; i < count; i++) {
        buf_put(&b, files[i].path);
        buf_putc(&b, '\0');
        buf_put(&b, files[i].text);
        buf_putc(&b, '\0');
    }
    struct str all = buf_str(&b);
    if (EVP_Digest(all.s, all.len, md, &size, EVP_sm3(), NULL) != 1) abort();
    struct buf hex = buf_in(a);
    for (unsigned i = 0; i < size; i++) buf_putf(&hex, "%02x", md[i]);
    return buf_str(&hex);
}

/* file:line:column, in the order of files, then of lines. */
static int by_place(const void *x, const void *y)
{
    struct str a = str_from(((const struct error *)x)->where);
    struct str b = str_from(((const struct error *)y)->where);
    struct str fa, fb;
    str_split(&a, ':', &fa);
    str_split(&b, ':', &fb);
    int order = str_cmp(fa, fb);
    for (int i = 0; order == 0 && i < 2; i++) {
        int64_t na = 0;
        int64_t nb = 0;
        if (str_split(&a, ':', &fa)) str_to_i64(fa, &na);
        if (str_split(&b, ':', &fb)) str_to_i64(fb, &nb);
        order = (na > nb) - (na < nb);
    }
    return order;
}

static void load_all(struct loading *l, const struct definition_file *files, size_t count)
{
    struct parsed *list;
    size_t n = parse_all(l, files, count, &list);
    each(l, list, n, "office.yaml", load_office);
    if (l->model->office.key.len == 0 && l->faults->count == 0)
        errors_addf(l->faults, ERR_DEFINITION, STR("office.yaml"), "缺少这个文件");
    each(l, list, n, "codes/", load_codes);
    each(l, list, n, "roles.yaml", load_roles);
    struct reg *regs = add_registers(l, list, n);
    sort_roots(l, regs);
    load_registers(l, regs);
    each(l, list, n, "roles.yaml", load_role_registers);
    each(l, list, n, "figures/", load_figures);
    each(l, list, n, "reports/", load_report);
    load_calendars(l, files, count);
    l->model->digest = digest(l->arena, files, count);
}

struct model *model_load(const struct definition_file *files, size_t count, struct errors *faults)
{
    struct arena *a = arena_open();
    struct model *m = arena_new(a, struct model);
    struct loading l = {.arena = a, .faults = faults, .model = m};
    size_t before = faults->count;
    m->arena = a;
    m->schema = (struct formula_schema){m, find_register, find_code, list_codes};
    load_all(&l, files, count);
    if (faults->count == before) return m;
    qsort(faults->items + before, faults->count - before, sizeof *faults->items, by_place);
    arena_close(a);
    return NULL;
}

void model_close(struct model *m)
{
    if (m) arena_close(m->arena);
}

/* ---- files of a folder ---- */

static bool read_one(struct arena *a, const char *folder, struct str path, struct definition_file *file,
                     struct error *err)
{
    file->path = path;
    char *full = str_cstr(a, str_printf(a, "%s/%.*s", folder, STR_ARG(path)));
    return file_read(a, full, FILE_MOST, &file->text, err);
}

bool model_read_folder(struct arena *a, const char *folder, struct definition_file **files, size_t *count,
                       struct error *err)
{
    static const char *const folders[] = {"codes", "registers", "figures", "reports", "calendar", ""};
    size_t cap = 0;
    *files = NULL;
    *count = 0;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        struct str *names;
        size_t n;
        char *sub = str_cstr(a, str_printf(a, "%s/%s", folder, folders[i]));
        if (*folders[i] && !file_exists(sub)) continue;
        if (!file_list(a, sub, strcmp(folders[i], "calendar") == 0 ? ".csv" : ".yaml", &names, &n, err)) return false;
        for (size_t k = 0; k < n; k++) {
            struct definition_file f;
            struct str path = *folders[i] ? str_printf(a, "%s/%.*s", folders[i], STR_ARG(names[k])) : names[k];
            if (!read_one(a, folder, path, &f, err)) return false;
            ARENA_PUSH(a, *files, *count, cap, f);
        }
    }
    return true;
}
