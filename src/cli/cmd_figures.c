/* figure, report, trace, verify-report, workday. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/utf8.h"
#include "cli/cli.h"
#include "figures/report.h"
#include "figures/verify.h"
#include "office/chain.h"
#include "office/show.h"
#include "paper/fonts.h"
#include "paper/report_paper.h"

enum { REPORT_MOST = 8 << 20 };

static const struct figure *find_figure(struct cli *cli, struct str name, struct error *err)
{
    const struct figure *f = model_figure(cli->model, name);
    for (size_t i = 0; !f && i < cli->model->figure_count; i++)
        if (str_eq(cli->model->figures[i].label, name)) f = &cli->model->figures[i];
    if (!f) error_set(err, ERR_INPUT, "没有数字「%.*s」", STR_ARG(name));
    return f;
}

static void print_figure(struct cli *cli, const struct figure_result *r, struct date from, struct date to)
{
    const struct figure *f = r->figure;
    printf("%.*s（%.*s）\n", STR_ARG(f->label), STR_ARG(f->name));
    printf("统计期：%.*s\n", STR_ARG(period_words(cli->arena, from, to)));
    printf("数值：%.*s", STR_ARG(r->shown));
    if (r->value.kind != VALUE_NULL && !str_ends(r->shown, f->unit)) printf("%.*s", STR_ARG(f->unit));
    if (r->note.len) printf("（%.*s）", STR_ARG(r->note));
    printf("\n口径：%.*s\n算式：%.*s\n", STR_ARG(f->meaning), STR_ARG(formula_words(cli->arena, f->value)));
    if (f->cite.text.len) printf("%s：%.*s\n", f->cite.verified ? "依据" : "参考口径", STR_ARG(f->cite.text));
    printf("记录：%lld 件\n", (long long)r->records);
}

static void print_figure_json(struct cli *cli, const struct figure_result *r)
{
    json_t *o = json_object();
    json_object_set_new(o, "name", chain_json_text(r->figure->name));
    json_object_set_new(o, "label", chain_json_text(r->figure->label));
    json_object_set_new(o, "value", chain_json_value(r->value));
    json_object_set_new(o, "shown", chain_json_text(r->shown));
    json_object_set_new(o, "unit", chain_json_text(r->figure->unit));
    json_object_set_new(o, "records", json_integer(r->records));
    cli_print(chain_canonical(cli->arena, o));
    putchar('\n');
    json_decref(o);
}

int cli_figure(struct cli *cli)
{
    struct error err;
    struct date from, to;
    struct figure_result r;
    if (!cli_period(cli, str_from(cli_option(cli, "period")), &from, &to)) return EXIT_USAGE;
    if (!cli_open(cli, false)) return EXIT_FAILED;
    const struct figure *f = find_figure(cli, cli_argument(cli, 0), &err);
    if (!f) return cli_fail(cli, &err);
    struct formula_run run = figure_run(cli->office, from, to);
    struct conn *c = store_read(cli->store, &err);
    bool ok = c && figure_compute(cli->office, c, cli->arena, f, &run, &r, &err);
    if (c) store_done(c);
    if (!ok) return cli_fail(cli, &err);
    const char *format = cli_option(cli, "format");
    if (format && strcmp(format, "json") == 0) print_figure_json(cli, &r);
    else print_figure(cli, &r, from, to);
    return EXIT_YES;
}

/* ---- report ---- */

static const struct report *find_report(struct cli *cli, struct error *err)
{
    const struct report *r = model_report(cli->model, cli_argument(cli, 0));
    if (!r) error_set(err, ERR_INPUT, "没有报告「%s」", cli->arguments[0]);
    return r;
}

static struct paper *paper_of(struct cli *cli, const struct report_text *t)
{
    return report_paper(cli->arena, t, cli->office->info.full_name, clock_today(&cli->clock), STR(""));
}

static bool render_text(struct cli *cli, struct conn *c, const struct report_text *t, struct str *out, struct error *err)
{
    (void)c;
    struct buf b = buf_in(cli->arena);
    bool ok = paper_text(paper_of(cli, t), &b, err);
    *out = buf_str(&b);
    return ok;
}

static bool render_html(struct cli *cli, struct conn *c, const struct report_text *t, struct str *out, struct error *err)
{
    (void)c;
    struct buf b = buf_in(cli->arena);
    buf_puts(&b, "<!doctype html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>");
    buf_put_html(&b, t->title);
    buf_puts(&b, "</title></head><body>\n");
    bool ok = paper_html(paper_of(cli, t), &b, err);
    buf_puts(&b, "\n</body></html>\n");
    *out = buf_str(&b);
    return ok;
}

static bool render_docx(struct cli *cli, struct conn *c, const struct report_text *t, struct str *out, struct error *err)
{
    (void)c;
    return paper_docx(paper_of(cli, t), NULL, cli->arena, out, err);
}

static bool render_pdf(struct cli *cli, struct conn *c, const struct report_text *t, struct str *out, struct error *err)
{
    (void)c;
    struct paper_fonts *fonts = paper_fonts_open(NULL, 0, err);
    if (!fonts) return false;
    bool ok = paper_pdf(paper_of(cli, t), fonts, cli->arena, out, err);
    paper_fonts_close(fonts);
    return ok;
}

static bool render_json(struct cli *cli, struct conn *c, const struct report_text *t, struct str *out, struct error *err)
{
    if (!report_json(cli->office, c, cli->arena, t, out, err)) return false;
    *out = str_printf(cli->arena, "%.*s\n", STR_ARG(*out));
    return true;
}

static const struct {
    const char *name;
    bool (*render)(struct cli *, struct conn *, const struct report_text *, struct str *, struct error *);
} formats[] = {{"text", render_text}, {"html", render_html}, {"docx", render_docx}, {"pdf", render_pdf},
               {"json", render_json}};

static int fix_report(struct cli *cli, const struct report *r, struct str period, struct str plain)
{
    struct error err;
    struct user user;
    struct fixed_report fixed;
    int status;
    if (!cli_user(cli, &user, &status)) return status;
    if (!report_fix(cli->office, cli->arena, &user, STR("command"), r, period, plain, &fixed, &err))
        return cli_fail(cli, &err);
    printf("已定稿：取数位置为第 %lld 条办理记录\n", (long long)fixed.seq);
    return EXIT_YES;
}

static int print_changes(struct cli *cli, struct conn *c, const struct report_text *t)
{
    struct error err;
    struct fixed_report *list;
    size_t count;
    struct report_change *changes;
    if (!fixed_report_list(c, cli->arena, cli->office->key, t->report->name, t->period, &list, &count, &err))
        return cli_fail(cli, &err);
    if (count == 0) {
        printf("这份报告还没有定稿\n");
        return EXIT_NO;
    }
    if (!report_changes(cli->office, c, cli->arena, &list[0], t, &changes, &count, &err)) return cli_fail(cli, &err);
    for (size_t i = 0; i < count; i++)
        printf("%.*s：%.*s → %.*s（记录 %lld → %lld）\n",
               STR_ARG(changes[i].figure ? changes[i].figure->label : changes[i].name), STR_ARG(changes[i].before),
               STR_ARG(changes[i].after), (long long)changes[i].records_before, (long long)changes[i].records_after);
    printf("定稿以后有 %zu 个数字变了\n", count);
    return EXIT_YES;
}

static int output_report(struct cli *cli, struct conn *c, const struct report_text *t)
{
    struct error err;
    struct str out;
    const char *format = cli_option(cli, "format") ? cli_option(cli, "format") : "text";
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (strcmp(formats[i].name, format) != 0) continue;
        if (!formats[i].render(cli, c, t, &out, &err) || !cli_write(cli, cli_option(cli, "output"), out, &err))
            return cli_fail(cli, &err);
        return EXIT_YES;
    }
    return cli_usage(cli, "格式只有 text、html、docx、pdf、json");
}

int cli_report(struct cli *cli)
{
    struct error err;
    struct report_text t;
    if (!cli_open(cli, false)) return EXIT_FAILED;
    const struct report *r = find_report(cli, &err);
    if (!r) return cli_fail(cli, &err);
    struct conn *c = store_read(cli->store, &err);
    if (!c || !report_build(cli->office, c, cli->arena, r, cli_argument(cli, 1), &t, &err)) {
        if (c) store_done(c);
        return cli_fail(cli, &err);
    }
    int status;
    if (cli_option(cli, "changes")) {
        status = print_changes(cli, c, &t);
    } else if (cli_option(cli, "fix")) {
        struct str plain;
        bool ok = render_text(cli, c, &t, &plain, &err);
        store_done(c);
        return ok ? fix_report(cli, r, t.period, plain) : cli_fail(cli, &err);
    } else {
        status = output_report(cli, c, &t);
    }
    store_done(c);
    return status;
}

/* ---- trace ---- */

struct tracing {
    struct cli *cli;
    const struct shower *show;
};

static bool print_traced(void *arg, struct arena *page, const struct record_list *part)
{
    struct tracing *t = arg;
    struct shower show = *t->show;
    show.arena = page;
    for (size_t i = 0; i < part->count; i++) {
        const struct record *r = &part->rows[i];
        struct str title = str_replace(page, show_title(&show, r), STR("\n"), STR(" "));
        cli_print_padded(r->head.number, 26);
        cli_print_padded(show_stage(r), 12);
        printf("%.*s\n", STR_ARG(utf8_shorten(page, title, 40)));
    }
    return true;
}

static bool trace_set(struct cli *cli, struct conn *c, const struct shower *show, const struct formula_set *set,
                      const struct formula_run *run, int64_t limit, struct error *err)
{
    struct record_list list;
    struct tracing t = {cli, show};
    struct list_query q = figure_set_list(cli->office, cli->arena, set, run, (struct sight){.all = true});
    q.count_most = LIST_COUNT_ALL;
    if (!record_list(c, cli->arena, &q, &list, err)) return false;
    printf("\n%.*s%.*s%.*s：%lld 条\n", STR_ARG(set->role), STR_ARG(set->role.len ? STR("　") : STR("")),
           STR_ARG(q.reg->label), (long long)list.total);
    q.limit = limit;
    return record_list_each(c, &q, print_traced, &t, err);
}

static bool trace(struct cli *cli, struct conn *c, const struct figure *f, struct date from, struct date to,
                  struct error *err)
{
    struct figure_result r;
    struct shower show;
    struct formula_set *sets;
    int64_t limit = INT32_MAX;
    struct formula_run run = figure_run(cli->office, from, to);
    if (cli_option(cli, "limit") && (!str_to_i64(str_from(cli_option(cli, "limit")), &limit) || limit < 1))
        return error_set(err, ERR_INPUT, "--limit 要写条数");
    if (!figure_compute(cli->office, c, cli->arena, f, &run, &r, err)) return false;
    if (!shower_open(&show, cli->office, c, cli->arena, err)) return false;
    print_figure(cli, &r, from, to);
    size_t count = figure_sets(cli->office, cli->arena, f, &sets);
    for (size_t i = 0; i < count; i++)
        if (!trace_set(cli, c, &show, &sets[i], &run, limit, err)) return false;
    return true;
}

int cli_trace(struct cli *cli)
{
    struct error err;
    struct date from, to;
    if (!cli_period(cli, cli_argument(cli, 1), &from, &to)) return EXIT_USAGE;
    if (!cli_open(cli, false)) return EXIT_FAILED;
    if (!find_report(cli, &err)) return cli_fail(cli, &err);
    const struct figure *f = find_figure(cli, cli_argument(cli, 2), &err);
    if (!f) return cli_fail(cli, &err);
    struct conn *c = store_read(cli->store, &err);
    bool ok = c && trace(cli, c, f, from, to, &err);
    if (c) store_done(c);
    return ok ? EXIT_YES : cli_fail(cli, &err);
}

/* ---- verify-report ---- */

static void print_items(const struct verify_report *r)
{
    for (size_t i = 0; i < r->count; i++) {
        const struct verify_item *v = &r->items[i];
        printf("%s　%.*s", verify_verdict_name(v->verdict), STR_ARG(v->phrase));
        if (v->figure)
            printf("　→ %.*s（%.*s）＝%.*s，%lld 条记录", STR_ARG(v->figure->label), STR_ARG(v->figure->name),
                   STR_ARG(v->value), (long long)v->records);
        printf("\n");
    }
}

static void print_findings(const struct verify_report *r)
{
    for (size_t i = 0; i < r->findings.count; i++) {
        const struct finding *f = &r->findings.items[i];
        if (f->verdict == VERDICT_NOT_CHECKABLE) continue;
        printf("算术%s　%.*s　%.*s\n", finding_verdict_name(f->verdict), STR_ARG(f->phrase), STR_ARG(f->message));
    }
}

static void print_verify_json(struct cli *cli, const struct verify_report *r)
{
    static const char *const verdicts[] = {"agrees", "contradicts", "no_figure", "goal"};
    json_t *root = json_object();
    json_t *items = json_array();
    for (size_t i = 0; i < r->count; i++) {
        const struct verify_item *v = &r->items[i];
        json_t *o = json_object();
        json_object_set_new(o, "phrase", chain_json_text(v->phrase));
        json_object_set_new(o, "stated", chain_json_text(v->stated));
        json_object_set_new(o, "figure", v->figure ? chain_json_text(v->figure->name) : json_null());
        json_object_set_new(o, "value", v->figure ? chain_json_text(v->value) : json_null());
        json_object_set_new(o, "verdict", json_string(verdicts[v->verdict]));
        json_array_append_new(items, o);
    }
    json_t *findings = json_array();
    for (size_t i = 0; i < r->findings.count; i++) {
        const struct finding *f = &r->findings.items[i];
        json_t *o = json_object();
        json_object_set_new(o, "phrase", chain_json_text(f->phrase));
        json_object_set_new(o, "message", chain_json_text(f->message));
        json_object_set_new(o, "contradicts", json_boolean(f->verdict == VERDICT_CONTRADICT));
        json_array_append_new(findings, o);
    }
    json_object_set_new(root, "items", items);
    json_object_set_new(root, "arithmetic", findings);
    cli_print(chain_canonical(cli->arena, root));
    putchar('\n');
    json_decref(root);
}

static int verify_status(struct cli *cli, const struct verify_report *r, bool registers)
{
    const char *format = cli_option(cli, "format");
    if (format && strcmp(format, "json") == 0) {
        print_verify_json(cli, r);
    } else {
        print_items(r);
        print_findings(r);
        if (registers)
            printf("共核对 %zu 处：相符 %zu，不符 %zu，没有对应的数字 %zu，计划或者目标 %zu；文内算术矛盾 %zu 处\n",
                   r->count, r->agree, r->contradict, r->unknown, r->goals, r->text_contradictions);
        else
            printf("只核对了文内算术：矛盾 %zu 处\n", r->text_contradictions);
    }
    return r->contradict || r->text_contradictions ? EXIT_NO : EXIT_YES;
}

int cli_verify_report(struct cli *cli)
{
    struct error err;
    struct str text;
    struct verify_report r;
    struct date from = {0};
    struct date to = {0};
    const char *year = cli_option(cli, "year");
    if (year && !cli_period(cli, str_from(year), &from, &to)) return EXIT_USAGE;
    if (!file_read(cli->arena, cli->arguments[0], REPORT_MOST, &text, &err)) return cli_fail(cli, &err);
    struct conn *c = NULL;
    if (year) {
        if (!cli_open(cli, false)) return EXIT_FAILED;
        c = store_read(cli->store, &err);
        if (!c) return cli_fail(cli, &err);
    }
    bool ok = verify_text(cli->office, c, cli->arena, text, from, to, &r, &err);
    if (c) store_done(c);
    return ok ? verify_status(cli, &r, c != NULL) : cli_fail(cli, &err);
}
