/* A report's figures as JSON; fixing a report and comparing it with today. */
#include <jansson.h>

#include "figures/report.h"
#include "office/act.h"
#include "office/chain.h"

json_t *figure_value_json(const struct figure *f, struct value v)
{
    if (v.kind == VALUE_INT && f->type == FT_MONEY) return json_real((double)v.i / 100.0);
    if (v.kind == VALUE_INT && f->type == FT_DECIMAL) return json_real((double)v.i / DECIMAL_SCALE);
    if (v.kind == VALUE_REAL) {
        int64_t whole = (int64_t)v.r;
        if (v.r >= (double)whole && v.r <= (double)whole) return json_integer(whole);
    }
    return chain_json_value(v);
}

static json_t *figure_json(const struct figure_result *r, bool in_report)
{
    json_t *o = json_object();
    json_object_set_new(o, "name", chain_json_text(r->figure->name));
    json_object_set_new(o, "label", chain_json_text(r->figure->label));
    json_object_set_new(o, "value", figure_value_json(r->figure, r->value));
    json_object_set_new(o, "unit", chain_json_text(r->figure->unit));
    json_object_set_new(o, "records", json_integer(r->records));
    json_object_set_new(o, "in_report", json_boolean(in_report));
    if (r->has_parts) {
        json_object_set_new(o, "numerator", chain_json_value(r->numerator));
        json_object_set_new(o, "denominator", chain_json_value(r->denominator));
    }
    return o;
}

static bool is_in_report(const struct report_text *t, const struct figure *f)
{
    for (size_t i = 0; i < t->figure_count; i++)
        if (t->figures[i].figure == f) return true;
    return false;
}

static bool add_others(struct office *o, struct conn *c, struct arena *a, const struct report_text *t, json_t *list,
                       struct error *err)
{
    struct formula_run run = figure_run(o, t->from, t->to);
    const struct figure **others = arena_new_array(a, const struct figure *, o->model->figure_count + 1);
    struct figures_wanted wanted = {.figures = others};
    for (size_t i = 0; i < o->model->figure_count; i++)
        if (!is_in_report(t, &o->model->figures[i])) others[wanted.count++] = &o->model->figures[i];
    struct figure_result *results = arena_new_array(a, struct figure_result, wanted.count + 1);
    if (!figures_compute(o, c, a, &wanted, &run, results, NULL, err)) return false;
    for (size_t i = 0; i < wanted.count; i++) json_array_append_new(list, figure_json(&results[i], false));
    return true;
}

bool report_json(struct office *o, struct conn *c, struct arena *a, const struct report_text *t, struct str *json,
                 struct error *err)
{
    json_t *root = json_object();
    json_t *list = json_array();
    int year = report_year(t->from, t->to);
    json_object_set_new(root, "report", chain_json_text(t->report->name));
    json_object_set_new(root, "period", chain_json_text(t->period));
    json_object_set_new(root, "year", year ? json_integer(year) : json_null());
    json_object_set_new(root, "act_log_position", json_integer(t->seq));
    for (size_t i = 0; i < t->figure_count; i++) json_array_append_new(list, figure_json(&t->figures[i], true));
    bool ok = add_others(o, c, a, t, list, err);
    json_object_set_new(root, "figures", list);
    if (ok) *json = chain_canonical(a, root);
    json_decref(root);
    return ok;
}

/* ---- 定稿 ---- */

static struct str fixed_figures(struct arena *a, const struct report_text *t)
{
    json_t *list = json_array();
    for (size_t i = 0; i < t->figure_count; i++) {
        const struct figure_result *r = &t->figures[i];
        json_t *o = json_object();
        json_object_set_new(o, "name", chain_json_text(r->figure->name));
        json_object_set_new(o, "value", chain_json_value(r->value));
        json_object_set_new(o, "shown", chain_json_text(r->shown));
        json_object_set_new(o, "records", json_integer(r->records));
        json_array_append_new(list, o);
    }
    struct str json = chain_canonical(a, list);
    json_decref(list);
    return json;
}

static json_t *fix_details(const struct fixed_report *f)
{
    json_t *o = json_object();
    json_object_set_new(o, "report", chain_json_text(f->report));
    json_object_set_new(o, "period", chain_json_text(f->period));
    json_object_set_new(o, "seq", json_integer(f->seq));
    json_object_set_new(o, "figures", chain_json_text(f->figures));
    return o;
}

static bool fix(struct tx *tx, const struct report *r, struct str period, struct str plain, const struct report_text *t,
                struct fixed_report *f, struct error *err)
{
    *f = (struct fixed_report){.report = r->name,
                               .period = period,
                               .seq = t->seq,
                               .fixed_at = tx->now,
                               .fixed_by = tx->user->account.name,
                               .figures = fixed_figures(tx->arena, t),
                               .text = plain,
                               .definitions = tx->office->model->digest};
    return fixed_report_put(tx->conn, tx->office->key, f, err) &&
           chain_record(tx, STR("fix_report"), fix_details(f), err);
}

bool report_fix(struct office *o, struct arena *a, const struct user *u, struct str entrance, const struct report *r,
                struct str period, struct str plain_text, struct fixed_report *fixed, struct error *err)
{
    if (!user_may(u, MAY_FIX_REPORT)) return error_set(err, ERR_FORBIDDEN, "您的岗位不能定稿年度报告");
    struct report_text t;
    struct tx tx;
    /* Reckoned before the write: over many records it takes long, and what counts is the position it was taken at. */
    struct conn *c = store_read(o->store, err);
    if (!c) return false;
    bool ok = report_build(o, c, a, r, period, &t, err);
    store_done(c);
    if (!ok || !tx_begin(&tx, o, a, u, entrance, err)) return false;
    if (fix(&tx, r, period, plain_text, &t, fixed, err)) return tx_commit(&tx, err);
    tx_rollback(&tx);
    return false;
}

static const struct figure_result *result_named(const struct report_text *t, struct str name)
{
    for (size_t i = 0; i < t->figure_count; i++)
        if (str_eq(t->figures[i].figure->name, name)) return &t->figures[i];
    return NULL;
}

bool report_changes(struct office *o, struct conn *c, struct arena *a, const struct fixed_report *fixed,
                    const struct report_text *now, struct report_change **changes, size_t *count, struct error *err)
{
    size_t cap = 0;
    *changes = NULL;
    *count = 0;
    json_t *list = json_loadb(fixed->figures.s, fixed->figures.len, 0, NULL);
    if (!list) return error_set(err, ERR_STORE, "定稿的数字已损坏，请用 fazhi replay 核对办理记录");
    size_t i;
    json_t *o1;
    json_array_foreach(list, i, o1) {
        struct report_change ch = {
            .name = str_copy(a, str_from(json_string_value(json_object_get(o1, "name")))),
            .before = str_copy(a, str_from(json_string_value(json_object_get(o1, "shown")))),
            .records_before = json_integer_value(json_object_get(o1, "records"))};
        ch.figure = model_figure(o->model, ch.name);
        const struct figure_result *r = result_named(now, ch.name);
        struct figure_result fresh;
        struct formula_run run = figure_run(o, now->from, now->to);
        if (!r && ch.figure) {
            if (!figure_compute(o, c, a, ch.figure, &run, &fresh, err)) {
                json_decref(list);
                return false;
            }
            r = &fresh;
        }
        ch.after = r ? r->shown : STR("（已无此项）");
        ch.records_after = r ? r->records : 0;
        if (!str_eq(ch.before, ch.after) || ch.records_before != ch.records_after)
            ARENA_PUSH(a, *changes, *count, cap, ch);
    }
    json_decref(list);
    return true;
}
