/* workday add DATE N, and many from standard input. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cli/cli.h"

/* The calendar that --calendar names: national or with a region on top. */
static const struct calendar *calendar_named(struct cli *cli, const char *name, struct error *err)
{
    const struct definition_file *files;
    size_t count;
    if (!name) return cli->model->calendar;
    if (!cli->definitions) {
        count = model_built_in_files(&files);
    } else {
        struct definition_file *read;
        if (!model_read_folder(cli->arena, cli->definitions, &read, &count, err)) return NULL;
        files = read;
    }
    struct calendar_source national = {0};
    struct calendar_source overlay = {0};
    struct str wanted = str_printf(cli->arena, "calendar/%s.csv", name);
    for (size_t i = 0; i < count; i++) {
        if (str_is(files[i].path, "calendar/national.csv"))
            national = (struct calendar_source){files[i].path, files[i].text};
        if (str_eq(files[i].path, wanted)) overlay = (struct calendar_source){files[i].path, files[i].text};
    }
    bool plain = strcmp(name, "national") == 0;
    if (!plain && overlay.text.len == 0) {
        error_set(err, ERR_INPUT, "没有叫「%s」的节假日数据", name);
        return NULL;
    }
    struct errors faults = errors_in(cli->arena);
    struct calendar *cal = calendar_load(cli->arena, national, &overlay, plain ? 0 : 1, &faults);
    if (!cal) *err = faults.items[0];
    return cal;
}

struct adding {
    const struct calendar *calendar;
    enum period_unit unit;
};

static bool add(struct cli *cli, const struct adding *ad, struct str date, struct str number, struct str *due,
                struct error *err)
{
    struct date from, strict, legal;
    int64_t n;
    if (!date_parse(date, &from)) return error_set(err, ERR_INPUT, "「%.*s」不是日期", STR_ARG(date));
    if (!str_to_i64(str_trim(number), &n) || n < -10000 || n > 10000)
        return error_set(err, ERR_INPUT, "「%.*s」不是天数", STR_ARG(number));
    if (ad->unit == UNIT_WORKDAY) {
        if (!calendar_add_workdays(ad->calendar, from, (int)n, &legal, err)) return false;
    } else if (!calendar_due(ad->calendar, from, (struct period_length){(int)n, ad->unit}, ROLL_LAW, &strict, &legal,
                             err)) {
        return false;
    }
    *due = date_iso(cli->arena, legal);
    return true;
}

/* One result a line; a faulty line gets its message and the status tells it. */
static int add_lines(struct cli *cli, const struct adding *ad)
{
    char *line = NULL;
    size_t room = 0;
    int status = EXIT_YES;
    ssize_t n;
    while ((n = getline(&line, &room, stdin)) > 0) {
        auto_arena a = arena_open();
        struct arena *keep = cli->arena;
        cli->arena = a;
        struct str rest = str_trim((struct str){line, (size_t)n});
        struct str date, number, due;
        struct error err;
        if (rest.len && str_split(&rest, ',', &date)) {
            number = rest.s ? rest : STR("");
            if (add(cli, ad, date, number, &due, &err)) {
                printf("%.*s\n", STR_ARG(due));
            } else {
                printf("错误：%s\n", err.message);
                status = EXIT_NO;
            }
        }
        cli->arena = keep;
    }
    free(line);
    return status;
}

static bool parse_unit(const char *name, enum period_unit *unit)
{
    struct period_length length;
    auto_arena a = arena_open();
    *unit = UNIT_WORKDAY;
    if (!name) return true;
    if (!period_length_parse(str_printf(a, "1 %s", name), &length) || length.unit == UNIT_HOUR) return false;
    *unit = length.unit;
    return true;
}

int cli_workday(struct cli *cli)
{
    struct error err;
    struct str due;
    struct adding ad;
    if (strcmp(cli->arguments[0], "add") != 0) return cli_usage(cli, "只有 workday add");
    if (!parse_unit(cli_option(cli, "unit"), &ad.unit)) return cli_usage(cli, "单位只有 workdays、days、months、years");
    if (!cli_load_model(cli)) return EXIT_FAILED;
    ad.calendar = calendar_named(cli, cli_option(cli, "calendar"), &err);
    if (!ad.calendar) return cli_fail(cli, &err);
    if (cli->argument_count == 1) return add_lines(cli, &ad);
    if (cli->argument_count != 3) return cli_usage(cli, "要写日期和天数");
    if (!add(cli, &ad, cli_argument(cli, 1), cli_argument(cli, 2), &due, &err)) return cli_fail(cli, &err);
    printf("%.*s\n", STR_ARG(due));
    return EXIT_YES;
}
