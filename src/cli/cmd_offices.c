/* office: the offices that share the database. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cli/cli.h"
#include "office/offices.h"

enum { SHEET_MOST = 256 << 20 };

static const struct user owner = {.account = {.name = {"command", 7}}};

static int list_offices(struct cli *cli)
{
    struct error err;
    struct office_row *list;
    size_t count;
    struct conn *c = store_read(cli->store, &err);
    bool ok = c && offices_list(c, cli->arena, cli_argument(cli, 1), OFFICES_MOST, &list, &count, &err);
    if (c) store_done(c);
    if (!ok) return cli_fail(cli, &err);
    for (size_t i = 0; i < count; i++) {
        const struct office_row *o = &list[i];
        cli_print_padded(o->code, 11);
        cli_print_padded(office_level_label(o->code), 14);
        cli_print_padded(o->name, 22);
        cli_print_padded(o->mark, 10);
        cli_print_padded(o->key, 14);
        printf("%.*s%s\n", STR_ARG(o->full_name), o->closed ? "（已停用）" : "");
    }
    return EXIT_YES;
}

static int add_one(struct cli *cli)
{
    struct error err;
    struct office_row row = {.key = str_from(cli_option(cli, "key")),
                             .code = cli_argument(cli, 1),
                             .name = cli_argument(cli, 2),
                             .full_name = str_from(cli_option(cli, "full-name")),
                             .mark = str_from(cli_option(cli, "mark"))};
    if (!office_add(cli->office, cli->arena, &owner, STR("command"), STR(""), &row, &err)) return cli_fail(cli, &err);
    printf("已增加单位 %.*s %.*s（%.*s），标识 %.*s，发文代字 %.*s\n建立它的系统管理员：fazhi init --office %.*s\n",
           STR_ARG(row.code), STR_ARG(row.name), STR_ARG(row.full_name), STR_ARG(row.key), STR_ARG(row.mark),
           STR_ARG(row.code));
    return EXIT_YES;
}

static int close_one(struct cli *cli, bool closed)
{
    struct error err;
    struct office_row row;
    struct conn *c = store_read(cli->store, &err);
    bool ok = c && offices_find(c, cli->arena, cli_argument(cli, 1), &row, &err);
    if (c) store_done(c);
    if (!ok || !office_set_closed(cli->office, cli->arena, &owner, STR("command"), &row, closed, &err))
        return cli_fail(cli, &err);
    printf(closed ? "已停用 %.*s：不能再登录，记录都保留\n" : "已恢复 %.*s\n", STR_ARG(row.name));
    return EXIT_YES;
}

static int rename_one(struct cli *cli)
{
    struct error err;
    struct office_row row;
    struct conn *c = store_read(cli->store, &err);
    bool ok = c && offices_find(c, cli->arena, cli_argument(cli, 1), &row, &err);
    if (c) store_done(c);
    if (!ok || !office_rename(cli->office, cli->arena, &owner, STR("command"), &row, cli_argument(cli, 2),
                              str_from(cli_option(cli, "full-name")), str_from(cli_option(cli, "mark")), &err))
        return cli_fail(cli, &err);
    printf("已改名为 %.*s（%.*s），发文代字 %.*s\n", STR_ARG(row.name), STR_ARG(row.full_name), STR_ARG(row.mark));
    return EXIT_YES;
}

static int import_sheet(struct cli *cli)
{
    struct error err;
    struct str bytes, path = cli_argument(cli, 1);
    struct sheet_in sheet;
    struct office_import_report report;
    struct errors faults = errors_in(cli->arena);
    if (!file_read(cli->arena, cli->arguments[1], SHEET_MOST, &bytes, &err) ||
        !sheet_in_read(cli->arena, bytes, path, &sheet, &err))
        return cli_fail(cli, &err);
    bool ok = office_import(cli->office, &owner, STR("command"), &sheet, &report, &faults);
    printf("新增单位 %zu 个、社区和村 %zu 个，已有的单位 %zu 个没有改动\n", report.offices, report.orgs, report.known);
    return ok ? EXIT_YES : cli_fail_all(cli, &faults);
}

int cli_office(struct cli *cli)
{
    struct str verb = cli_argument(cli, 0);
    size_t count = cli->argument_count;
    bool list = str_is(verb, "list"), add = str_is(verb, "add") && count == 3,
         import = str_is(verb, "import") && count == 2;
    bool rename = str_is(verb, "rename") && count == 3;
    bool close = str_is(verb, "close"), reopen = str_is(verb, "reopen");
    if (!(list && count <= 2) && !add && !import && !rename && !((close || reopen) && count == 2))
        return cli_usage(cli, "要写 list、add 代码 名称、rename 单位 新名称、close 单位、reopen 单位，或者 import 文件");
    if (!cli_open(cli, add || import)) return EXIT_FAILED;
    if (list) return list_offices(cli);
    if (import) return import_sheet(cli);
    if (rename) return rename_one(cli);
    return add ? add_one(cli) : close_one(cli, close);
}
