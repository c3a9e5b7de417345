/* The formula language: gates, conditions of lists, derived fields, deadlines' conditions and figures.
 *
 * docs/formulas.md is its manual. A formula is parsed and checked once against a schema (the model implements it)
 * and compiled to SQL whose every value is bound: no text of a formula ever reaches SQL, names are looked up in the
 * schema and written quoted. The value of a figure and the records behind it come from the same tree.
 *
 * Emptiness: a comparison with an empty field is false (also under `not`: `not (x = 1)` is true when x is empty;
 * `x != 1` is true when x is empty). percent(a, 0) and average of nothing are empty, never 0. */
#ifndef FAZHI_FORMULA_FORMULA_H
#define FAZHI_FORMULA_FORMULA_H

#include "base/date.h"
#include "base/error.h"
#include "base/value.h"

enum formula_type {
    FT_NONE,    /* the empty value `empty` */
    FT_TEXT,    /* text, person, place */
    FT_INTEGER,
    FT_DECIMAL, /* ten-thousandths */
    FT_MONEY,   /* fen */
    FT_NUMBER,  /* real: result of division, average */
    FT_PERCENT, /* real, already times 100; result of percent() */
    FT_DATE,
    FT_MOMENT,
    FT_BOOL,
    FT_CODE,
    FT_ORG,
    FT_RECORD,     /* reference to a record of one register */
    FT_ATTACHMENT, /* only `is empty` */
    FT_PERIOD,
};

struct formula_register;
struct formula_codes; /* opaque: one code list of the schema */

struct formula_field {
    struct str name;
    struct str label;
    enum formula_type type;
    const struct formula_codes *codes;        /* FT_CODE */
    const struct formula_register *target;    /* FT_RECORD */
    bool sealed;                              /* private: only `is empty` / `is not empty` may be asked */
};

/* A register as formulas see it. `table` and field names are [a-z][a-z0-9_]*, checked by the model.
 * Every register also has the built-in fields number (text), stage (code), created_on (date), org (organisation),
 * given here like the others. */
struct formula_register {
    struct str name; /* also its table */
    struct str label;
    const struct formula_field *fields;
    size_t field_count;
    const struct str *deadlines; /* names that due(), met(), overdue() accept */
    size_t deadline_count;
    const struct str *deadline_labels; /* Chinese names of the deadlines in the same order, or NULL */
    const bool *deadline_rights; /* likewise: rights, which lapse, so that overdue() does not accept them; or NULL */
};

/* A number that offices above may set for those below. */
struct formula_parameter {
    struct str label;
    enum formula_type type; /* FT_INTEGER or FT_DECIMAL */
    int64_t otherwise;      /* where nobody has issued a value; decimals in ten-thousandths */
};

/* What a formula may refer to; implemented by the model. All functions may be called from several threads. */
struct formula_schema {
    const void *context;
    const struct formula_register *(*find_register)(const void *context, struct str name);
    /* Label of the code with this key in the list; false when it is not in the list. */
    bool (*find_code)(const void *context, const struct formula_codes *codes, struct str key, struct str *label);
    /* Keys of the list, for "expected one of …" messages; returns how many were written, at most `room`. */
    size_t (*list_codes)(const void *context, const struct formula_codes *codes, struct str *keys, size_t room);
    /* NULL: there are no parameters. */
    bool (*find_parameter)(const void *context, struct str name, struct formula_parameter *parameter);
};

struct formula;

/* What the formula must give, and where it stands. */
struct formula_context {
    const struct formula_schema *schema;
    const struct formula_register *self; /* register of the record it is about; NULL for figures */
    bool has_period;                     /* `period` may be used */
    size_t *fault_at;                    /* takes the byte of the faulty word; may be NULL */
    /* When the wanted type is FT_CODE or FT_RECORD: the list, the register that the value must belong to; else NULL. */
    const struct formula_codes *codes;
    const struct formula_register *target;
};

/* Parses and checks. On a fault fills err (ERR_INPUT) with where = 第n个字符 of the faulty word, what is wrong and what was
 * expected. The formula lives in `a`.
 * `want`: the wanted type, or FT_NONE for any. FT_NUMBER accepts every numeric type. */
struct formula *formula_parse(struct arena *a, struct str text, const struct formula_context *ctx,
                              enum formula_type want, struct error *err);
enum formula_type formula_result(const struct formula *f);
/* A word of the language (and, where, today …): no field or register may have it as its name. */
bool formula_reserved(struct str name);
/* True when both have the same tree: the same words in the same order, whatever the spaces and brackets. */
bool formula_equal(const struct formula *a, const struct formula *b);

/* In Chinese words, for the figure's page: 「信访事项」中「收到日期」在统计期内的件数. */
struct str formula_words(struct arena *a, const struct formula *f);
/* The formula printed again in normal form; parsing it gives an equal tree. */
struct str formula_text(struct arena *a, const struct formula *f);
/* Figures this formula refers to do not exist: figures are independent. Registers it reads, without repetition: */
size_t formula_registers(const struct formula *f, const struct formula_register **list, size_t room);
/* The same without the own record: registers of which it reads other records than the one it is about. */
size_t formula_other_registers(const struct formula *f, const struct formula_register **list, size_t room);
/* Calls `each` for every field that a figure reads in the records that it counts, as often as it stands there. `day`: the
 * field whose day in the period leads to these records, NULL when it looks at all. */
typedef void formula_counted(void *arg, const struct formula_field *field, const struct formula_field *day);
void formula_each_counted(const struct formula *f, formula_counted *each, void *arg);
/* The byte where the formula reads this field of the own record, SIZE_MAX when it does not. */
size_t formula_reads(const struct formula *f, const struct formula_field *field);

/* Does it ask for nothing but fields of the record it is about, and what holds for all: no other record, no deadline? */
bool formula_is_about_itself(const struct formula *f);

/* ---- SQL ---- */

enum formula_dialect { DIALECT_SQLITE, DIALECT_POSTGRES };

/* What is bound for a `?`: a literal or one of the run's parameters. */
enum formula_param {
    PARAM_LITERAL,
    PARAM_OFFICE,
    PARAM_SELF,
    PARAM_TODAY,
    PARAM_PERIOD_FROM,
    PARAM_PERIOD_TO,
    PARAM_TREE_FROM,
    PARAM_TREE_END,
    PARAM_TREE_DIGITS,
};

struct formula_bind {
    enum formula_param param;
    struct value literal;
};

/* SQL text with `?` for each bind, in order. Both dialects use `?`; the store numbers them for PostgreSQL. */
struct formula_sql {
    struct str text;
    struct formula_bind *binds;
    size_t bind_count;
    const struct str *columns; /* of a condition about `self`: what it reads of this row itself, each once */
    size_t column_count;
    struct str overdue; /* such a condition asks, whatever else, that this deadline of the row be overdue; "": none */
};

/* The formula as a scalar SQL expression. A FT_BOOL formula gives a condition: it stands after `where` in both
 * dialects; selected it gives 0 or 1 in SQLite and a boolean in PostgreSQL (wrap it in `case when … then 1 else 0 end`
 * there). With `self_alias` it may be null for false, which is the same after `where` and keeps indexes usable; without,
 * it is never null. In a formula about a record (`self` register set) the record is named by the
 * table alias `self` when `self_alias` is true (for use inside a query "from reg as self where …"), else by
 * its id through PARAM_SELF (a sub-query reads the record). */
struct formula_sql formula_to_sql(struct arena *a, const struct formula *f, enum formula_dialect dialect,
                                  bool self_alias);

/* A figure's formula over all offices of a tree (tree_* of the run) as one whole statement. Its rows, by place: the first
 * tree_digits digits of the codes ('' for the total of all), the value, and of a percentage numerator and denominator (else
 * null). A row puts the parts of its offices together: counts and sums are added, the smallest of the smallest, an average
 * from sums and numbers, and the formula is reckoned from these; of one office it is that office's figure. */
struct formula_sql formula_over_offices(struct arena *a, const struct formula *f, enum formula_dialect dialect);

/* Many figures of one office together: what they count is computed in few passes over the registers.
 *
 *     plan = formula_plan_open(a, dialect); formula_plan_add(plan, f) for each formula;
 *     formula_plan_passes(plan, &passes), then each pass is run (formula_pass_sql) and its one row put into its values;
 *     formula_plan_value(plan, f) gives the formula's value as a scalar expression over them.
 *
 * A formula and its percent parts may all be added. The plan lives in `a`. */
struct formula_plan;
struct formula_pass {
    const struct formula_register *reg;
    const struct formula_field *lead; /* its rows are those with this day in the lead's period; NULL: all */
    const struct str *columns;        /* of the register, that it reads */
    size_t column_count;
    const struct str *deadlines;      /* of each row, that it asks about */
    size_t deadline_count;
    bool days;                        /* it asks for days of them, not only whether they were met or are overdue */
    bool adds_reals;                  /* whose sum depends on the order of the rows */
    size_t place;                     /* in the plan */
    size_t count;
    struct value *values;             /* `count`, to be filled */
    const struct value *states;       /* of each of the deadlines, once somebody has asked for them; NULL: not yet */
};
/* How a pass comes to its rows; all zero: as the database likes, deadlines joined. The rest is for SQLite, which is told
 * what it can't know. */
struct formula_way {
    struct str index;           /* the rows are read from this one, which holds all columns; "": any */
    bool by_stage;              /* it begins with the stage: its parts are read one after the other */
    const struct value *states; /* of each of the pass's deadlines what formula_pass_states gave; NULL: joined */
};
struct formula_plan *formula_plan_open(struct arena *a, enum formula_dialect dialect);
/* Gives the formula's place for formula_plan_records. */
size_t formula_plan_add(struct formula_plan *p, const struct formula *f);
size_t formula_plan_passes(struct formula_plan *p, struct formula_pass **passes);
/* A whole statement that gives one row. */
struct formula_sql formula_pass_sql(struct formula_plan *p, const struct formula_pass *pass, const struct formula_way *way);
/* SQLite: a statement that gives one row: for each of the pass's deadlines one text, the states in all records. */
struct formula_sql formula_pass_states(struct formula_plan *p, const struct formula_pass *pass);
/* A statement that gives how many rows the pass reads, counted to `most`. */
struct formula_sql formula_pass_size(struct formula_plan *p, const struct formula_pass *pass, int64_t most);
struct formula_sql formula_plan_value(const struct formula_plan *p, const struct formula *f);
/* How many distinct records stand behind the sets (see formula_sets) of the formula added at this place. */
int64_t formula_plan_records(const struct formula_plan *p, size_t place);

/* A condition about records of many offices, for a query "from reg as self where …": what it asks about other records is
 * asked in the office of each. Null for false. */
struct formula_sql formula_condition_over_offices(struct arena *a, const struct formula *f, enum formula_dialect dialect);

/* Each count/sum/average/min/max/exists directly in a figure's formula is a set of records. */
struct formula_set {
    const struct formula_register *reg;
    struct str role; /* "" or, inside percent(), 分子 and 分母 */
    struct formula_sql condition; /* SQL condition over the register under the alias `self` */
    struct str day; /* the first field that the condition holds within a period; "" when there is none */
    struct date day_from, day_to; /* that period, when it is written out */
    bool day_in_period;           /* else it is the run's */
};
/* The sets of a figure's formula, in the order written. */
size_t formula_sets(struct arena *a, const struct formula *f, enum formula_dialect dialect, struct formula_set **sets);

/* numerator and denominator of a formula that is percent(a, b); false for others. Both can be given to
 * formula_to_sql. */
bool formula_percent_parts(const struct formula *f, const struct formula **numerator,
                           const struct formula **denominator);

/* The days between which a formula about a record keeps this field of it: both days belong to it. Leaves alone what is
 * not narrowed; true when anything is. */
bool formula_days(const struct formula *f, struct str field, struct date *from, struct date *to);

/* The parameters of one run. */
struct formula_run {
    struct str office;
    int64_t self;
    struct date today;
    struct date period_from, period_to;
    struct str tree_from, tree_end; /* codes from this one to before that one */
    int64_t tree_digits;
};
/* The values to bind for `sql`, in order. */
struct value *formula_values(struct arena *a, const struct formula_sql *sql, const struct formula_run *run);

/* ---- periods ---- */
/* 2024, 2024-05, 2024-Q1, 2024-H1, 2024-01-01..2024-06-30 */
bool period_parse(struct str text, struct date *from, struct date *to);
/* The shortest of the forms that period_parse reads. */
struct str period_text(struct arena *a, struct date from, struct date to);
/* 2024年, 2024年5月, 2024年第一季度, 2024年上半年, 2024年1月1日至6月30日 */
struct str period_words(struct arena *a, struct date from, struct date to);

#endif
