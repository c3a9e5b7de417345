/* parameters.yaml: numbers that offices above may set for those below. The file may be missing. */
#include "model/load.h"

static const struct key parameter_keys[] = {
    {"label", EXPECT_TEXT, true}, {"type", EXPECT_NAME, true},  {"default", EXPECT_TEXT, true},
    {"min", EXPECT_TEXT, false},  {"max", EXPECT_TEXT, false},  {"unit", EXPECT_TEXT, false},
    {"help", EXPECT_TEXT, false}, {"own", EXPECT_YESNO, false}, CITATION_KEYS,
};
enum { P_LABEL, P_TYPE, P_DEFAULT, P_MIN, P_MAX, P_UNIT, P_HELP, P_OWN, P_CITE, P_COUNT = P_CITE + 3 };

static struct field as_field(const struct parameter_kind *p)
{
    return (struct field){.name = p->name, .label = p->label, .type = p->type};
}

static void read_number(struct loader *l, const struct parameter_kind *p, const struct yaml_node *n, int64_t *number)
{
    struct field f = as_field(p);
    struct value v;
    struct error err;
    if (!n) return;
    if (field_parse(l->arena, &f, n->text, &v, &err) && v.kind == VALUE_INT)
        *number = v.i;
    else
        fault_at(&l->reader, n, "这里应是%s", p->type == FIELD_INTEGER ? "整数" : "数");
}

static struct parameter_kind read_parameter(struct loader *l, const struct yaml_node *name, const struct yaml_node *map)
{
    static const char *const types[] = {"integer", "decimal"};
    static const int64_t largest = INT64_C(1000000000000);
    struct parameter_kind p = {
        .name = name->text, .label = name->text, .type = FIELD_INTEGER, .least = -largest, .most = largest};
    const struct yaml_node *v[P_COUNT];
    check_name(&l->reader, name, "参数");
    if (!read_map(&l->reader, map, "参数", parameter_keys, P_COUNT, v)) return p;
    p.label = read_text(v[P_LABEL]);
    p.help = read_text(v[P_HELP]);
    p.unit = read_text(v[P_UNIT]);
    p.own = read_yesno(v[P_OWN], false);
    p.cite = read_citation(v + P_CITE);
    if (v[P_TYPE] && read_word(&l->reader, v[P_TYPE], "类型", types, 2) == 1) p.type = FIELD_DECIMAL;
    read_number(l, &p, v[P_MIN], &p.least);
    read_number(l, &p, v[P_MAX], &p.most);
    read_number(l, &p, v[P_DEFAULT], &p.otherwise);
    if (v[P_DEFAULT] && (p.otherwise < p.least || p.otherwise > p.most))
        fault_at(&l->reader, v[P_DEFAULT], "default 应在 min 和 max 之间");
    return p;
}

void load_parameters(struct loader *l)
{
    static const struct key keys[] = {{"parameters", EXPECT_MAP, true}};
    const struct yaml_node *map = NULL;
    size_t at = 0;
    const struct parsed_file *f = next_file(l, "parameters.yaml", &at);
    if (!f || !f->root || !read_map(&l->reader, f->root, "parameters.yaml ", keys, 1, &map) || !map) return;
    struct parameter_kind *list = arena_new_array(l->arena, struct parameter_kind, map->count);
    for (size_t i = 0; i < map->count; i++) list[i] = read_parameter(l, map->keys[i], map->kids[i]);
    l->model->parameters = list;
    l->model->parameter_count = map->count;
}

struct str parameter_show(struct arena *a, const struct parameter_kind *p, int64_t value)
{
    struct field f = as_field(p);
    return str_printf(a, "%.*s%.*s", STR_ARG(field_show(a, &f, value_int(value))), STR_ARG(p->unit));
}

bool parameter_parse(struct arena *a, const struct parameter_kind *p, struct str typed, int64_t *value,
                     struct error *err)
{
    struct field f = as_field(p);
    struct value v;
    if (!field_parse(a, &f, typed, &v, err)) return false;
    if (v.kind != VALUE_INT) return error_at(err, ERR_INPUT, STR("value"), "请填写数值");
    *value = v.i;
    if (v.i >= p->least && v.i <= p->most) return true;
    return error_at(err, ERR_INPUT, STR("value"), "「%.*s」应在%.*s和%.*s之间", STR_ARG(p->label),
                    STR_ARG(parameter_show(a, p, p->least)), STR_ARG(parameter_show(a, p, p->most)));
}
