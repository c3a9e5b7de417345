#include "web/form.h"

#include <string.h>

#include "office/inputs.h"
#include "office/show.h"

static enum input_kind kind_of(const struct field *f)
{
    switch (f->type) {
    case FIELD_TEXT: return f->multiline ? INPUT_LONG_TEXT : INPUT_TEXT;
    case FIELD_INTEGER: return INPUT_INTEGER;
    case FIELD_DECIMAL: return INPUT_DECIMAL;
    case FIELD_MONEY: return INPUT_MONEY;
    case FIELD_DATE: return INPUT_DATE;
    case FIELD_MOMENT: return INPUT_DATETIME;
    case FIELD_YESNO: return INPUT_YES_NO;
    case FIELD_CODE: return INPUT_CODE;
    case FIELD_ORG: return INPUT_ORG;
    case FIELD_PLACE: return INPUT_PLACE;
    case FIELD_PERSON: return INPUT_PERSON;
    case FIELD_REF: return INPUT_REFERENCE;
    case FIELD_ATTACHMENT: return INPUT_ATTACHMENT;
    }
    return INPUT_TEXT;
}

/* ---- options ---- */

static void code_options(struct request *rq, const struct field *f, struct field_view *v)
{
    struct option_view *list = arena_new_array(rq->arena, struct option_view, f->codes->count + 1);
    size_t n = 0;
    for (size_t i = 0; i < f->codes->count; i++) {
        const struct code *c = &f->codes->codes[i];
        bool selected = str_eq(c->key, v->value) || str_eq(c->label, v->value);
        if (c->until.day && !selected) continue; /* withdrawn: kept on old records, not offered */
        list[n++] = (struct option_view){.value = c->key, .label = c->label, .selected = selected};
    }
    v->options = list;
    v->option_count = n;
}

struct org_tree {
    const struct shower *show;
    const struct user *of; /* NULL: all */
    struct str chosen;
    struct option_view *list;
    size_t count;
};

static bool belongs(const struct user *u, int64_t org)
{
    for (size_t i = 0; i < u->org_count; i++)
        if (u->orgs[i] == org) return true;
    return false;
}

/* Children below their parent. */
static void put_orgs(struct org_tree *t, int64_t parent, unsigned depth)
{
    for (size_t i = 0; i < t->show->org_count && depth < 12; i++) {
        const struct org *o = &t->show->orgs[i];
        if (o->parent != parent || o->id == parent) continue;
        bool selected = str_eq(o->code, t->chosen) || str_eq(o->name, t->chosen);
        bool offered = (!o->closed || selected) && (!t->of || belongs(t->of, o->id));
        if (offered)
            t->list[t->count++] =
                (struct option_view){.value = o->code, .label = o->name, .depth = depth, .selected = selected};
        put_orgs(t, o->id, depth + (offered ? 1 : 0));
    }
}

void form_org_options(struct request *rq, const struct shower *s, const struct user *of, struct field_view *v)
{
    struct org_tree t = {.show = s, .of = of, .chosen = v->value};
    t.list = arena_new_array(rq->arena, struct option_view, s->org_count + 1);
    put_orgs(&t, 0, 0);
    v->options = t.list;
    v->option_count = t.count;
}

static void lookup(struct request *rq, const struct field *f, struct field_view *v)
{
    v->lookup = str_printf(rq->arena, "/lookup/%.*s", STR_ARG(f->target->name));
    if (v->help.len == 0)
        v->help = str_printf(rq->arena, "填编号或者名称；输入几个字可以查找%.*s", STR_ARG(f->target->label));
}

/* ---- values ---- */

static const struct org *org_by_id(const struct shower *s, int64_t id)
{
    for (size_t i = 0; i < s->org_count; i++)
        if (s->orgs[i].id == id) return &s->orgs[i];
    return NULL;
}

/* What the input shows for a stored value: references by number, organisations by code. */
static struct str edit_value(struct request *rq, const struct shower *s, const struct field *f, struct value v)
{
    if (v.kind == VALUE_NULL) return STR("");
    if (f->type == FIELD_ORG) {
        const struct org *o = org_by_id(s, v.i);
        return o ? o->code : STR("");
    }
    if (f->type == FIELD_REF) {
        struct record target;
        struct error err;
        if (!record_get(s->conn, rq->arena, s->office->key, f->target, v.i, &target, &err)) return STR("");
        return target.head.number;
    }
    if (f->type == FIELD_CODE) return v.t;
    if (f->type == FIELD_YESNO) return v.i ? STR("1") : STR("0");
    struct str t = field_edit(rq->arena, f, v);
    return f->type == FIELD_MOMENT ? str_replace(rq->arena, t, STR(" "), STR("T")) : t;
}

struct filling {
    struct request *rq;
    struct tx tx; /* only for reading defaults */
    struct shower show;
    const struct act_form *form;
    bool typed;
    bool unmasked;
};

static bool stored_value(struct filling *f, const struct act_input *in, struct value *value, struct error *err)
{
    const struct record *r = f->form->record;
    *value = r ? r->values[in->field - r->reg->fields] : value_null();
    if (value->kind != VALUE_NULL || f->form->act->kind == ACT_AMEND) return true;
    return act_default(&f->tx, in, r ? r->head.id : 0, value, err);
}

static bool initial_text(struct filling *f, const struct act_input *in, struct str *text, struct error *err)
{
    struct value v;
    struct str name = in->field->name;
    char *key = str_cstr(f->rq->arena, name);
    if (!f->form->record && request_query(f->rq, key).len) {
        *text = request_query(f->rq, key);
        return true;
    }
    if (!stored_value(f, in, &v, err)) return false;
    if (in->field->private_ && v.kind == VALUE_TEXT) {
        /* A private value is put into a form only for who has unmasked it; else the form leaves it alone when empty. */
        v = f->unmasked ? input_reveal(f->show.office, f->rq->arena, f->form->reg, in->field, v) : value_null();
    }
    *text = edit_value(f->rq, &f->show, in->field, v);
    return true;
}

static struct str attachment_name(struct filling *f, struct str digest)
{
    struct attachment att;
    struct error err;
    if (digest.len == 0 || !attachment_get(f->show.conn, f->rq->arena, f->show.office->key, digest, &att, NULL, &err))
        return STR("");
    return att.name;
}

/* The record's file, to be fetched or taken off. */
static void put_file(struct filling *f, const struct act_input *in, struct field_view *v)
{
    const struct record *r = f->form->record;
    struct value stored = r ? r->values[in->field - r->reg->fields] : value_null();
    struct str name = stored.kind == VALUE_TEXT ? attachment_name(f, stored.t) : STR("");
    if (name.len == 0) return;
    struct file_view *file = arena_new(f->rq->arena, struct file_view);
    *file = (struct file_view){.name = name,
                               .id = in->required ? STR("") : stored.t,
                               .href = str_printf(f->rq->arena, "%.*s/%lld/files/%.*s",
                                                  STR_ARG(str_printf(f->rq->arena, "/r/%.*s", STR_ARG(r->reg->name))),
                                                  (long long)r->head.id, STR_ARG(stored.t))};
    v->files = file;
    v->file_count = 1;
}

static bool put_field(struct filling *f, const struct act_input *in, struct field_view *v, struct error *err)
{
    const struct field *field = in->field;
    char *key = str_cstr(f->rq->arena, field->name);
    *v = (struct field_view){.kind = kind_of(field),
                             .name = field->name,
                             .label = field->label,
                             .help = field->help,
                             .unit = field->type == FIELD_MONEY && field->unit.len == 0 ? STR("元") : field->unit,
                             .required = in->required,
                             .is_private = field->private_ != NULL};
    if (f->typed)
        v->value = request_form(f->rq, key);
    else if (!initial_text(f, in, &v->value, err))
        return false;
    if (field->type == FIELD_CODE)
        code_options(f->rq, field, v);
    else if (field->type == FIELD_ORG)
        form_org_options(f->rq, &f->show, NULL, v);
    else if (field->type == FIELD_REF)
        lookup(f->rq, field, v);
    else if (field->type == FIELD_ATTACHMENT)
        put_file(f, in, v);
    return true;
}

/* Fields the person may fill: for amendments only what may be corrected, import fields only when filled. */
static bool wanted(const struct filling *f, const struct act_input *in)
{
    const struct act_form *form = f->form;
    if (in->field->import_only && form->act->kind != ACT_AMEND) return false;
    if (form->act->kind != ACT_AMEND) return true;
    if (in->field->private_ && !f->unmasked) return false;
    return act_may_amend(&visit_of(f->rq)->user, form->record, in->field, STR("page"));
}

bool act_form_build(struct request *rq, struct conn *c, struct act_form *form, bool typed, struct error *err)
{
    struct app *app = app_of(rq);
    struct filling f = {.rq = rq, .form = form, .typed = typed};
    f.tx = (struct tx){.office = app->office,
                       .conn = c,
                       .arena = rq->arena,
                       .user = &visit_of(rq)->user,
                       .entrance = STR("page"),
                       .today = clock_today(&app->office->clock)};
    if (!shower_open(&f.show, app->office, c, rq->arena, err)) return false;
    f.unmasked = form->record && show_is_unmasked(&f.show, &visit_of(rq)->user, form->record);
    struct act_input *inputs;
    size_t count = act_fields(rq->arena, form->reg, form->act, &inputs);
    form->fields = arena_new_array(rq->arena, struct field_view, count + 1);
    form->field_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (!wanted(&f, &inputs[i])) continue;
        if (!put_field(&f, &inputs[i], &form->fields[form->field_count], err)) return false;
        form->upload = form->upload || inputs[i].field->type == FIELD_ATTACHMENT;
        form->field_count++;
    }
    return true;
}

/* ---- faults ---- */

static struct field_view *field_named(struct act_form *form, struct str name)
{
    for (size_t i = 0; i < form->field_count; i++)
        if (str_eq(form->fields[i].name, name)) return &form->fields[i];
    return NULL;
}

void act_form_faults(struct request *rq, struct act_form *form, const struct errors *faults, struct form_view *view,
                     struct refusal_view **refusals, size_t *refusal_count)
{
    struct arena *a = rq->arena;
    struct form_fault *list = arena_new_array(a, struct form_fault, faults->count + 1);
    *refusals = arena_new_array(a, struct refusal_view, faults->count + 1);
    *refusal_count = 0;
    view->fault_count = 0;
    for (size_t i = 0; i < faults->count; i++) {
        const struct error *e = &faults->items[i];
        struct str message = str_copy(a, str_from(e->message));
        if (e->code == ERR_REFUSED) {
            (*refusals)[(*refusal_count)++] = (struct refusal_view){.message = message,
                                                                    .rule = str_copy(a, str_from(e->rule)),
                                                                    .cite = str_copy(a, str_from(e->cite)),
                                                                    .remedy = str_copy(a, str_from(e->remedy))};
            continue;
        }
        struct str where = str_copy(a, str_from(e->where));
        struct field_view *f = field_named(form, where);
        if (f) f->error = message;
        list[view->fault_count++] = (struct form_fault){.name = f || str_is(where, "reason") ? where : STR(""),
                                                        .label = f ? f->label : STR("理由"),
                                                        .message = message};
    }
    view->faults = list;
}

/* ---- inputs ---- */

static bool store_upload(struct request *rq, const struct upload *up, struct str *digest, struct error *err)
{
    struct app *app = app_of(rq);
    struct attachment att = {.name = up->name,
                             .type = up->type,
                             .added_at = clock_now(&app->office->clock),
                             .added_by = visit_of(rq)->user.account.name};
    attachment_look(&att, up->content);
    struct conn *c = store_write(app->office->store, app->office->key, err);
    if (!c) return false;
    if (!attachment_add(c, app->office->key, up->content, &att, err)) {
        store_rollback(c);
        return false;
    }
    *digest = str_copy(rq->arena, att.digest);
    return store_commit(c, err);
}

/* The file of an earlier, refused try of this form: only one that this person sent in, else anybody who knows a digest
 * could attach, and then read, another person's file. */
static bool kept_upload(struct request *rq, struct str digest, struct attachment *att)
{
    struct error err;
    struct app *app = app_of(rq);
    struct conn *c = digest.len ? store_read(app->office->store, &err) : NULL;
    bool found = c && attachment_get(c, rq->arena, app->office->key, digest, att, NULL, &err) &&
                 str_eq(att->added_by, visit_of(rq)->user.account.name);
    if (c) store_done(c);
    return found;
}

static bool file_input(struct request *rq, struct field_view *v, const char *key, struct input *in, bool *given,
                       struct error *err)
{
    const struct upload *up = request_file(rq, key);
    char *remove = str_cstr(rq->arena, str_printf(rq->arena, "%s.remove", key));
    char *kept = str_cstr(rq->arena, str_printf(rq->arena, "%s.kept", key));
    struct attachment att;
    *given = true;
    in->name = v->name;
    if (up && up->content.len) {
        if (!store_upload(rq, up, &in->text, err)) return false;
        /* Bytes that somebody else sent before stay theirs: then the file must be chosen again. */
        if (kept_upload(rq, in->text, &att)) {
            v->kept = in->text;
            v->kept_name = up->name;
        }
        return true;
    }
    if (kept_upload(rq, request_form(rq, kept), &att)) {
        in->text = v->kept = att.digest;
        v->kept_name = att.name;
        return true;
    }
    in->text = STR("");
    *given = request_form(rq, remove).len > 0;
    return true;
}

bool act_form_inputs(struct request *rq, const struct act_form *form, struct input **inputs, size_t *count,
                     struct error *err)
{
    *inputs = arena_new_array(rq->arena, struct input, form->field_count + 1);
    *count = 0;
    for (size_t i = 0; i < form->field_count; i++) {
        struct field_view *v = &form->fields[i];
        char *key = str_cstr(rq->arena, v->name);
        bool given = request_has_form(rq, key);
        struct input in = {.name = v->name, .text = request_form(rq, key)};
        if (v->kind == INPUT_ATTACHMENT && !file_input(rq, v, key, &in, &given, err)) return false;
        /* An empty private field of an existing record means: as it was. */
        bool leave = v->is_private && in.text.len == 0 && form->record;
        if (given && !leave) (*inputs)[(*count)++] = in;
    }
    return true;
}
