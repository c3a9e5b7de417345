/* deadlines: statutory and agreed periods of a register's matters. */
#include "model/load.h"

static const struct key deadline_keys[] = {
    {"label", EXPECT_TEXT, true},     {"within", EXPECT_TEXT, false},
    {"at_least", EXPECT_TEXT, false}, {"versions", EXPECT_LIST, false},
    {"start", EXPECT_NAME, false},    {"start_act", EXPECT_NAME, false},
    {"until", EXPECT_NAMES, true},    {"stop", EXPECT_NAMES, false},
    {"when", EXPECT_TEXT, false},     {"roll", EXPECT_NAME, false},
    {"warn", EXPECT_TEXT, false},     {"extend", EXPECT_MAP, false},
    {"suspend", EXPECT_MAP, false},   {"given", EXPECT_NAME, false},
    {"told", EXPECT_YESNO, false},    {"right", EXPECT_YESNO, false},
    CITATION_KEYS,
};
enum {
    D_LABEL,
    D_WITHIN,
    D_AT_LEAST,
    D_VERSIONS,
    D_START,
    D_START_ACT,
    D_UNTIL,
    D_STOP,
    D_WHEN,
    D_ROLL,
    D_WARN,
    D_EXTEND,
    D_SUSPEND,
    D_GIVEN,
    D_TOLD,
    D_RIGHT,
    D_CITE,
    D_COUNT = D_CITE + 3,
};

enum { AMOUNT_MOST = 36500 };

/* param(name) days: gives the name and the unit behind it; false for a plain length. */
static bool split_parameter(struct str text, struct str *name, struct str *unit)
{
    struct str t = str_trim(text);
    size_t close = str_find(t, STR(")"), 0);
    if (!str_starts(t, STR("param(")) || close == SIZE_MAX) return false;
    *name = str_trim(str_slice(t, sizeof "param(" - 1, close));
    *unit = str_slice(t, close + 1, t.len);
    return true;
}

/* A length whose amount offices above may set: a whole number that makes a sensible length whatever they set. */
static const struct parameter_kind *read_parameter(struct loader *l, const struct yaml_node *n, struct str name)
{
    const struct parameter_kind *p = model_parameter(l->model, name);
    if (!p)
        fault_at(&l->reader, n, "没有参数“%.*s”；参数写在 parameters.yaml 里", STR_ARG(name));
    else if (p->type != FIELD_INTEGER || p->least < 1 || p->most > AMOUNT_MOST)
        fault_at(&l->reader, n, "参数 %.*s 要是整数，min 不小于 1，max 不大于 %d，才能作期限", STR_ARG(name), AMOUNT_MOST);
    return p;
}

/* `param` NULL: only a plain length. */
static void read_length(struct loader *l, const struct yaml_node *n, struct period_length *length,
                        const struct parameter_kind **param)
{
    struct str name, unit;
    if (!n) return;
    struct str text = n->text;
    if (param && split_parameter(text, &name, &unit)) {
        *param = read_parameter(l, n, name);
        long long amount = *param && (*param)->type == FIELD_INTEGER ? (long long)(*param)->otherwise : 1;
        text = str_printf(l->arena, "%lld%.*s", amount, STR_ARG(unit));
    }
    if (!period_length_parse(text, length))
        fault_at(&l->reader, n, "应是数量和单位，如 15 days、5 workdays、2 months、1 year、24 hours%s",
                 param ? "，或者 param(参数) days" : "");
}

static bool check_act(struct loader *l, const struct reg *reg, const struct yaml_node *n)
{
    if (reg_act(reg, n->text)) return true;
    struct str *names = arena_new_array(l->arena, struct str, reg->act_count);
    for (size_t i = 0; i < reg->act_count; i++) names[i] = reg->acts[i].name;
    fault_unknown(&l->reader, n, "动作", names, reg->act_count);
    return false;
}

static struct str read_act_name(struct loader *l, const struct reg *reg, const struct yaml_node *n)
{
    return n && check_act(l, reg, n) ? n->text : (struct str){0};
}

static const struct str *read_acts(struct loader *l, const struct reg *reg, const struct yaml_node *n, size_t *count)
{
    const struct yaml_node **items;
    *count = read_items(l->arena, n, &items);
    struct str *names = arena_new_array(l->arena, struct str, *count);
    for (size_t i = 0; i < *count; i++) names[i] = read_act_name(l, reg, items[i]);
    return names;
}

static const struct field *read_date_field(struct loader *l, const struct reg *reg, const struct yaml_node *n,
                                           bool moment)
{
    const struct field *f = n ? find_field(l, reg, n) : NULL;
    if (f && f->type != FIELD_DATE && !(moment && f->type == FIELD_MOMENT))
        fault_at(&l->reader, n, "字段 %.*s 应是日期%s", STR_ARG(n->text), moment ? "或时刻" : "");
    return f;
}

/* --- versions of the law --- */

static struct date day(int year, int month, int d)
{
    struct date date = {0};
    (void)date_from_ymd((struct ymd){year, month, d}, &date);
    return date;
}

static void read_version(struct loader *l, const struct yaml_node *map, struct deadline_version *v, struct deadline *d,
                         bool first)
{
    static const struct key keys[] = {{"from", EXPECT_TEXT, false},
                                      {"until", EXPECT_TEXT, false},
                                      {"within", EXPECT_TEXT, false},
                                      {"at_least", EXPECT_TEXT, false},
                                      CITATION_KEYS};
    const struct yaml_node *n[KEY_COUNT(keys)];
    if (!read_map(&l->reader, map, "版本", keys, KEY_COUNT(keys), n)) return;
    if (n[0] && read_date(&l->reader, n[0], &v->valid_from) && !first &&
        date_cmp(v->valid_from, v[-1].valid_until) <= 0)
        fault_at(&l->reader, n[0], "版本应按日期先后排列，不能重叠");
    if (n[1] && read_date(&l->reader, n[1], &v->valid_until) && date_cmp(v->valid_until, v->valid_from) < 0)
        fault_at(&l->reader, n[1], "版本应按日期先后排列，不能重叠");
    if (!yaml_get(map, "within") == !yaml_get(map, "at_least"))
        fault_at(&l->reader, map, "版本应有 within 或 at_least，二者之一");
    d->direction = n[3] ? DEADLINE_AT_LEAST : DEADLINE_WITHIN;
    read_length(l, n[2] ? n[2] : n[3], &v->length, &v->param);
    struct citation own = read_citation(n + 4);
    if (own.text.len) v->cite.text = own.text;
    if (own.rule.len) v->cite.rule = own.rule;
    v->cite.verified = v->cite.verified && own.verified;
}

/* One version for the whole time, or those of the list; each begins the day after the one before. */
static void read_versions(struct loader *l, const struct yaml_node *map, const struct yaml_node *const *v,
                          struct deadline *d)
{
    size_t count = v[D_VERSIONS] ? v[D_VERSIONS]->count : 1;
    struct deadline_version *list = arena_new_array(l->arena, struct deadline_version, count);
    int ways =
        (yaml_get(map, "within") != NULL) + (yaml_get(map, "at_least") != NULL) + (yaml_get(map, "versions") != NULL);
    if (ways != 1) fault_at(&l->reader, map, "期限应有 within、at_least 或 versions，三者之一");
    if (count == 0) fault_at(&l->reader, v[D_VERSIONS], "versions 里没有版本");
    d->direction = v[D_AT_LEAST] ? DEADLINE_AT_LEAST : DEADLINE_WITHIN;
    for (size_t i = 0; i < count; i++) {
        list[i].valid_from = i ? date_add_days(list[i - 1].valid_until, 1) : day(1900, 1, 1);
        list[i].valid_until = day(2199, 12, 31);
        list[i].cite = read_citation(v + D_CITE);
        if (v[D_VERSIONS]) {
            read_version(l, v[D_VERSIONS]->kids[i], &list[i], d, i == 0);
            if (i + 1 < count && date_cmp(list[i].valid_until, day(2199, 12, 31)) == 0)
                fault_at(&l->reader, v[D_VERSIONS]->kids[i], "后面还有版本，这个版本缺少 until");
        } else {
            read_length(l, v[D_WITHIN] ? v[D_WITHIN] : v[D_AT_LEAST], &list[i].length, &list[i].param);
        }
    }
    d->versions = list;
    d->version_count = count;
}

/* --- the rest --- */

static void read_changes(struct loader *l, const struct reg *reg, const struct yaml_node *const *v, struct deadline *d)
{
    static const struct key extend_keys[] = {{"by", EXPECT_TEXT, true}, {"on", EXPECT_NAME, true}};
    static const struct key suspend_keys[] = {{"from", EXPECT_NAME, true}, {"to", EXPECT_NAME, true}};
    const struct yaml_node *n[2];
    if (v[D_EXTEND] && read_map(&l->reader, v[D_EXTEND], "extend ", extend_keys, 2, n)) {
        read_length(l, n[0], &d->extend_by, NULL);
        d->extend_on = read_act_name(l, reg, n[1]);
    }
    if (v[D_SUSPEND] && read_map(&l->reader, v[D_SUSPEND], "suspend ", suspend_keys, 2, n)) {
        d->suspend_from = read_act_name(l, reg, n[0]);
        d->suspend_to = read_act_name(l, reg, n[1]);
    }
}

static enum period_roll read_roll(struct loader *l, const struct yaml_node *n)
{
    int w = n ? read_word(&l->reader, n, "顺延方式", period_roll_words, KEY_COUNT(period_roll_words)) : -1;
    return w < 0 ? ROLL_NONE : (enum period_roll)w;
}

static void read_deadline(struct loader *l, const struct reg *reg, const struct yaml_node *name,
                          const struct yaml_node *map, struct deadline *d)
{
    const struct yaml_node *v[D_COUNT];
    d->name = d->label = name->text;
    check_name(&l->reader, name, "期限");
    if (!read_map(&l->reader, map, "期限", deadline_keys, D_COUNT, v)) return;
    d->label = read_text(v[D_LABEL]);
    read_versions(l, map, v, d);
    if (!yaml_get(map, "start") == !yaml_get(map, "start_act"))
        fault_at(&l->reader, map, "期限应有 start（日期字段）或 start_act（动作），二者之一");
    d->start = read_date_field(l, reg, v[D_START], true);
    d->start_act = read_act_name(l, reg, v[D_START_ACT]);
    d->given = read_date_field(l, reg, v[D_GIVEN], false);
    d->until = read_acts(l, reg, v[D_UNTIL], &d->until_count);
    d->stop = read_acts(l, reg, v[D_STOP], &d->stop_count);
    d->roll = read_roll(l, v[D_ROLL]);
    d->told = read_yesno(v[D_TOLD], false);
    d->right = read_yesno(v[D_RIGHT], false);
    if (d->right && (v[D_AT_LEAST] || d->direction == DEADLINE_AT_LEAST))
        fault_at(&l->reader, v[D_RIGHT], "right 是可以在期限内做某事的权利，要用 within，不能用 at_least");
    if (v[D_WHEN]) later_formula(l, v[D_WHEN], reg, FT_BOOL, &d->when);
    read_changes(l, reg, v, d);
    read_length(l, v[D_WARN], &d->warn, &d->warn_param); /* not given: the engine takes a fifth of the period */
}

void load_deadlines(struct loader *l, struct reg_work *w, const struct yaml_node *map)
{
    struct deadline *list = arena_new_array(l->arena, struct deadline, map->count);
    for (size_t i = 0; i < map->count; i++) read_deadline(l, w->reg, map->keys[i], map->kids[i], &list[i]);
    w->reg->deadlines = list;
    w->reg->deadline_count = map->count;
}
