#include "model/overlay.h"

/* ---- laying over ---- */

struct definition_file *overlay_files(struct arena *a, const struct model *base, const struct definition_file *set,
                                      size_t set_count, size_t *count)
{
    struct definition_file *all = arena_new_array(a, struct definition_file, base->file_count + set_count + 1);
    size_t n = 0;
    for (size_t i = 0; i < base->file_count; i++) all[n++] = base->files[i];
    for (size_t i = 0; i < set_count; i++) {
        size_t at = 0;
        while (at < n && !str_eq(all[at].path, set[i].path)) at++;
        all[at] = set[i];
        if (at == n) n++;
    }
    definition_files_sort(all, n);
    *count = n;
    return all;
}

/* The holidays are every office's and come with the program; figures over many offices count with one table of them. */
static void check_files(const struct definition_file *set, size_t count, struct errors *faults)
{
    if (count == 0) errors_addf(faults, ERR_DEFINITION, STR(""), "里面没有定义文件");
    for (size_t i = 0; i < count; i++)
        if (str_starts(set[i].path, STR("calendar/")))
            errors_addf(faults, ERR_DEFINITION, str_printf(faults->arena, "%.*s:1:1", STR_ARG(set[i].path)),
                        "放假安排对所有单位是同一份，随程序更新，不能由一个单位下发");
}

static bool same_office(const struct office_settings *a, const struct office_settings *b)
{
    return str_eq(a->key, b->key) && str_eq(a->name, b->name) && str_eq(a->full_name, b->full_name) &&
           str_eq(a->code, b->code) && str_eq(a->mark, b->mark) && str_eq(a->region, b->region);
}

static bool somebody_issues(const struct model *m)
{
    for (size_t i = 0; i < m->role_count; i++)
        if (m->roles[i].may_issue) return true;
    return false;
}

static void check_model(const struct model *base, const struct model *m, struct errors *faults)
{
    if (!same_office(&base->office, &m->office))
        errors_addf(faults, ERR_DEFINITION, STR("office.yaml:1:1"),
                    "单位的名称、代码各单位自己有，下发的定义不能改：office 这一部分请照原样保留");
    if (!somebody_issues(m))
        errors_addf(faults, ERR_DEFINITION, STR("roles.yaml:1:1"),
                    "没有岗位可以发布（may: issue）：发布以后就再也不能改了");
}

struct model *overlay_load(const struct model *base, const struct definition_file *set, size_t set_count,
                           struct errors *faults)
{
    auto_arena a = arena_open();
    size_t before = faults->count, count;
    check_files(set, set_count, faults);
    struct definition_file *all = overlay_files(a, base, set, set_count, &count);
    struct model *m = model_load(all, count, faults);
    if (m) check_model(base, m, faults);
    if (faults->count == before) return m;
    model_close(m);
    return NULL;
}

/* ---- what is lost ---- */

struct losing {
    struct arena *arena;
    struct lost *list;
    size_t count, cap;
};

static void lose(struct losing *l, struct lost lost, struct str file)
{
    lost.where = str_printf(l->arena, "%.*s:1:1", STR_ARG(file));
    ARENA_PUSH(l->arena, l->list, l->count, l->cap, lost);
}

static void lose_codes(struct losing *l, const struct reg *reg, const struct field *f, const struct reg *now)
{
    const struct field *is = reg_field(now, f->name);
    if (f->type != FIELD_CODE || !is || is->type != FIELD_CODE) return;
    for (size_t i = 0; i < f->codes->count; i++) {
        const struct code *code = &f->codes->codes[i];
        if (!code_by_key(is->codes, code->key))
            lose(l, (struct lost){.kind = LOST_CODE, .reg = reg, .field = f, .key = code->key, .label = code->label},
                 now->file);
    }
}

static void lose_of(struct losing *l, const struct reg *reg, const struct reg *now)
{
    for (size_t i = 0; i < reg->stage_count; i++)
        if (!reg_stage(now, reg->stages[i].key))
            lose(l, (struct lost){.kind = LOST_STAGE, .reg = reg, .key = reg->stages[i].key, .label = reg->stages[i].label},
                 now->file);
    for (size_t i = 0; i < reg->deadline_count; i++)
        if (!reg_deadline(now, reg->deadlines[i].name))
            lose(l,
                 (struct lost){
                     .kind = LOST_DEADLINE, .reg = reg, .key = reg->deadlines[i].name, .label = reg->deadlines[i].label},
                 now->file);
    for (size_t i = 0; i < reg->field_count; i++) lose_codes(l, reg, &reg->fields[i], now);
}

size_t overlay_lost(struct arena *a, const struct model *old, const struct model *new, struct lost **list)
{
    struct losing l = {.arena = a};
    for (size_t i = 0; i < old->reg_count; i++) {
        const struct reg *reg = &old->regs[i], *now = model_reg(new, reg->name);
        if (now)
            lose_of(&l, reg, now);
        else
            lose(&l, (struct lost){.kind = LOST_REGISTER, .reg = reg, .key = reg->name, .label = reg->label}, reg->file);
    }
    *list = l.list;
    return l.count;
}
