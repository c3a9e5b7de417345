#include "web/record_parts.h"

#include <jansson.h>
#include <string.h>

#include "office/due.h"
#include "office/entry.h"
#include "web/views.h"

/* ---- facts ---- */

static void attachment_fact(struct record_parts *p, struct value v, struct pair_view *fact)
{
    struct attachment att;
    struct error err;
    fact->value = STR("");
    if (v.kind != VALUE_TEXT || !attachment_get(p->conn, p->rq->arena, p->show->office->key, v.t, &att, NULL, &err)) {
        fact->value = v.kind == VALUE_TEXT ? v.t : STR("");
        return;
    }
    fact->value = att.name;
    fact->href = str_printf(p->rq->arena, "/r/%.*s/%lld/files/%.*s", STR_ARG(p->record->reg->name),
                            (long long)p->record->head.id, STR_ARG(v.t));
}

void parts_facts(struct record_parts *p, const struct pair_view **facts, size_t *count)
{
    const struct reg *reg = p->record->reg;
    struct pair_view *list = arena_new_array(p->rq->arena, struct pair_view, reg->field_count);
    size_t n = 0;
    for (size_t i = 0; i < reg->field_count; i++) {
        const struct field *f = &reg->fields[i];
        struct value v = p->record->values[i];
        if (v.kind == VALUE_NULL && (f->import_only || !f->at_create)) continue;
        struct str href;
        struct pair_view fact = {.label = f->label,
                                 .value = views_value(p->rq, p->show, reg, f, v, p->unmasked, &href),
                                 .wide = f->multiline,
                                 .masked = f->private_ && !p->unmasked && v.kind != VALUE_NULL,
                                 .note = v.kind == VALUE_NULL                         ? STR("")
                                         : f->type == FIELD_MONEY && f->unit.len == 0 ? STR("元")
                                                                                      : f->unit};
        fact.href = href;
        if (f->type == FIELD_ATTACHMENT) attachment_fact(p, v, &fact);
        list[n++] = fact;
    }
    *facts = list;
    *count = n;
}

/* ---- timeline ---- */

static struct value value_of_json(struct arena *a, const json_t *v)
{
    if (json_is_integer(v)) return value_int(json_integer_value(v));
    if (json_is_real(v)) return value_real(json_real_value(v));
    if (json_is_string(v)) return value_text(str_copy(a, (struct str){json_string_value(v), json_string_length(v)}));
    return value_null();
}

static void put_changes(struct record_parts *p, const struct act_entry *e, struct event_view *v)
{
    const struct reg *reg = p->record->reg;
    json_t *changes = json_loadb(e->changes.s, e->changes.len, 0, NULL);
    json_t *fields = entry_fields(e, changes);
    struct pair_view *list = arena_new_array(p->rq->arena, struct pair_view, reg->field_count);
    for (size_t i = 0; i < reg->field_count; i++) {
        const struct field *f = &reg->fields[i];
        const json_t *j = json_object_get(fields, str_cstr(p->rq->arena, f->name));
        if (!j) continue;
        struct str t = views_value(p->rq, p->show, reg, f, value_of_json(p->rq->arena, j), p->unmasked, NULL);
        if (f->type == FIELD_ATTACHMENT && t.len) t = STR("已上传附件");
        list[v->change_count++] = (struct pair_view){.label = f->label, .value = t.len ? t : STR("（清空）")};
    }
    v->changes = list;
    json_decref(fields);
    json_decref(changes);
}

static struct str reason_of(struct record_parts *p, const struct act_entry *e)
{
    json_t *inputs = json_loadb(e->inputs.s, e->inputs.len, 0, NULL);
    struct str reason = str_copy(p->rq->arena, str_from(json_string_value(json_object_get(inputs, "reason"))));
    json_decref(inputs);
    return reason;
}

/* Acts that nobody did on a page are told apart. */
static struct str entrance_words(struct str entrance)
{
    if (str_is(entrance, "import")) return STR("导入");
    if (str_is(entrance, "command")) return STR("命令行");
    if (str_is(entrance, "api")) return STR("接口");
    return STR("");
}

static struct event_view event_of(struct record_parts *p, const struct act_entry *e)
{
    struct account acc;
    struct error err;
    const struct act *act = reg_act(p->record->reg, e->act);
    struct event_view v = {.label = act ? act->label : e->act,
                           .text = reason_of(p, e),
                           .actor = e->actor,
                           .cite = act ? act->cite.text : STR("")};
    if (account_get(p->conn, p->rq->arena, p->show->office->key, e->actor, &acc, &err)) {
        v.actor = acc.person;
        v.place = show_org(p->show, acc.org);
    }
    struct str by = entrance_words(e->entrance);
    if (by.len && v.place.len)
        v.place = str_printf(p->rq->arena, "%.*s，%.*s", STR_ARG(v.place), STR_ARG(by));
    else if (by.len)
        v.place = by;
    struct str at = moment_iso(p->rq->arena, e->at);
    bool same_day = str_eq(str_slice(at, 0, 10), e->on);
    struct str entered = str_replace(p->rq->arena, str_slice(at, 0, 16), STR("T"), STR(" "));
    v.time = same_day ? entered : str_printf(p->rq->arena, "%.*s（%.*s 录入）", STR_ARG(e->on), STR_ARG(entered));
    put_changes(p, e, &v);
    return v;
}

bool parts_events(struct record_parts *p, const struct event_view **events, size_t *count, struct error *err)
{
    struct act_entry *acts;
    if (!act_list_of_record(p->conn, p->rq->arena, p->show->office->key, p->record->reg->name, p->record->head.id,
                            &acts, count, err))
        return false;
    struct event_view *list = arena_new_array(p->rq->arena, struct event_view, *count + 1);
    for (size_t i = 0; i < *count; i++) list[i] = event_of(p, &acts[*count - 1 - i]); /* newest first */
    *events = list;
    p->acts = acts;
    p->act_count = *count;
    return true;
}

/* ---- stepper ---- */

/* Day on which the matter came into the stage, empty when it never was there. */
static struct str reached_on(const struct record_parts *p, struct str stage)
{
    struct str on = STR("");
    for (size_t i = 0; i < p->act_count; i++) {
        const struct act *act = reg_act(p->record->reg, p->acts[i].act);
        struct str to = act ? act->to : STR("");
        if (act && act->kind == ACT_CREATE && to.len == 0) to = p->record->reg->stages[0].key;
        if (str_eq(to, stage)) on = p->acts[i].on;
    }
    return on;
}

/* A way out and back again, as 复查中 is from 已答复: every act from there leads back, ends that are not the usual one (the
 * first of the file) aside. */
static bool is_side_way(const struct reg *reg, const struct stage *s)
{
    const struct stage *usual = reg->stages;
    const struct stage *end = reg->stages + reg->stage_count;
    bool back = false;
    while (usual < end && !usual->final) usual++;
    for (size_t i = 0; i < reg->act_count; i++) {
        const struct act *act = &reg->acts[i];
        const struct stage *to = reg_stage(reg, act->to);
        if (act->kind != ACT_STEP || !to || !str_in(s->key, act->from, act->from_count)) continue;
        if (to == usual || (!to->final && to > s)) return false;
        back = back || (!to->final && to < s);
    }
    return back;
}

void parts_steps(struct record_parts *p, const struct step_view **steps, size_t *count)
{
    const struct reg *reg = p->record->reg;
    struct step_view *list = arena_new_array(p->rq->arena, struct step_view, reg->stage_count);
    const struct stage *now = reg_stage(reg, p->record->head.stage);
    bool ended = now && now->final;
    *count = 0;
    for (size_t i = 0; i < reg->stage_count; i++) {
        const struct stage *s = &reg->stages[i];
        struct str on = reached_on(p, s->key);
        bool here = s == now;
        /* Side ways that this matter did not take only clutter: ended matters show the stages they passed, open ones
         * leave out the other ends and what they went past. */
        bool passed_by = now && s < now;
        if (!here && on.len == 0 && (ended || s->final || passed_by || is_side_way(reg, s))) continue;
        enum step_state state = here ? (ended ? STEP_DONE : STEP_NOW) : on.len ? STEP_DONE : STEP_TODO;
        list[(*count)++] = (struct step_view){.label = s->label, .note = on, .state = state};
    }
    *steps = list;
}

/* ---- deadlines ---- */

static struct day_view strip_day_view(struct request *rq, const struct strip_day *d, struct date today)
{
    struct ymd y = date_ymd(d->date);
    struct day_view v = {.date = date_iso(rq->arena, d->date),
                         .reason = d->why,
                         .number = d->counted ? d->number : 0,
                         .last = d->last,
                         .today = date_cmp(d->date, today) == 0,
                         .makeup = d->info.kind == DAY_MADE_UP};
    v.label = y.day == 1 ? str_printf(rq->arena, "%d/%d", y.month, y.day) : str_printf(rq->arena, "%d", y.day);
    v.kind = d->counted ? STRIP_COUNTED : d->info.kind == DAY_HOLIDAY ? STRIP_HOLIDAY : STRIP_WEEKEND;
    return v;
}

void parts_strip(struct request *rq, const struct calendar *calendar, struct date start, struct period_length length,
                 enum period_roll roll, struct deadline_view *view)
{
    struct strip_day *days;
    size_t count;
    struct error err;
    const struct office *o = app_of(rq)->office;
    if (!calendar_strip(calendar, rq->arena, start, length, roll, &days, &count, &err)) return;
    struct day_view *list = arena_new_array(rq->arena, struct day_view, count + 1);
    struct date today = clock_today(&o->clock);
    for (size_t i = 0; i < count; i++) list[i] = strip_day_view(rq, &days[i], today);
    if (count && date_cmp(days[0].date, start) == 0) list[0].kind = STRIP_START;
    view->days = list;
    view->day_count = count;
}

static void put_strip(struct record_parts *p, const struct deadline_row *d, struct deadline_view *v)
{
    struct date start;
    struct period_length length;
    if (!date_parse(d->start_on, &start) || !period_length_parse(d->length, &length) || length.unit == UNIT_HOUR)
        return;
    if (d->deducted) return; /* the strip shows one unbroken period */
    const struct deadline *def = reg_deadline(p->record->reg, d->name);
    /* An extension counts on from the unmoved last day (PER-15): one longer period, when both are of one kind. */
    if (d->extended && (!def || def->extend_by.unit != length.unit)) return;
    length.amount += (int)d->extended;
    parts_strip(p->rq, app_of(p->rq)->office->model->calendar, start, length, period_roll_parse(d->roll), v);
}

static struct str length_words(struct record_parts *p, const struct deadline_row *d)
{
    struct period_length length;
    struct arena *a = p->rq->arena;
    if (str_is(d->length, "given")) return STR("按文书载明的日期");
    if (!period_length_parse(d->length, &length)) return STR("");
    struct buf b = buf_in(a);
    buf_putf(&b, "自%.*s起%.*s", STR_ARG(d->start_on), STR_ARG(period_length_words(a, length)));
    if (d->extended) buf_putf(&b, "，延长%lld", (long long)d->extended);
    if (d->deducted) buf_putf(&b, "，扣除%lld", (long long)d->deducted);
    return buf_str(&b);
}

static struct deadline_view deadline_view(struct record_parts *p, const struct deadline_row *d)
{
    struct arena *a = p->rq->arena;
    const struct deadline *def = reg_deadline(p->record->reg, d->name);
    struct str year;
    struct deadline_view v = {.label = def ? def->label : d->name,
                              .due = views_day(p->rq, d->legal_on),
                              .remaining = length_words(p, d),
                              .cite = d->cite,
                              .badge = views_due_badge(p->rq, def, d)};
    if (d->strict_at.len) v.due = str_replace(a, str_slice(d->strict_at, 0, 16), STR("T"), STR(" "));
    if (!str_eq(d->strict_on, d->legal_on)) v.due_strict = d->strict_on;
    if (d->met_on.len) v.remaining = str_printf(a, "%.*s；%.*s办理", STR_ARG(v.remaining), STR_ARG(d->met_on));
    if (due_is_pending(d, &year))
        v.notice = str_printf(a, "%.*s年放假安排尚未录入，日期不早于所示，录入后重算", STR_ARG(year));
    else
        v.notice = str_is(d->calendar, "national") ? STR("按国务院放假安排计算") : STR("按国务院和本地放假安排计算");
    put_strip(p, d, &v);
    return v;
}

bool parts_deadlines(struct record_parts *p, const struct deadline_view **list, size_t *count, struct error *err)
{
    struct deadline_row *rows;
    if (!deadline_list_of_record(p->conn, p->rq->arena, p->show->office->key, p->record->reg->name, p->record->head.id,
                                 &rows, count, err))
        return false;
    struct deadline_view *views = arena_new_array(p->rq->arena, struct deadline_view, *count + 1);
    for (size_t i = 0; i < *count; i++) views[i] = deadline_view(p, &rows[i]);
    *list = views;
    return true;
}
