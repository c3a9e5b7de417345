/* fazhi: the program's entry. */
#include <locale.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>

#include "cli/cli.h"

/* Options of every command. */
static const struct cli_option common[] = {
    {"data", "DIR", "数据文件夹，默认 ./data"},
    {"database", "URL", "用这个 PostgreSQL 数据库，如 postgresql://用户@主机/库名；也可写在环境变量 FAZHI_DATABASE 里"},
    {"office", "单位", "在哪个单位里办理：区划代码、名称或者标识，默认定义文件里的单位"},
    {"definitions", "DIR", "用这个文件夹里的定义文件，代替程序自带的"},
    {"now", "时间", "把这个时间当作现在（演练和测试用），如 2024-05-06T09:00"},
    {"help", NULL, "显示这个命令的用法"},
    {NULL, NULL, NULL},
};

static const struct cli_command *find_command(const char *name)
{
    for (size_t i = 0; i < cli_command_count; i++)
        if (strcmp(cli_commands[i].name, name) == 0) return &cli_commands[i];
    return NULL;
}

static void print_options(const struct cli_option *options)
{
    for (; options->name; options++) {
        auto_arena a = arena_open();
        struct str left = str_printf(a, "  --%s%s%s", options->name, options->value ? " " : "",
                                     options->value ? options->value : "");
        cli_print_padded(left, 28);
        printf("%s\n", options->help);
    }
}

static void print_usage(const struct cli_command *c)
{
    printf("用法：fazhi %s %s\n%s\n\n选项：\n", c->name, c->arguments, c->help);
    if (c->options) print_options(c->options);
    print_options(common);
}

int cli_help(struct cli *cli)
{
    if (cli->argument_count == 1) {
        const struct cli_command *c = find_command(cli->arguments[0]);
        if (!c) return cli_usage(cli, "没有这个命令");
        print_usage(c);
        return EXIT_YES;
    }
    printf("fazhi（法治）：街道办事处依法行政的记录、期限、审核和报告\n\n用法：fazhi 命令 [参数] [选项]\n\n命令：\n");
    for (size_t i = 0; i < cli_command_count; i++) {
        auto_arena a = arena_open();
        cli_print_padded(str_printf(a, "  %s", cli_commands[i].name), 18);
        printf("%s\n", cli_commands[i].help);
    }
    printf("\n每个命令加 --help 显示用法。退出码：0 成功，1 回答是“否”，2 用法不对，3 失败。\n");
    return EXIT_YES;
}

/* Index of an option in the table, or -1. */
static int option_index(const struct cli_option *options, const char *name)
{
    for (int i = 0; options && options[i].name; i++)
        if (strcmp(options[i].name, name) == 0) return i;
    return -1;
}

static bool take_common(struct cli *cli, const char *name, const char *value)
{
    int64_t ms;
    if (strcmp(name, "data") == 0) {
        cli->data = value;
    } else if (strcmp(name, "database") == 0) {
        cli->database = value;
    } else if (strcmp(name, "office") == 0) {
        cli->office_named = value;
    } else if (strcmp(name, "definitions") == 0) {
        cli->definitions = value;
    } else if (strcmp(name, "now") == 0) {
        if (!moment_parse(str_from(value), &ms)) return false;
        cli->clock = clock_started_at(ms);
    }
    return true;
}

/* Puts one option away; `*i` moves on when its value is the next word. */
static int take_option(struct cli *cli, int argc, char **argv, int *i)
{
    auto_arena a = arena_open();
    const char *word = argv[*i] + 2;
    const char *equals = strchr(word, '=');
    char *name = str_cstr(a, equals ? (struct str){word, (size_t)(equals - word)} : str_from(word));
    int own = option_index(cli->options, name);
    int shared = option_index(common, name);
    if (own < 0 && shared < 0) {
        fprintf(stderr, "fazhi %s：没有选项 --%s\n", cli->command, name);
        return EXIT_USAGE;
    }
    const struct cli_option *o = own >= 0 ? &cli->options[own] : &common[shared];
    const char *value = "";
    if (o->value) {
        value = equals ? equals + 1 : *i + 1 < argc ? argv[++*i] : NULL;
        if (!value) {
            fprintf(stderr, "fazhi %s：选项 --%s 后面要写%s\n", cli->command, name, o->value);
            return EXIT_USAGE;
        }
    }
    if (own >= 0) cli->values[own] = value;
    else if (!take_common(cli, o->name, value)) {
        fprintf(stderr, "fazhi %s：--now 的时间要写成 2024-05-06T09:00\n", cli->command);
        return EXIT_USAGE;
    }
    return EXIT_YES;
}

static int parse(struct cli *cli, int argc, char **argv, bool *help)
{
    bool only_arguments = false;
    cli->arguments = arena_new_array(cli->arena, const char *, (size_t)argc + 1);
    for (int i = 2; i < argc; i++) {
        if (!only_arguments && strcmp(argv[i], "--") == 0) {
            only_arguments = true;
        } else if (!only_arguments && strcmp(argv[i], "--help") == 0) {
            *help = true;
        } else if (!only_arguments && strcmp(argv[i], "-o") == 0) {
            argv[i] = "--output";
            i--;
        } else if (!only_arguments && strncmp(argv[i], "--", 2) == 0) {
            int status = take_option(cli, argc, argv, &i);
            if (status) return status;
        } else {
            cli->arguments[cli->argument_count++] = argv[i];
        }
    }
    return EXIT_YES;
}

static void close_all(struct cli *cli)
{
    office_close(cli->office);
    definition_sets_close(cli->sets);
    store_close(cli->store);
    model_close(cli->base);
}

static int run(struct cli *cli, const struct cli_command *command, int argc, char **argv)
{
    bool help = false;
    int status = parse(cli, argc, argv, &help);
    if (status) return status;
    if (help) {
        print_usage(command);
        return EXIT_YES;
    }
    if (cli->argument_count < command->least || cli->argument_count > command->most)
        return cli_usage(cli, "参数的个数不对");
    status = command->run(cli);
    if (fflush(stdout) != 0) {
        fprintf(stderr, "fazhi：写不出结果，磁盘可能已满\n");
        return EXIT_FAILED;
    }
    return status;
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    xmlInitParser(); /* before any thread starts */
    /* What a request gave back is kept for the next: giving it to the kernel and fetching it again costs more than it saves. */
    mallopt(M_TRIM_THRESHOLD, 16 << 20);
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    const char *name = argc > 1 ? argv[1] : "help";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) name = "help";
    const struct cli_command *command = find_command(name);
    if (!command) {
        fprintf(stderr, "fazhi：没有命令「%s」。命令的列表：fazhi help\n", name);
        return EXIT_USAGE;
    }
    auto_arena a = arena_open();
    struct cli cli = {.arena = a, .command = name, .options = command->options, .data = "data",
                      .database = getenv("FAZHI_DATABASE"), .clock = clock_system()};
    if (cli.database && !*cli.database) cli.database = NULL;
    int status = run(&cli, command, argc, argv);
    close_all(&cli);
    return status;
}
