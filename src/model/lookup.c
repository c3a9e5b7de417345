#include "model/model.h"

const struct code *code_by_key(const struct code_list *list, struct str key)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->codes[i].key, key)) return &list->codes[i];
    return NULL;
}

const struct code *code_by_label(const struct code_list *list, struct str label)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->codes[i].label, label)) return &list->codes[i];
    return NULL;
}

const struct field *reg_field(const struct reg *reg, struct str name)
{
    for (size_t i = 0; i < reg->field_count; i++)
        if (str_eq(reg->fields[i].name, name)) return &reg->fields[i];
    return NULL;
}

const struct field *reg_field_by_header(const struct reg *reg, struct str header)
{
    for (size_t i = 0; i < reg->field_count; i++)
        if (str_eq(reg->fields[i].label, header)) return &reg->fields[i];
    return reg_field(reg, header);
}

const struct act *reg_act(const struct reg *reg, struct str name)
{
    for (size_t i = 0; i < reg->act_count; i++)
        if (str_eq(reg->acts[i].name, name)) return &reg->acts[i];
    return NULL;
}

const struct stage *reg_stage(const struct reg *reg, struct str key)
{
    for (size_t i = 0; i < reg->stage_count; i++)
        if (str_eq(reg->stages[i].key, key)) return &reg->stages[i];
    return NULL;
}

const struct deadline *reg_deadline(const struct reg *reg, struct str name)
{
    for (size_t i = 0; i < reg->deadline_count; i++)
        if (str_eq(reg->deadlines[i].name, name)) return &reg->deadlines[i];
    return NULL;
}

const struct reg *model_reg(const struct model *m, struct str name)
{
    for (size_t i = 0; i < m->reg_count; i++)
        if (str_eq(m->regs[i].name, name)) return &m->regs[i];
    return NULL;
}

const struct figure *model_figure(const struct model *m, struct str name)
{
    for (size_t i = 0; i < m->figure_count; i++)
        if (str_eq(m->figures[i].name, name)) return &m->figures[i];
    return NULL;
}

const struct report *model_report(const struct model *m, struct str name)
{
    for (size_t i = 0; i < m->report_count; i++)
        if (str_eq(m->reports[i].name, name)) return &m->reports[i];
    return NULL;
}

const struct role *model_role(const struct model *m, struct str name)
{
    for (size_t i = 0; i < m->role_count; i++)
        if (str_eq(m->roles[i].name, name)) return &m->roles[i];
    return NULL;
}

const struct code_list *model_codes(const struct model *m, struct str name)
{
    for (size_t i = 0; i < m->code_list_count; i++)
        if (str_eq(m->code_lists[i].name, name)) return &m->code_lists[i];
    return NULL;
}

const struct chapter *model_chapter(const struct model *m, struct str key)
{
    for (size_t i = 0; i < m->chapter_count; i++)
        if (str_eq(m->chapters[i].key, key)) return &m->chapters[i];
    return NULL;
}
