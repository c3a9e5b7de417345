#include "office/due_params.h"

#include <stdlib.h>

#include "office/parameters.h"

struct seen {
    const struct parameter_kind *kind;
    struct parameter_row *rows;
    struct str *names; /* of the offices that set them */
    size_t count;
    struct seen *next;
};

struct parameters_seen {
    struct arena *arena;
    struct seen *list;
};

void parameters_seen_close(struct parameters_seen *seen)
{
    if (!seen) return;
    arena_close(seen->arena);
    free(seen);
}

/* ---- what is in force ---- */

static bool ask(const struct office *o, struct conn *c, struct arena *a, const struct parameter_kind *kind,
                struct seen *s, struct error *err)
{
    *s = (struct seen){.kind = kind};
    if (!parameter_list(c, a, o->info.code, kind->name, &s->rows, &s->count, err)) return false;
    s->names = arena_new_array(a, struct str, s->count + 1);
    for (size_t i = 0; i < s->count; i++) {
        struct office_row row;
        struct error ignored; /* carried here without the offices above: only what they set is known */
        s->names[i] = offices_get(c, a, s->rows[i].office, &row, &ignored) ? row.name : s->rows[i].office;
    }
    return true;
}

static bool find(struct tx *tx, const struct office *o, struct conn *c, struct arena *a,
                 const struct parameter_kind *kind, struct seen **found, struct error *err)
{
    struct parameters_seen *seen = tx ? tx->parameters : NULL;
    if (tx && !seen) {
        seen = tx->parameters = calloc(1, sizeof *seen);
        if (!seen) abort();
        seen->arena = arena_open();
    }
    for (struct seen *s = seen ? seen->list : NULL; s; s = s->next)
        if (s->kind == kind) {
            *found = s;
            return true;
        }
    struct arena *where = seen ? seen->arena : a;
    struct seen *s = *found = arena_new(where, struct seen);
    if (!ask(o, c, where, kind, s, err)) return false;
    if (!seen) return true;
    s->next = seen->list;
    seen->list = s;
    return true;
}

/* ---- the deadline with it ---- */

struct resolving {
    struct tx *tx;
    const struct office *office;
    struct conn *conn;
    struct arena *arena;
    struct date start;
};

/* `row` NULL: nobody set it. */
static bool amount_of(struct resolving *r, const struct parameter_kind *kind, int *amount,
                      const struct parameter_row **row, struct str *name, struct error *err)
{
    struct seen *s;
    if (!find(r->tx, r->office, r->conn, r->arena, kind, &s, err)) return false;
    *row = parameter_in_force(s->rows, s->count, r->start);
    *amount = (int)(*row ? (*row)->value : kind->otherwise);
    *name = *row ? s->names[*row - s->rows] : STR("");
    return true;
}

static bool resolve_version(struct resolving *r, struct deadline_version *v, struct error *err)
{
    const struct parameter_row *row;
    struct str name;
    if (!v->param) return true;
    if (!amount_of(r, v->param, &v->length.amount, &row, &name, err)) return false;
    if (row)
        v->cite.text = str_printf(r->arena, "%.*s%s%.*s规定（%.*s）", STR_ARG(v->cite.text), v->cite.text.len ? "；" : "",
                                  STR_ARG(name), STR_ARG(row->cite));
    return true;
}

static bool has_params(const struct deadline *d)
{
    for (size_t i = 0; i < d->version_count; i++)
        if (d->versions[i].param) return true;
    return d->warn_param != NULL;
}

bool due_resolve(struct tx *tx, const struct office *o, struct conn *c, struct arena *a, const struct deadline *d,
                 struct date start, struct deadline *now, struct error *err)
{
    struct resolving r = {tx, o, c, a, start};
    *now = *d;
    if (!has_params(d)) return true;
    struct deadline_version *versions = arena_new_array(a, struct deadline_version, d->version_count);
    for (size_t i = 0; i < d->version_count; i++) {
        versions[i] = d->versions[i];
        if (!resolve_version(&r, &versions[i], err)) return false;
    }
    now->versions = versions;
    const struct parameter_row *row;
    struct str name;
    return !d->warn_param || amount_of(&r, d->warn_param, &now->warn.amount, &row, &name, err);
}
