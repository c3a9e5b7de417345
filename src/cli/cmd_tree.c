/* tree: figures of many offices side by side. */
#include <stdio.h>

#include <jansson.h>

#include "cli/cli.h"
#include "figures/places.h"

struct table {
    struct cli *cli;
    struct conn *conn;
    struct str code;
    struct formula_run run;
    struct office_row *offices;
    size_t office_count;
    struct places_figure *figures;
    size_t count;
};

static struct str name_of(const struct table *t, struct str place)
{
    for (size_t i = 0; i < t->office_count; i++)
        if (str_eq(t->offices[i].code, place)) return t->offices[i].name;
    return place.len ? place : STR("合计");
}

/* The figures named behind the place, or all. */
static bool compute(struct table *t, struct error *err)
{
    struct cli *cli = t->cli;
    const struct model *m = cli->model;
    size_t named = cli->argument_count - 1;
    t->figures = arena_new_array(cli->arena, struct places_figure, named ? named : m->figure_count);
    for (size_t i = 0; i < (named ? named : m->figure_count); i++) {
        const struct figure *f = named ? model_figure(m, cli_argument(cli, i + 1)) : &m->figures[i];
        if (!f) return error_set(err, ERR_NOT_FOUND, "没有叫「%s」的数字", cli->arguments[i + 1]);
        if (!figure_of_places(cli->office, t->conn, cli->arena, f, t->code, t->run, &t->figures[t->count++], err))
            return false;
    }
    return true;
}

static json_t *json_place(const struct table *t, const struct place_figure *p)
{
    struct str name = name_of(t, p->place);
    json_t *o = json_pack("{s:s%, s:s%, s:o, s:s%}", "place", p->place.s ? p->place.s : "", p->place.len, "name",
                          name.s, name.len, "value", figure_value_json(p->result.figure, p->result.value), "shown",
                          p->result.shown.s, p->result.shown.len);
    if (p->result.has_parts) {
        json_object_set_new(o, "numerator", figure_value_json(p->result.figure, p->result.numerator));
        json_object_set_new(o, "denominator", figure_value_json(p->result.figure, p->result.denominator));
    }
    return o;
}

static void print_json(const struct table *t)
{
    json_t *figures = json_array();
    for (size_t i = 0; i < t->count; i++) {
        const struct places_figure *f = &t->figures[i];
        json_t *places = json_array();
        for (size_t k = 0; k < f->count; k++) json_array_append_new(places, json_place(t, &f->rows[k]));
        json_array_append_new(figures, json_pack("{s:s%, s:s%, s:o, s:o}", "name", f->figure->name.s,
                                                 f->figure->name.len, "label", f->figure->label.s, f->figure->label.len,
                                                 "places", places, "total", json_place(t, &f->total)));
    }
    json_dumpf(figures, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(figures);
}

static void print_text(const struct table *t)
{
    for (size_t i = 0; i < t->count; i++) {
        const struct places_figure *f = &t->figures[i];
        printf("%.*s（%.*s）\n", STR_ARG(f->figure->label), STR_ARG(f->figure->name));
        for (size_t k = 0; k <= f->count; k++) {
            const struct place_figure *p = k < f->count ? &f->rows[k] : &f->total;
            cli_print_padded(str_printf(t->cli->arena, "  %.*s", STR_ARG(name_of(t, p->place))), 24);
            printf("%.*s%s%.*s%s\n", STR_ARG(p->result.shown), p->result.note.len ? "（" : "", STR_ARG(p->result.note),
                   p->result.note.len ? "）" : "");
        }
    }
}

static bool load(struct table *t, struct error *err)
{
    struct office_row place;
    struct cli *cli = t->cli;
    if (!offices_find(t->conn, cli->arena, cli_argument(cli, 0), &place, err)) return false;
    t->code = place.code;
    return offices_list(t->conn, cli->arena, place.code, OFFICES_MOST, &t->offices, &t->office_count, err) &&
           compute(t, err);
}

int cli_tree(struct cli *cli)
{
    struct error err;
    struct date from, to;
    struct table t = {.cli = cli};
    const char *format = cli_option(cli, "format");
    if (!cli_period(cli, str_from(cli_option(cli, "period")), &from, &to)) return EXIT_USAGE;
    if (!cli_open(cli, false)) return EXIT_FAILED;
    t.run = figure_run(cli->office, from, to);
    t.conn = store_read(cli->store, &err);
    bool ok = t.conn && load(&t, &err);
    if (t.conn) store_done(t.conn);
    if (!ok) return cli_fail(cli, &err);
    if (format && str_is(str_from(format), "json"))
        print_json(&t);
    else
        print_text(&t);
    return EXIT_YES;
}
