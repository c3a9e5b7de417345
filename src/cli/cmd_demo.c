/* demo: the demonstration office, loaded as any office would load its own sheets. */
#include <stdio.h>
#include <string.h>

#include "base/sm3.h"
#include "cli/cli.h"
#include "cli/demo_files.h"
#include "office/import.h"
#include "office/people.h"
#include "office/seal.h"

static struct str demo_text(struct str path)
{
    const struct definition_file *files;
    size_t count = demo_files(&files);
    for (size_t i = 0; i < count; i++)
        if (str_eq(files[i].path, path)) return files[i].text;
    return STR("");
}

static bool read_sheet(struct cli *cli, struct str path, struct sheet_in *sheet, struct error *err)
{
    struct str text = demo_text(path);
    if (text.len == 0) return error_at(err, ERR_NOT_FOUND, path, "演示数据里没有这个文件");
    return sheet_in_read(cli->arena, text, path, sheet, err);
}

static bool load_people(struct cli *cli, struct str password, struct errors *faults)
{
    struct user owner = {.account = {.name = STR("command")}};
    struct sheet_in orgs, accounts;
    struct new_password all;
    struct error err;
    struct tx tx;
    if (!read_sheet(cli, STR("organisations.csv"), &orgs, &err) ||
        !read_sheet(cli, STR("accounts.csv"), &accounts, &err) ||
        !password_prepare(cli->arena, password, STR(""), &all, &err) ||
        !tx_begin(&tx, cli->office, cli->arena, &owner, STR("command"), &err)) {
        errors_add(faults, &err);
        return false;
    }
    if (people_import_orgs(&tx, &orgs, faults) && people_import_accounts(&tx, &accounts, &all, faults)) {
        if (tx_commit(&tx, &err)) return true;
        errors_add(faults, &err);
        return false;
    }
    tx_rollback(&tx);
    return false;
}

/* The account that loads history: the first one whose roles may act at every step. */
static bool loader(struct cli *cli, struct user *user, struct error *err)
{
    struct account *list;
    size_t count;
    bool found = false;
    struct conn *c = store_read(cli->store, err);
    if (!c) return false;
    bool ok = account_list(c, cli->arena, cli->office->key, &list, &count, err);
    for (size_t i = 0; ok && !found && i < count; i++)
        found = user_load(cli->office, c, cli->arena, list[i].name, user, err) && user_may(user, MAY_ACT_ANY) &&
                user_may(user, MAY_IMPORT);
    store_done(c);
    if (ok && !found) return error_set(err, ERR_NOT_FOUND, "演示账号里没有历史数据补录员");
    return ok;
}

static int load_register(struct cli *cli, const struct user *user, struct str folder, struct str name)
{
    struct error err;
    struct sheet_in sheet;
    struct import_column *columns;
    struct import_report report;
    struct str path = str_printf(cli->arena, "%.*s/%.*s.csv", STR_ARG(folder), STR_ARG(name));
    /* decision-2.csv is a second sheet of the register decision: what happened to its matters later. */
    const struct reg *reg = model_reg(cli->model, str_slice(name, 0, str_find(name, STR("-"), 0)));
    if (!reg) {
        error_at(&err, ERR_NOT_FOUND, path, "没有台账「%.*s」", STR_ARG(name));
        return cli_fail(cli, &err);
    }
    struct conn *c = NULL;
    bool ok = read_sheet(cli, path, &sheet, &err) && (c = store_read(cli->store, &err)) &&
              import_map(cli->office, c, cli->arena, reg, &sheet, &columns, &err);
    if (c) store_done(c);
    struct import_options options = {.digest = sm3_hex(cli->arena, demo_text(path))};
    if (!ok || !import_run(cli->office, cli->arena, user, STR("import"), reg, &sheet, columns, &options, &report, &err))
        return cli_fail(cli, &err);
    for (size_t i = 0; i < report.fault_count; i++)
        fprintf(stderr, "%.*s 第%zu行 %.*s「%.*s」：%.*s\n", STR_ARG(path), report.faults[i].line,
                STR_ARG(report.faults[i].column), STR_ARG(report.faults[i].value), STR_ARG(report.faults[i].why));
    if (report.fault_count) return EXIT_FAILED;
    cli_print_padded(str_printf(cli->arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(reg->label)), 34);
    printf("新增 %zu 件，续办 %zu 件\n", report.created, report.advanced);
    return EXIT_YES;
}

/* All registers of a folder, in the order of its file ORDER. Goes on after a faulty sheet, to tell all faults. */
static int load_folder(struct cli *cli, const struct user *user, struct str folder)
{
    int status = EXIT_YES;
    struct str rest = demo_text(str_printf(cli->arena, "%.*s/ORDER", STR_ARG(folder)));
    for (struct str line; str_split(&rest, '\n', &line);) {
        struct str name = str_trim(line);
        if (name.len == 0 || name.s[0] == '#') continue;
        int one = load_register(cli, user, folder, name);
        if (one) status = one;
    }
    return status;
}

int cli_demo(struct cli *cli)
{
    struct error err;
    struct user user;
    struct errors faults = errors_in(cli->arena);
    const char *password = cli_option(cli, "password") ? cli_option(cli, "password") : "Yuejin-2024";
    if (!cli_open(cli, true)) return EXIT_FAILED;
    if (!load_people(cli, str_from(password), &faults)) return cli_fail_all(cli, &faults);
    if (!loader(cli, &user, &err)) return cli_fail(cli, &err);
    int status = load_folder(cli, &user, STR("2024"));
    int now = load_folder(cli, &user, STR("now"));
    if (status || now) return status ? status : now;
    printf("演示单位已装入 %s，全部账号的密码：%s\n", cli->data, password);
    return EXIT_YES;
}
