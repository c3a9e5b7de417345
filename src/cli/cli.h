/* The command line: one table of commands, their options, and what they share.
 *
 * Exit status: 0 success, 1 the answer is "no", 2 wrong usage, 3 failure. Errors go to standard error, one clear line
 * each; results to standard output. */
#ifndef FAZHI_CLI_CLI_H
#define FAZHI_CLI_CLI_H

#include "office/office.h"

enum { EXIT_YES = 0, EXIT_NO = 1, EXIT_USAGE = 2, EXIT_FAILED = 3 };

struct cli_option {
    const char *name;  /* --name */
    const char *value; /* what it takes, for the help; NULL: a switch */
    const char *help;
};

struct cli {
    struct arena *arena;
    const char *command;
    const char **arguments; /* without options */
    size_t argument_count;
    const struct cli_option *options; /* of the command */
    const char *values[16];           /* by index of the option; "" for a switch that was given */
    const char *data;
    const char *database; /* NULL: in the data folder */
    const char *office_named; /* NULL: the definitions' own */
    const char *definitions;
    struct clock clock;
    struct model *base;        /* the program's own definitions */
    const struct model *model; /* those, and from cli_open on what is in force in the office */
    bool mends;                /* goes on when the set in force does not fit the program */
    struct store *store;
    struct definition_sets *sets;
    struct office *office;
};

struct cli_command {
    const char *name;
    const char *arguments; /* for the usage line */
    const char *help;
    size_t least, most;    /* number of arguments */
    const struct cli_option *options; /* ends with a NULL name */
    int (*run)(struct cli *cli);
};

/* Value of an option of the command: NULL when it was not given. */
const char *cli_option(const struct cli *cli, const char *name);
struct str cli_argument(const struct cli *cli, size_t i); /* empty when there is none */

/* Prints the error as one line and returns the exit status that fits it. */
int cli_fail(struct cli *cli, const struct error *err);
int cli_fail_all(struct cli *cli, const struct errors *faults);
int cli_usage(struct cli *cli, const char *what);

/* Loads the definitions; prints all faults and gives false when there are any. */
bool cli_load_model(struct cli *cli);
/* Opens the data folder (and the model) and in it the office of --office. With `create` the folder may be made. False
 * after the fault was printed. */
bool cli_open(struct cli *cli, bool create);
/* The account named by --as, or the only sensible one. */
bool cli_user(struct cli *cli, struct user *user, int *status);
/* The period of --period or --year, the present year by default. */
bool cli_period(struct cli *cli, struct str text, struct date *from, struct date *to);

void cli_print(struct str text);
/* To the file of -o/--output, or to standard output. */
bool cli_write(struct cli *cli, const char *path, struct str content, struct error *err);
/* Padded to `columns` columns of a terminal (a hanzi takes two). */
void cli_print_padded(struct str text, size_t columns);

extern const struct cli_command cli_commands[];
extern const size_t cli_command_count;

/* Commands, by file. */
int cli_init(struct cli *cli);
int cli_demo(struct cli *cli);
int cli_check(struct cli *cli);
int cli_serve(struct cli *cli);
int cli_import(struct cli *cli);
int cli_list(struct cli *cli);
int cli_act(struct cli *cli);
int cli_figure(struct cli *cli);
int cli_report(struct cli *cli);
int cli_trace(struct cli *cli);
int cli_verify_report(struct cli *cli);
int cli_workday(struct cli *cli);
int cli_replay(struct cli *cli);
int cli_recompute(struct cli *cli);
int cli_user_command(struct cli *cli);
int cli_office(struct cli *cli);
int cli_tree(struct cli *cli);
int cli_definitions(struct cli *cli);
int cli_backup(struct cli *cli);
int cli_move(struct cli *cli);
int cli_schema(struct cli *cli);
int cli_help(struct cli *cli);

#endif
