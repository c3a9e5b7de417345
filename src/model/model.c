#include "model/model.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/sm3.h"
#include "model/load.h"

/* --- looking up --- */

#define FIND(items, n, field, wanted)                                                                                  \
    do {                                                                                                               \
        for (size_t i_ = 0; i_ < (n); i_++)                                                                            \
            if (str_eq((items)[i_].field, (wanted))) return &(items)[i_];                                              \
        return NULL;                                                                                                   \
    } while (0)

const struct code *code_by_key(const struct code_list *list, struct str key)
{
    FIND(list->codes, list->count, key, key);
}

const struct code *code_by_label(const struct code_list *list, struct str label)
{
    FIND(list->codes, list->count, label, label);
}

const struct field *reg_field(const struct reg *reg, struct str name)
{
    FIND(reg->fields, reg->field_count, name, name);
}

bool field_is_text(const struct field *f)
{
    return f->type == FIELD_TEXT || f->type == FIELD_PLACE || f->type == FIELD_PERSON;
}

const struct act *reg_act(const struct reg *reg, struct str name)
{
    FIND(reg->acts, reg->act_count, name, name);
}

const struct stage *reg_stage(const struct reg *reg, struct str key)
{
    FIND(reg->stages, reg->stage_count, key, key);
}

bool act_leads_from(const struct act *act, const struct stage *s)
{
    return act->from_count ? str_in(s->key, act->from, act->from_count) : !s->final;
}

const struct deadline *reg_deadline(const struct reg *reg, struct str name)
{
    FIND(reg->deadlines, reg->deadline_count, name, name);
}

const struct field *reg_field_by_header(const struct reg *reg, struct str header)
{
    for (size_t i = 0; i < reg->field_count; i++)
        if (str_eq(reg->fields[i].label, header)) return &reg->fields[i];
    return reg_field(reg, header);
}

const struct reg *model_reg(const struct model *m, struct str name)
{
    FIND(m->regs, m->reg_count, name, name);
}

const struct figure *model_figure(const struct model *m, struct str name)
{
    FIND(m->figures, m->figure_count, name, name);
}

const struct report *model_report(const struct model *m, struct str name)
{
    FIND(m->reports, m->report_count, name, name);
}

const struct role *model_role(const struct model *m, struct str name)
{
    FIND(m->roles, m->role_count, name, name);
}

const struct code_list *model_codes(const struct model *m, struct str name)
{
    FIND(m->code_lists, m->code_list_count, name, name);
}

const struct parameter_kind *model_parameter(const struct model *m, struct str name)
{
    FIND(m->parameters, m->parameter_count, name, name);
}

const struct chapter *model_chapter(const struct model *m, struct str key)
{
    FIND(m->chapters, m->chapter_count, key, key);
}

/* --- loading --- */

static int path_order(const void *a, const void *b)
{
    const struct definition_file *x = a, *y = b;
    return str_cmp(x->path, y->path);
}

const struct parsed_file *next_file(const struct loader *l, const char *folder, size_t *at)
{
    while (*at < l->file_count) {
        const struct parsed_file *f = &l->files[(*at)++];
        if (str_starts(f->source.path, str_from(folder))) return f;
    }
    return NULL;
}

const struct parsed_file *the_file(struct loader *l, const char *path)
{
    size_t at = 0;
    const struct parsed_file *f = next_file(l, path, &at);
    if (f && str_is(f->source.path, path)) return f;
    errors_addf(l->reader.faults, ERR_DEFINITION, str_printf(l->arena, "%s:1:1", path), "缺少文件 %s", path);
    return NULL;
}

static bool is_yaml(struct str path)
{
    return str_ends(path, STR(".yaml"));
}

void definition_files_sort(struct definition_file *files, size_t count)
{
    if (count) qsort(files, count, sizeof *files, path_order);
}

/* A misplaced file would silently not count. */
static void check_path(struct loader *l, struct str path)
{
    static const char *const folders[] = {"codes/", "registers/", "figures/", "reports/"};
    bool known = str_is(path, "office.yaml") || str_is(path, "roles.yaml") || str_is(path, "tree.yaml") || str_is(path, "parameters.yaml") || str_starts(path, STR("calendar/"));
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        known = known || (str_starts(path, str_from(folders[i])) && is_yaml(path));
    if (!known)
        errors_addf(
            l->reader.faults, ERR_DEFINITION, str_printf(l->arena, "%.*s:1:1", STR_ARG(path)),
            "不认识的定义文件；应是 office.yaml、roles.yaml、tree.yaml、parameters.yaml 或 codes、registers、figures、reports、calendar 里的文件");
}

/* Copies all files into the model and parses the YAML ones. */
static void parse_files(struct loader *l, const struct definition_file *files, size_t count)
{
    struct definition_file *sorted = arena_new_array(l->arena, struct definition_file, count);
    for (size_t i = 0; i < count; i++) sorted[i] = files[i];
    definition_files_sort(sorted, count);
    l->files = arena_new_array(l->arena, struct parsed_file, count);
    l->file_count = count;
    for (size_t i = 0; i < count; i++) {
        struct parsed_file *f = &l->files[i];
        struct str text = sorted[i].text;
        if (str_starts(text, STR("\xEF\xBB\xBF"))) text = str_slice(text, 3, text.len);
        f->source = (struct yaml_source){str_copy(l->arena, sorted[i].path), str_copy(l->arena, text)};
        sorted[i] = (struct definition_file){f->source.path, f->source.text};
        check_path(l, f->source.path);
        if (!is_yaml(f->source.path)) continue;
        f->root = yaml_read(l->arena, &f->source, l->reader.faults);
        if (!f->root) l->unreadable = true;
    }
    l->model->files = sorted;
    l->model->file_count = count;
    l->model->digest = definition_files_digest(l->arena, sorted, count);
}

struct str definition_files_digest(struct arena *a, const struct definition_file *files, size_t count)
{
    auto_arena work = arena_open();
    struct buf all = buf_in(work);
    for (size_t i = 0; i < count; i++) {
        buf_putf(&all, "%.*s\n%zu\n", STR_ARG(files[i].path), files[i].text.len);
        buf_put(&all, files[i].text);
    }
    return sm3_hex(a, buf_str(&all));
}

/* What the region adds, by the first of its own days. */
static struct str overlay_label(struct loader *l, const struct calendar *national, const struct calendar *with)
{
    int first, last;
    struct date d;
    struct day_info plain, own;
    struct error err;
    if (!national || !with || !calendar_years(with, &first, &last)) return STR("");
    date_from_ymd((struct ymd){first, 1, 1}, &d);
    for (; date_ymd(d).year <= last; d = date_add_days(d, 1))
        if (calendar_day(with, d, &own, &err) && calendar_day(national, d, &plain, &err) && own.kind != plain.kind &&
            own.name.len)
            return str_printf(l->arena, "全国，加上%.*s", STR_ARG(own.name));
    return STR("");
}

/* Every overlay of the folder, also those that the office does not use: anyone may count with them. */
static void load_calendar_choices(struct loader *l)
{
    const struct parsed_file *national = the_file(l, "calendar/national.csv");
    struct calendar_choice *list = arena_new_array(l->arena, struct calendar_choice, l->file_count + 1);
    if (!national || l->reader.faults->count) return;
    struct calendar_source source = {national->source.path, national->source.text};
    list[0] = (struct calendar_choice){.label = STR("全国"),
                                       .calendar = calendar_load(l->arena, source, NULL, 0, l->reader.faults)};
    size_t n = 1;
    for (size_t i = 0; i < l->file_count; i++) {
        struct yaml_source file = l->files[i].source;
        if (!str_starts(file.path, STR("calendar/")) || !str_ends(file.path, STR(".csv")) || &l->files[i] == national)
            continue;
        struct calendar_source overlay = {file.path, file.text};
        struct calendar_choice *x = &list[n++];
        x->name = str_slice(file.path, sizeof "calendar/" - 1, file.path.len - (sizeof ".csv" - 1));
        x->calendar = calendar_load(l->arena, source, &overlay, 1, l->reader.faults);
        x->label = overlay_label(l, list[0].calendar, x->calendar);
        if (x->label.len == 0) x->label = str_printf(l->arena, "全国，加上 %.*s", STR_ARG(x->name));
    }
    l->model->calendars = list;
    l->model->calendar_count = n;
}

static void load_calendar(struct loader *l)
{
    struct calendar_source *overlays = arena_new_array(l->arena, struct calendar_source, l->file_count + 1);
    size_t count = 0, at = 0;
    const struct parsed_file *national = the_file(l, "calendar/national.csv");
    struct str rest = l->model->office.region, name;
    while (str_split(&rest, ',', &name)) {
        struct str path = str_printf(l->arena, "calendar/%.*s.csv", STR_ARG(str_trim(name)));
        const struct parsed_file *f = NULL;
        for (at = 0; at < l->file_count; at++)
            if (str_eq(l->files[at].source.path, path)) f = &l->files[at];
        if (!f || count == l->file_count)
            errors_addf(l->reader.faults, ERR_DEFINITION, STR("office.yaml:1:1"), "缺少地区日历文件 %.*s",
                        STR_ARG(path));
        else
            overlays[count++] = (struct calendar_source){f->source.path, f->source.text};
    }
    if (!national) return;
    struct calendar_source source = {national->source.path, national->source.text};
    l->model->calendar = calendar_load(l->arena, source, overlays, count, l->reader.faults);
    load_calendar_choices(l);
}

/* file, line and column of a fault, for sorting. */
static struct str split_place(const struct error *e, int64_t place[2])
{
    struct str where = str_from(e->where);
    place[0] = place[1] = 0;
    for (int i = 1; i >= 0; i--) {
        size_t colon = where.len;
        while (colon > 0 && where.s[colon - 1] != ':') colon--;
        if (colon == 0 || !str_to_i64(str_slice(where, colon, where.len), &place[i])) break;
        where.len = colon - 1;
    }
    return where;
}

static int fault_order(const void *a, const void *b)
{
    int64_t x[2], y[2];
    struct str file_x = split_place(a, x), file_y = split_place(b, y);
    int order = str_cmp(file_x, file_y);
    for (size_t i = 0; order == 0 && i < 2; i++) order = (x[i] > y[i]) - (x[i] < y[i]);
    return order;
}

struct model *model_load(const struct definition_file *files, size_t count, struct errors *faults)
{
    struct arena *a = arena_open();
    struct model *m = arena_new(a, struct model);
    size_t before = faults->count;
    m->arena = a;
    struct loader l = {.reader = {a, faults}, .arena = a, .model = m};
    parse_files(&l, files, count);
    load_office(&l);
    load_calendar(&l);
    load_codes(&l);
    load_register_names(&l);
    load_roles(&l);
    load_fields(&l);
    load_parameters(&l);
    load_procedures(&l);
    load_schema(&l);
    load_figures(&l);
    load_reports(&l);
    load_tree(&l);
    load_formulas(&l);
    if (faults->count == before) return m;
    qsort(faults->items + before, faults->count - before, sizeof *faults->items, fault_order);
    arena_close(a);
    return NULL;
}

void model_close(struct model *m)
{
    if (m) arena_close(m->arena);
}
