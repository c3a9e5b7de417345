/* init, check, serve, replay, recompute, backup. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cli/cli.h"
#include "office/due.h"
#include "office/people.h"
#include "office/replay.h"
#include "office/seal.h"
#include "web/app.h"

/* Password from a file or a fresh random one that is good by our own rules. */
static bool new_password(struct cli *cli, const char *file, struct str *password, bool *made, struct error *err)
{
    *made = file == NULL;
    if (!file) {
        *password = str_printf(cli->arena, "Fz-%.*s", STR_ARG(random_hex(cli->arena, 8)));
        return true;
    }
    if (!file_read(cli->arena, file, 4096, password, err)) return false;
    *password = str_trim(*password);
    return true;
}

static bool add_admin(struct cli *cli, struct str name, struct str password, bool keep, struct error *err)
{
    struct user nobody = {.account = {.name = STR("init")}};
    struct account acc = {.name = name, .person = STR("系统管理员"), .roles = STR("system_admin")};
    struct new_password ready;
    struct tx tx;
    if (!password_prepare(cli->arena, password, STR(""), &ready, err) ||
        !tx_begin(&tx, cli->office, cli->arena, &nobody, STR("command"), err))
        return false;
    if (people_add(&tx, &acc, &ready, keep, err)) return tx_commit(&tx, err);
    tx_rollback(&tx);
    return false;
}

static bool any_account(struct cli *cli, bool *any, struct error *err)
{
    struct account *list;
    size_t count;
    struct conn *c = store_read(cli->office->store, err);
    bool ok = c && account_list(c, cli->arena, cli->office->key, &list, &count, err);
    if (c) store_done(c);
    *any = ok && count > 0;
    return ok;
}

int cli_init(struct cli *cli)
{
    struct error err;
    bool any;
    bool made;
    struct str password;
    if (!cli_open(cli, true)) return EXIT_FAILED;
    if (!any_account(cli, &any, &err)) return cli_fail(cli, &err);
    if (any) {
        fprintf(stderr, "fazhi init：%s 已经建立过，没有改动\n", cli->data);
        return EXIT_NO;
    }
    const char *name = cli_option(cli, "admin") ? cli_option(cli, "admin") : "admin";
    if (!new_password(cli, cli_option(cli, "password-file"), &password, &made, &err) ||
        !add_admin(cli, str_from(name), password, !made, &err))
        return cli_fail(cli, &err);
    printf("已建立数据文件夹 %s（%.*s）\n系统管理员账号：%s\n", cli->data, STR_ARG(cli->office->info.name), name);
    if (made) printf("一次性密码（只显示这一次，首次登录必须修改）：%.*s\n", STR_ARG(password));
    return EXIT_YES;
}

int cli_check(struct cli *cli)
{
    if (!cli_load_model(cli)) return EXIT_NO;
    int first, last;
    printf("定义文件没有错误：%zu 个台账，%zu 个数字，%zu 份报告，%zu 个岗位", cli->model->reg_count,
           cli->model->figure_count, cli->model->report_count, cli->model->role_count);
    if (calendar_years(cli->model->calendar, &first, &last)) printf("，节假日 %d—%d 年", first, last);
    printf("\n");
    return EXIT_YES;
}

enum { WRITERS_MOST = 1024, SHEET_MB = 1024, SHEET_MB_MOST = 65536 };

/* The number of an option from 1 to `most`; `otherwise` when it is not given. */
static bool count_option(struct cli *cli, const char *name, int64_t most, int64_t otherwise, int64_t *n)
{
    const char *wanted = cli_option(cli, name);
    *n = otherwise;
    return !wanted || (str_to_i64(str_from(wanted), n) && *n >= 1 && *n <= most);
}

int cli_serve(struct cli *cli)
{
    struct error err;
    int64_t writers, sheet_mb;
    if (!count_option(cli, "writers", WRITERS_MOST, 0, &writers)) return cli_usage(cli, "--writers 要写 1 到 1024 的数");
    if (!count_option(cli, "sheet-limit", SHEET_MB_MOST, SHEET_MB, &sheet_mb))
        return cli_usage(cli, "--sheet-limit 要写 1 到 65536 的数（MB）");
    struct web_options options = {.listen = cli_option(cli, "listen") ? cli_option(cli, "listen") : "127.0.0.1:8080",
                                  .behind_tls = cli_option(cli, "behind-tls") != NULL,
                                  .insecure = cli_option(cli, "insecure") != NULL,
                                  .access_log = cli_option(cli, "access-log") ? stderr : NULL,
                                  .writers = (unsigned)writers,
                                  .max_sheet = (size_t)sheet_mb << 20};
    cli->mends = true; /* the other offices are served all the same */
    if (!cli_open(cli, false)) return EXIT_FAILED;
    if (!store_lock_serving(cli->store, &err) || !web_serve(cli->office, cli->sets, &options, &err)) return cli_fail(cli, &err);
    return EXIT_YES;
}

int cli_replay(struct cli *cli)
{
    struct error err;
    struct replay_report r;
    if (!cli_open(cli, false)) return EXIT_FAILED;
    if (!replay_check(cli->office, cli->arena, &r, &err)) return cli_fail(cli, &err);
    printf("办理记录 %lld 条，记录 %lld 件，期限 %lld 个\n链尾哈希 %.*s\n", (long long)r.acts, (long long)r.records,
           (long long)r.deadlines, STR_ARG(r.head));
    if (r.broken_at) printf("哈希链在第 %lld 条断开：这一条或者它前面的一条被改动过\n", (long long)r.broken_at);
    for (size_t i = 0; i < r.difference_count; i++) printf("%.*s\n", STR_ARG(r.differences[i]));
    if (r.difference_total > (int64_t)r.difference_count)
        printf("共有 %lld 处不一致，只列出前 %zu 处\n", (long long)r.difference_total, r.difference_count);
    bool whole = !r.broken_at && r.difference_total == 0;
    printf(whole ? "一致：全部记录都能由办理记录重建\n" : "不一致\n");
    return whole ? EXIT_YES : EXIT_NO;
}

static void print_moves(const struct due_move *moves, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct due_move *m = &moves[i];
        printf("%.*s/%lld %.*s：%.*s → %.*s%s\n", STR_ARG(m->before.reg), (long long)m->before.record,
               STR_ARG(m->before.name), STR_ARG(m->before.legal_on), STR_ARG(m->legal_on),
               m->held ? "（已告知当事人，不作不利于当事人的变动，保持不变）" : "");
    }
}

int cli_recompute(struct cli *cli)
{
    struct error err;
    struct due_move *moves;
    size_t count;
    size_t moved;
    struct user user;
    int status;
    if (!cli_open(cli, false)) return EXIT_FAILED;
    struct conn *c = store_read(cli->store, &err);
    bool ok = c && due_recompute_preview(cli->office, c, cli->arena, &moves, &count, &err);
    if (c) store_done(c);
    if (!ok) return cli_fail(cli, &err);
    print_moves(moves, count);
    if (!cli_option(cli, "apply")) {
        printf("共 %zu 个期限会变；加 --apply 重算\n", count);
        return EXIT_YES;
    }
    if (!cli_user(cli, &user, &status)) return status;
    if (!due_recompute(cli->office, cli->arena, &user, STR("command"), &moved, &err)) return cli_fail(cli, &err);
    printf("已重算 %zu 个期限\n", moved);
    return EXIT_YES;
}

int cli_backup(struct cli *cli)
{
    struct error err;
    if (!cli_open(cli, false)) return EXIT_FAILED;
    if (!store_backup(cli->store, cli->arguments[0], &err)) return cli_fail(cli, &err);
    printf("已备份到 %s（其中有隐私信息的密钥，请妥善保管）\n", cli->arguments[0]);
    return EXIT_YES;
}

/* ---- user ---- */

static struct str roles_option(struct cli *cli)
{
    const char *roles = cli_option(cli, "roles");
    return roles ? str_replace(cli->arena, str_from(roles), STR(","), STR(" ")) : STR("");
}

static bool find_org(struct tx *tx, const char *what, int64_t *id, struct error *err)
{
    *id = 0;
    if (!what) return true;
    if (!org_find(tx->conn, tx->office->key, str_from(what), id, err)) return false;
    return *id > 0 ? true : error_at(err, ERR_INPUT, STR("org"), "没有叫「%s」的单位", what);
}

static int user_list(struct cli *cli)
{
    struct error err;
    struct account *list;
    size_t count;
    struct conn *c = store_read(cli->office->store, &err);
    bool ok = c && account_list(c, cli->arena, cli->office->key, &list, &count, &err);
    if (c) store_done(c);
    if (!ok) return cli_fail(cli, &err);
    for (size_t i = 0; i < count; i++) {
        cli_print_padded(list[i].name, 18);
        cli_print_padded(list[i].person, 12);
        cli_print_padded(list[i].post, 28);
        printf("%.*s%s\n", STR_ARG(list[i].roles), list[i].disabled ? "（已停用）" : "");
    }
    return EXIT_YES;
}

/* A change of an account, as the command line asks for it. */
struct user_change {
    struct str name;
    struct new_password password;
    bool made; /* the password is a fresh one, to be shown once */
};

static bool user_add(struct cli *cli, struct tx *tx, const struct user_change *ch, struct error *err)
{
    const char *person = cli_option(cli, "person");
    const char *post = cli_option(cli, "post");
    struct account acc = {
        .name = ch->name, .person = str_from(person), .post = str_from(post), .roles = roles_option(cli)};
    return find_org(tx, cli_option(cli, "org"), &acc.org, err) && people_add(tx, &acc, &ch->password, false, err);
}

static bool user_password(struct cli *cli, struct tx *tx, const struct user_change *ch, struct error *err)
{
    (void)cli;
    return people_set_password(tx, ch->name, &ch->password, true, err);
}

static bool user_disable(struct cli *cli, struct tx *tx, const struct user_change *ch, struct error *err)
{
    (void)cli;
    return people_set_disabled(tx, ch->name, true, err);
}

static bool user_enable(struct cli *cli, struct tx *tx, const struct user_change *ch, struct error *err)
{
    (void)cli;
    return people_set_disabled(tx, ch->name, false, err);
}

static const struct user_verb {
    const char *name;
    bool takes_password;
    bool (*run)(struct cli *cli, struct tx *tx, const struct user_change *ch, struct error *err);
    const char *done; /* said before the name, and after it */
    const char *rest;
} user_verbs[] = {
    {"add", true, user_add, "已增加账号 ", "，首次登录必须修改密码"},
    {"password", true, user_password, "已重设账号 ", " 的密码，下次登录必须修改"},
    {"disable", false, user_disable, "已停用账号 ", ""},
    {"enable", false, user_enable, "已启用账号 ", ""},
};

static bool change_user(struct cli *cli, const struct user_verb *verb, struct user_change *ch, struct error *err)
{
    struct str text;
    struct tx tx;
    struct user owner = {.account = {.name = STR("command")}};
    if (verb->takes_password &&
        (!new_password(cli, cli_option(cli, "password-file"), &text, &ch->made, err) ||
         !people_prepare_password(cli->office, cli->arena, ch->name, text, &ch->password, err)))
        return false;
    if (!tx_begin(&tx, cli->office, cli->arena, &owner, STR("command"), err)) return false;
    if (verb->run(cli, &tx, ch, err)) return tx_commit(&tx, err);
    tx_rollback(&tx);
    return false;
}

int cli_user_command(struct cli *cli)
{
    struct error err;
    struct user_change ch = {.name = cli_argument(cli, 1)};
    const struct user_verb *verb = NULL;
    if (!cli_open(cli, false)) return EXIT_FAILED;
    if (str_is(cli_argument(cli, 0), "list")) return user_list(cli);
    for (size_t i = 0; i < sizeof user_verbs / sizeof *user_verbs; i++)
        if (str_is(cli_argument(cli, 0), user_verbs[i].name)) verb = &user_verbs[i];
    if (!verb || ch.name.len == 0) return cli_usage(cli, "要写 add、password、disable、enable 加账号，或者 list");
    if (!change_user(cli, verb, &ch, &err)) return cli_fail(cli, &err);
    printf("%s%.*s%s\n", verb->done, STR_ARG(ch.name), verb->rest);
    if (ch.made) printf("一次性密码（只显示这一次）：%.*s\n", STR_ARG(ch.password.text));
    return EXIT_YES;
}
