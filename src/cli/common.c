#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/utf8.h"
#include "cli/cli.h"

const char *cli_option(const struct cli *cli, const char *name)
{
    for (size_t i = 0; cli->options && cli->options[i].name; i++)
        if (strcmp(cli->options[i].name, name) == 0) return cli->values[i];
    return NULL;
}

struct str cli_argument(const struct cli *cli, size_t i)
{
    return i < cli->argument_count ? str_from(cli->arguments[i]) : STR("");
}

static int status_of(enum error_code code)
{
    switch (code) {
    case ERR_INPUT: return EXIT_USAGE;
    case ERR_REFUSED:
    case ERR_FORBIDDEN:
    case ERR_NOT_FOUND:
    case ERR_CONFLICT: return EXIT_NO;
    default: return EXIT_FAILED;
    }
}

static void print_error(struct cli *cli, const struct error *err)
{
    fprintf(stderr, "fazhi %s：%.*s\n", cli->command, STR_ARG(error_line(cli->arena, err)));
}

int cli_fail(struct cli *cli, const struct error *err)
{
    print_error(cli, err);
    return status_of(err->code);
}

int cli_fail_all(struct cli *cli, const struct errors *faults)
{
    int status = EXIT_FAILED;
    for (size_t i = 0; i < faults->count; i++) {
        print_error(cli, &faults->items[i]);
        if (i == 0) status = status_of(faults->items[i].code);
    }
    return status;
}

int cli_usage(struct cli *cli, const char *what)
{
    fprintf(stderr, "fazhi %s：%s。用法：fazhi %s --help\n", cli->command, what, cli->command);
    return EXIT_USAGE;
}

bool cli_load_model(struct cli *cli)
{
    const struct definition_file *files;
    size_t count;
    if (cli->base) return true;
    if (cli->definitions) {
        struct definition_file *read;
        struct error err;
        if (!model_read_folder(cli->arena, cli->definitions, &read, &count, &err)) {
            print_error(cli, &err);
            return false;
        }
        files = read;
    } else {
        count = model_built_in_files(&files);
    }
    struct errors faults = errors_in(cli->arena);
    cli->model = cli->base = model_load(files, count, &faults);
    for (size_t i = 0; i < faults.count; i++)
        fprintf(stderr, "%.*s\n", STR_ARG(error_line(cli->arena, &faults.items[i])));
    return cli->base != NULL;
}

/* The key of the office named on the command line; empty without. */
static bool find_office(struct cli *cli, struct str *key, struct error *err)
{
    struct office_row row;
    *key = STR("");
    if (!cli->office_named) return true;
    struct conn *c = store_read(cli->store, err);
    if (!c) return false;
    bool ok = offices_find(c, cli->arena, str_from(cli->office_named), &row, err);
    store_done(c);
    if (ok) *key = row.key;
    return ok;
}

/* Whoever mends a set that does not fit the program works under the program's own definitions meanwhile. */
static struct office *open_office(struct cli *cli, struct str key, bool create, struct error *err)
{
    struct office *o = office_open(cli->store, cli->sets, key, cli->clock, create, err);
    if (o || !cli->mends || err->code != ERR_DEFINITION) return o;
    print_error(cli, err);
    return office_open(cli->store, NULL, key, cli->clock, create, err);
}

bool cli_open(struct cli *cli, bool create)
{
    struct error err;
    struct str key;
    if (!cli_load_model(cli)) return false;
    cli->store = store_open(cli->data, cli->database, cli->base, create, &err);
    if (cli->store) cli->sets = definition_sets_open(cli->store);
    if (cli->store && find_office(cli, &key, &err)) cli->office = open_office(cli, key, create, &err);
    if (!cli->office) print_error(cli, &err);
    if (cli->office) cli->model = cli->office->model;
    return cli->office != NULL;
}

bool cli_user(struct cli *cli, struct user *user, int *status)
{
    const char *name = cli_option(cli, "as");
    struct error err;
    if (!name) {
        *status = cli_usage(cli, "请用 --as 账号 说明由谁办理");
        return false;
    }
    struct conn *c = store_read(cli->office->store, &err);
    bool ok = c && user_load(cli->office, c, cli->arena, str_from(name), user, &err);
    if (c) store_done(c);
    if (!ok) *status = cli_fail(cli, &err);
    return ok;
}

bool cli_period(struct cli *cli, struct str text, struct date *from, struct date *to)
{
    if (text.len == 0) text = str_printf(cli->arena, "%d", date_ymd(clock_today(&cli->clock)).year);
    if (period_parse(text, from, to)) return true;
    cli_usage(cli, "统计期要写成 2024、2024-05、2024-Q1、2024-H1 或者 2024-01-01..2024-06-30");
    return false;
}

void cli_print(struct str text)
{
    if (text.len) fwrite(text.s, 1, text.len, stdout);
}

bool cli_write(struct cli *cli, const char *path, struct str content, struct error *err)
{
    (void)cli;
    if (path) return file_write(path, content, false, err);
    cli_print(content);
    return true;
}

void cli_print_padded(struct str text, size_t columns)
{
    cli_print(text);
    for (size_t n = utf8_columns(text); n < columns; n++) putchar(' ');
    if (utf8_columns(text) >= columns) putchar(' ');
}
