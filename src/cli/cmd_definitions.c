/* definitions: what offices issue for themselves and all below. */
#include <stdio.h>

#include "cli/cli.h"
#include "model/compare.h"
#include "office/definitions.h"

static bool load_rows(struct cli *cli, struct definitions_row **list, size_t *count, struct error *err)
{
    struct conn *c = store_read(cli->store, err);
    bool ok = c && definitions_list(c, cli->arena, cli->office->info.code, list, count, err);
    if (c) store_done(c);
    return ok;
}

/* ---- list ---- */

static const char *standing(const struct cli *cli, const struct definitions_row *row)
{
    const struct definitions_row *now = &cli->office->issued;
    struct date from;
    if (now->number == row->number && str_eq(now->office, row->office)) return "生效中";
    return date_parse(row->valid_from, &from) && date_cmp(from, clock_today(&cli->clock)) > 0 ? "尚未生效" : "";
}

static int list_rows(struct cli *cli)
{
    struct error err;
    struct definitions_row *list;
    size_t count;
    if (!load_rows(cli, &list, &count, &err)) return cli_fail(cli, &err);
    for (size_t i = 0; i < count; i++) {
        const struct definitions_row *r = &list[i];
        cli_print_padded(r->name, 14);
        cli_print_padded(str_printf(cli->arena, "第%lld份", (long long)r->number), 9);
        cli_print_padded(str_printf(cli->arena, "%.*s起", STR_ARG(r->valid_from)), 15);
        cli_print_padded(r->digest.len ? str_slice(r->digest, 0, 12) : STR("撤回"), 15);
        cli_print_padded(str_from(standing(cli, r)), 10);
        printf("%.*s（%.*s 于 %.*s）\n", STR_ARG(r->note), STR_ARG(r->issued_by),
               STR_ARG(moment_iso(cli->arena, r->issued_at)));
    }
    if (!cli->office->issued.number) printf("%.*s用的是程序自带的定义\n", STR_ARG(cli->office->info.name));
    return EXIT_YES;
}

/* ---- one of them ---- */

/* The row with that number of the own office, or of the nearest above that issued any. */
static const struct definitions_row *find_row(struct cli *cli, const struct definitions_row *list, size_t count,
                                              struct str typed, struct error *err)
{
    int64_t number;
    if (!str_to_i64(typed, &number)) {
        error_set(err, ERR_INPUT, "份数要写数字，如 1");
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].office, list[0].office) && list[i].number == number) return &list[i];
    error_set(err, ERR_NOT_FOUND, "没有第 %lld 份（%.*s）", (long long)number,
              STR_ARG(count ? list[0].name : cli->office->info.name));
    return NULL;
}

static bool effective(struct cli *cli, const struct definitions_row *row, struct definition_file **files, size_t *count,
                      struct error *err)
{
    struct conn *c = store_read(cli->store, err);
    bool ok = c && definitions_effective(cli->office, c, cli->arena, row, files, count, err);
    if (c) store_done(c);
    return ok;
}

static int show_row(struct cli *cli)
{
    struct error err;
    struct definitions_row *list;
    struct definition_file *files = NULL;
    size_t count, n = 0;
    const struct definitions_row *row = NULL;
    if (load_rows(cli, &list, &count, &err)) row = find_row(cli, list, count, cli_argument(cli, 1), &err);
    struct conn *c = row ? store_read(cli->store, &err) : NULL;
    bool ok = c && definitions_files(c, cli->arena, row->office, row->digest, &files, &n, &err);
    if (c) store_done(c);
    if (!ok) return cli_fail(cli, &err);
    printf("%.*s下发的第 %lld 份定义，%.*s 起%s\n%s%.*s\n说明：%.*s\n由 %.*s 于 %.*s 下发\n", STR_ARG(row->name),
           (long long)row->number, STR_ARG(row->valid_from), row->digest.len ? "生效" : "撤回",
           row->digest.len ? "SM3 " : "", STR_ARG(row->digest), STR_ARG(row->note), STR_ARG(row->issued_by),
           STR_ARG(moment_iso(cli->arena, row->issued_at)));
    for (size_t i = 0; i < n; i++) {
        struct str digest = definition_files_digest(cli->arena, &files[i], 1);
        printf("  %.*s  %.*s（%zu 字节）\n", STR_ARG(str_slice(digest, 0, 12)), STR_ARG(files[i].path), files[i].text.len);
    }
    if (!cli_option(cli, "files")) return EXIT_YES;
    for (size_t i = 0; i < n; i++) printf("\n==== %.*s ====\n%.*s", STR_ARG(files[i].path), STR_ARG(files[i].text));
    return EXIT_YES;
}

static void print_changes(const struct definition_change *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct definition_change *x = &list[i];
        printf("%.*s%s%.*s%s%.*s\n", STR_ARG(x->path), x->place.len ? " " : "", STR_ARG(x->place), x->label.len ? "　" : "",
               STR_ARG(x->label));
        if (x->before.len) printf("  - %.*s\n", STR_ARG(x->before));
        if (x->after.len) printf("  + %.*s\n", STR_ARG(x->after));
    }
    if (count == 0) printf("没有不同\n");
    if (count == DEFINITION_CHANGES_MOST) printf("只列出前 %d 处\n", DEFINITION_CHANGES_MOST);
}

/* diff N: against the program's own definitions; diff N M: from N to M. */
static int diff_rows(struct cli *cli)
{
    struct error err;
    struct definitions_row *list;
    struct definition_file *old = NULL, *new = NULL;
    struct definition_change *changes;
    size_t count, old_count = 0, new_count = 0;
    bool two = cli->argument_count == 3;
    const struct definitions_row *a = NULL, *b = NULL;
    if (!load_rows(cli, &list, &count, &err) || !(a = find_row(cli, list, count, cli_argument(cli, 1), &err)) ||
        (two && !(b = find_row(cli, list, count, cli_argument(cli, 2), &err))) ||
        !effective(cli, two ? a : NULL, &old, &old_count, &err) ||
        !effective(cli, two ? b : a, &new, &new_count, &err))
        return cli_fail(cli, &err);
    count = definition_changes(cli->arena, old, old_count, new, new_count, &changes);
    print_changes(changes, count);
    return EXIT_YES;
}

/* ---- issuing ---- */

static bool read_day(struct cli *cli, struct date *day)
{
    const char *from = cli_option(cli, "from");
    *day = clock_today(&cli->clock);
    if (!from || date_parse(str_from(from), day)) return true;
    cli_usage(cli, "--from 要写日期，如 2026-01-01");
    return false;
}

static void print_faults(struct cli *cli, const struct errors *faults)
{
    for (size_t i = 0; i < faults->count; i++)
        fprintf(stderr, "%.*s\n", STR_ARG(error_line(cli->arena, &faults->items[i])));
}

static int issue(struct cli *cli, const struct definition_file *files, size_t count)
{
    struct user user;
    int status;
    struct definitions_row row;
    struct errors faults = errors_in(cli->arena);
    struct definitions_order order = {.files = files, .count = count, .note = str_from(cli_option(cli, "note"))};
    if (!read_day(cli, &order.valid_from)) return EXIT_USAGE;
    if (!cli_user(cli, &user, &status)) return status;
    if (!definitions_issue(cli->office, cli->arena, &user, STR("command"), &order, &row, &faults)) {
        if (faults.items[0].code != ERR_DEFINITION) return cli_fail_all(cli, &faults);
        print_faults(cli, &faults);
        return EXIT_NO;
    }
    if (files)
        printf("%.*s已下发第 %lld 份定义（%zu 个文件），%.*s 起对本单位和全部下级单位生效\nSM3 %.*s\n", STR_ARG(row.name),
               (long long)row.number, count, STR_ARG(row.valid_from), STR_ARG(row.digest));
    else
        printf("%.*s已撤回下发的定义，%.*s 起用上级的或者程序自带的定义（记为第 %lld 份）\n", STR_ARG(row.name),
               STR_ARG(row.valid_from), (long long)row.number);
    return EXIT_YES;
}

static int issue_folder(struct cli *cli)
{
    struct error err;
    struct definition_file *files;
    size_t count;
    if (!model_read_folder(cli->arena, cli->arguments[1], &files, &count, &err)) return cli_fail(cli, &err);
    return issue(cli, files ? files : arena_new(cli->arena, struct definition_file), count);
}

/* ---- checking ---- */

static int check_folder(struct cli *cli)
{
    struct error err;
    struct definition_file *files;
    size_t count;
    struct errors faults = errors_in(cli->arena);
    if (!model_read_folder(cli->arena, cli->arguments[1], &files, &count, &err)) return cli_fail(cli, &err);
    struct model *m = definitions_check(cli->office, files, count, &faults);
    model_close(m);
    print_faults(cli, &faults);
    if (m) printf("没有错误：%zu 个文件可以由%.*s下发\n", count, STR_ARG(cli->office->info.name));
    return m ? EXIT_YES : EXIT_NO;
}

/* Before a program with other definitions of its own serves: do the sets that are or will be in force fit it? */
static int check_all(struct cli *cli)
{
    struct error err;
    struct definitions_row *list;
    size_t count, bad = 0;
    struct conn *c = store_read(cli->store, &err);
    bool ok = c && definitions_list(c, cli->arena, STR(""), &list, &count, &err);
    if (c) store_done(c);
    if (!ok) return cli_fail(cli, &err);
    for (size_t i = 0; i < count; i++) {
        if (!list[i].digest.len || !definitions_counts(list, count, &list[i], clock_today(&cli->clock))) continue;
        const struct model *m = definition_sets_take(cli->sets, &list[i], &err);
        printf("%.*s第 %lld 份：%s\n", STR_ARG(list[i].name), (long long)list[i].number, m ? "相容" : "不相容");
        if (m)
            definition_sets_give(cli->sets, m);
        else if (++bad)
            cli_fail(cli, &err);
    }
    if (bad == 0) printf("下发过的、现在或者以后生效的定义都与本程序相容\n");
    return bad ? EXIT_NO : EXIT_YES;
}

int cli_definitions(struct cli *cli)
{
    struct str verb = cli_argument(cli, 0);
    size_t count = cli->argument_count;
    bool list = str_is(verb, "list") && count == 1, show = str_is(verb, "show") && count == 2;
    bool diff = str_is(verb, "diff") && (count == 2 || count == 3);
    bool check = str_is(verb, "check") && count <= 2;
    bool give = str_is(verb, "issue") && count == 2, withdraw = str_is(verb, "withdraw") && count == 1;
    if (!list && !show && !diff && !check && !give && !withdraw)
        return cli_usage(cli, "要写 issue 文件夹、check [文件夹]、withdraw、list、show 份、diff 份 [份]");
    if (cli_option(cli, "by")) cli->office_named = cli_option(cli, "by");
    cli->mends = true;
    if (!cli_open(cli, false)) return EXIT_FAILED;
    if (list) return list_rows(cli);
    if (show) return show_row(cli);
    if (diff) return diff_rows(cli);
    if (check) return count == 2 ? check_folder(cli) : check_all(cli);
    return give ? issue_folder(cli) : issue(cli, NULL, 0);
}
