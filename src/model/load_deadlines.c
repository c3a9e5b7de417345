/* Deadlines of a register. */
#include <limits.h>

#include "model/loading.h"

static void check_acts(struct loading *l, const struct reg *reg, const struct yaml_node *n, const struct str *names,
                       size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!reg_act(reg, names[i])) load_fault(l, n, "没有动作「%.*s」", STR_ARG(names[i]));
}

static const struct field *date_field(struct loading *l, const struct reg *reg, const struct yaml_node *n,
                                      const char *key)
{
    struct str name = load_text(l, n, key, false);
    if (name.len == 0) return NULL;
    const struct field *f = reg_field(reg, name);
    if (f && (f->type == FIELD_DATE || f->type == FIELD_MOMENT)) return f;
    load_fault(l, yaml_get(n, key), "%s 要写一个日期字段，「%.*s」不是", key, STR_ARG(name));
    return NULL;
}

static bool load_amount(struct loading *l, const struct yaml_node *n, struct deadline *d, struct period_length *length)
{
    const struct yaml_node *within = yaml_get(n, "within");
    const struct yaml_node *least = yaml_get(n, "at_least");
    if ((within != NULL) == (least != NULL)) return load_fault(l, n, "要写 within 或者 at_least，只写一个");
    d->direction = within ? DEADLINE_WITHIN : DEADLINE_AT_LEAST;
    return load_length(l, n, within ? "within" : "at_least", length);
}

static bool load_day(struct loading *l, const struct yaml_node *n, const char *key, struct date *day)
{
    struct str t = load_text(l, n, key, false);
    if (t.len == 0) return false;
    if (date_parse(t, day)) return true;
    return load_fault(l, yaml_get(n, key), "%s 要写日期，如 2023-12-31", key);
}

static struct citation version_citation(struct loading *l, const struct yaml_node *n, struct citation whole)
{
    struct citation c = load_citation(l, n);
    if (c.text.len == 0) c.text = whole.text;
    if (c.rule.len == 0) c.rule = whole.rule;
    c.verified = c.verified && whole.verified;
    return c;
}

/* Each version begins on the day after the one before it ends, unless it says from. */
static void load_versions(struct loading *l, const struct yaml_node *list, struct deadline *d, struct citation whole)
{
    struct deadline_version *all = arena_new_array(l->arena, struct deadline_version, list->count + 1);
    struct date next = {INT_MIN / 2};
    for (size_t i = 0; i < list->count; i++) {
        const struct yaml_node *n = list->kids[i];
        if (!load_map(l, n, "from until within at_least cite rule verified")) continue;
        struct deadline_version *v = &all[d->version_count];
        v->valid_from = next;
        load_day(l, n, "from", &v->valid_from);
        v->valid_until = (struct date){INT_MAX / 2};
        if (load_day(l, n, "until", &v->valid_until)) next = date_add_days(v->valid_until, 1);
        v->cite = version_citation(l, n, whole);
        if (load_amount(l, n, d, &v->length)) d->version_count++;
    }
    d->versions = all;
}

static void load_single_version(struct loading *l, const struct yaml_node *n, struct deadline *d, struct citation whole)
{
    struct deadline_version *v = arena_new(l->arena, struct deadline_version);
    v->valid_from = (struct date){INT_MIN / 2};
    v->valid_until = (struct date){INT_MAX / 2};
    v->cite = whole;
    d->versions = v;
    if (load_amount(l, n, d, &v->length)) d->version_count = 1;
}

static enum period_roll load_roll(struct loading *l, const struct yaml_node *n)
{
    struct str roll = load_text(l, n, "roll", false);
    if (roll.len == 0 || str_is(roll, "none")) return ROLL_NONE;
    if (str_is(roll, "law")) return ROLL_LAW;
    if (!str_is(roll, "analogy")) load_fault(l, yaml_get(n, "roll"), "roll 只能写 law、analogy、none");
    return ROLL_ANALOGY;
}

static void load_extension(struct loading *l, const struct reg *reg, const struct yaml_node *n, struct deadline *d)
{
    const struct yaml_node *e = yaml_get(n, "extend");
    if (e && load_map(l, e, "by on")) {
        load_length(l, e, "by", &d->extend_by);
        d->extend_on = load_text(l, e, "on", true);
        check_acts(l, reg, e, &d->extend_on, 1);
    }
    const struct yaml_node *s = yaml_get(n, "suspend");
    if (s && load_map(l, s, "from to")) {
        d->suspend_from = load_text(l, s, "from", true);
        d->suspend_to = load_text(l, s, "to", true);
        check_acts(l, reg, s, &d->suspend_from, 1);
        check_acts(l, reg, s, &d->suspend_to, 1);
    }
}

static void load_start(struct loading *l, const struct reg *reg, const struct yaml_node *n, struct deadline *d)
{
    d->start = date_field(l, reg, n, "start");
    d->start_act = load_text(l, n, "start_act", false);
    if (d->start_act.len) check_acts(l, reg, n, &d->start_act, 1);
    bool both = yaml_get(n, "start") && d->start_act.len;
    bool none = !yaml_get(n, "start") && !d->start_act.len;
    if (both || none) load_fault(l, n, "要写 start（日期字段）或者 start_act（动作），只写一个");
}

static void load_deadline(struct loading *l, const struct reg *reg, const struct yaml_node *key,
                          const struct yaml_node *n, struct deadline *d)
{
    d->name = key->text;
    load_name_is_good(l, key, key->text, false);
    if (!load_map(l, n, "label within at_least versions start start_act until stop when roll warn extend suspend given "
                        "told rule cite verified"))
        return;
    d->label = load_text(l, n, "label", true);
    d->roll = load_roll(l, n);
    struct citation whole = load_citation(l, n);
    const struct yaml_node *versions = yaml_get(n, "versions");
    if (versions && versions->kind == YAML_LIST) load_versions(l, versions, d, whole);
    else if (versions) load_fault(l, versions, "versions 要写成列表");
    else load_single_version(l, n, d, whole);
    load_start(l, reg, n, d);
    struct str *names;
    d->until_count = load_names(l, n, "until", &names);
    d->until = names;
    if (d->until_count == 0) load_fault(l, n, "缺少 until：哪个动作算完成");
    check_acts(l, reg, n, d->until, d->until_count);
    d->stop_count = load_names(l, n, "stop", &names);
    d->stop = names;
    check_acts(l, reg, n, d->stop, d->stop_count);
    struct formula_context ctx = load_context(l, n, reg);
    d->when = load_formula(l, n, "when", &ctx, FT_BOOL, false);
    d->given = date_field(l, reg, n, "given");
    load_length(l, n, "warn", &d->warn);
    load_extension(l, reg, n, d);
    d->told = load_bool(l, n, "told", false);
}

void load_deadlines(struct loading *l, struct reg *reg, const struct yaml_node *deadlines)
{
    if (!deadlines) return;
    if (deadlines->kind != YAML_MAP) {
        load_fault(l, deadlines, "deadlines 要写成一组「名称: {…}」");
        return;
    }
    struct deadline *all = arena_new_array(l->arena, struct deadline, deadlines->count + 1);
    for (size_t i = 0; i < deadlines->count; i++)
        load_deadline(l, reg, deadlines->keys[i], deadlines->kids[i], &all[i]);
    reg->deadlines = all;
    reg->deadline_count = deadlines->count;
}
