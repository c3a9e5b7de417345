/* Inside the formula folder: tokens, the syntax tree and what its passes share. Not for other folders.
 *
 * text → lexer.c → tokens → parser.c → tree without types → check.c → tree with types and resolved names;
 * print.c, words.c and sql.c only read the checked tree. */
#ifndef FAZHI_FORMULA_TREE_H
#define FAZHI_FORMULA_TREE_H

#include "base/buf.h"
#include "formula/formula.h"

/* Limits. SQLite's parser holds about 100 open brackets, its expressions 1000 levels; these stay well below. */
enum {
    FORMULA_MAX_BYTES = 8000,
    FORMULA_MAX_NODES = 600,
    FORMULA_MAX_DEPTH = 40,     /* brackets, not, functions inside one another; formula_too_deep is mostly stricter */
    FORMULA_MAX_AGGREGATES = 4, /* aggregates inside one another */
    FORMULA_MAX_STEPS = 6,      /* names in a.b.c */
};

/* The text being read and where its faults go. */
struct source {
    struct arena *a;
    struct str text;
    const struct formula_context *ctx;
    struct error *err;
};

/* Fills the error with the position of byte `at`; always false. */
bool source_fault(const struct source *s, size_t at, const char *format, ...) __attribute__((format(printf, 3, 4)));

enum token_kind { TOKEN_END, TOKEN_NAME, TOKEN_NUMBER, TOKEN_TEXT, TOKEN_DATE, TOKEN_SPAN, TOKEN_SYMBOL };

struct token {
    enum token_kind kind;
    size_t at;
    struct str text;      /* as written; for TOKEN_TEXT its content */
    int64_t number;       /* TOKEN_NUMBER, in ten-thousandths */
    struct date from, to; /* TOKEN_DATE (from), TOKEN_SPAN */
};

/* All tokens, the last one TOKEN_END. NULL on a fault. */
struct token *lex(const struct source *s, size_t *count);

enum node_kind {
    NODE_NUMBER,
    NODE_TEXT,
    NODE_CODE,
    NODE_BOOL,
    NODE_DATE,
    NODE_EMPTY,
    NODE_TODAY,
    NODE_PERIOD,
    NODE_SPAN,     /* a period written out: from, to */
    NODE_PATH,     /* names → scope and fields; without fields the row itself */
    NODE_COMPARE,  /* op, kids 2 */
    NODE_IN,       /* kids: what, then the list; negated */
    NODE_WITHIN,   /* kids: what, period or span; negated */
    NODE_IS_EMPTY, /* kids 1; negated */
    NODE_CONTAINS, /* kids 2 */
    NODE_STARTS,   /* kids 2 */
    NODE_ARITH,    /* op, kids 2 */
    NODE_NEGATE,   /* kids 1 */
    NODE_AND,      /* kids 2 and more */
    NODE_OR,
    NODE_NOT,       /* kids 1 */
    NODE_PART,      /* op: year … end; kids 1 */
    NODE_DAYS,      /* kids 2 */
    NODE_AFTER,     /* op: unit; kids: date, amount */
    NODE_AGGREGATE, /* op; text: register; kids: value path or NULL, condition or NULL */
    NODE_PERCENT,   /* kids 2 */
    NODE_DEADLINE,  /* op; text: its name; kids: record path or NULL */
    NODE_PARAMETER, /* text: its name; number: what holds where nothing was issued, as stored */
};

enum op {
    OP_NONE,
    OP_EQ,
    OP_NE,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_ADD,
    OP_SUB,
    OP_MUL,
    OP_DIV,
    PART_YEAR,
    PART_QUARTER,
    PART_MONTH,
    PART_START,
    PART_END,
    UNIT_DAYS,
    UNIT_WORKDAYS,
    UNIT_MONTHS,
    UNIT_YEARS,
    AGG_COUNT,
    AGG_DISTINCT,
    AGG_SUM,
    AGG_AVERAGE,
    AGG_MIN,
    AGG_MAX,
    AGG_EXISTS,
    DEADLINE_DUE,
    DEADLINE_STRICT,
    DEADLINE_MET,
    DEADLINE_OVERDUE,
};

struct node {
    enum node_kind kind;
    enum op op;
    bool negated;
    bool quoted;            /* NODE_CODE: written with quotation marks */
    size_t at;              /* byte in the text, for faults */
    enum formula_type type; /* what it gives */
    enum formula_type as;   /* what its user converts it to; equal to `type` when nothing is to be done */
    struct node **kids;
    size_t kid_count;
    int64_t number; /* NODE_NUMBER in ten-thousandths, NODE_BOOL 0 or 1 */
    struct str text;
    struct date from, to;
    const struct str *names; /* NODE_PATH */
    const size_t *name_at;   /* where each stands */
    size_t name_count;
    int scope; /* NODE_PATH, NODE_DEADLINE: depth of the row; NODE_AGGREGATE: depth of its rows */
    const struct formula_field **fields;
    size_t field_count;
    const struct formula_register *reg; /* of the row, of the referred record, of the aggregate */
    const struct formula_codes *codes;
    struct str label; /* NODE_CODE: label of the code; NODE_PARAMETER: of the parameter */
    bool of_period;   /* NODE_PARAMETER: as it stands at the end of the period, else today */
};

struct formula {
    struct node *root;
    const struct formula_register *self;
    bool uses_self;
    struct formula *parts[2]; /* of percent(a, b), else NULL */
};

/* A word of the language and what it stands for. */
struct word {
    const char *word;
    enum op op;
};

/* The word for an op in source text: =, +, year, workdays, count, due … */
const char *op_word(enum op op);
bool type_is_number(enum formula_type t);
const char *type_name(enum formula_type t); /* in Chinese */
/* True when all of `t` can be written bare as a name that is no reserved word. */
bool name_is_bare(struct str t);

/* parser.c: the tree without types; NULL on a fault. */
struct node *parse_tokens(const struct source *s, const struct token *tokens, size_t count);

/* check.c: resolves names, gives every node its type. */
bool check_formula(const struct source *s, struct node *root, enum formula_type want, bool *uses_self);

/* names.c: what a name may mean where it stands. */
struct scope {
    const struct formula_register *reg;
    const struct scope *outer;
    int depth;
};

const struct formula_field *register_field(const struct formula_register *reg, struct str name);
/* Says that no such name exists and which come near; always false. */
bool fault_unknown_field(const struct source *s, size_t at, const struct formula_register *reg, struct str name,
                         const struct scope *scope);
bool fault_unknown_code(const struct source *s, size_t at, const struct formula_codes *codes, struct str label,
                        struct str key);
bool fault_unknown_deadline(const struct source *s, size_t at, const struct formula_register *reg, struct str name);
/* Fills scope, fields, type of a NODE_PATH. `bare` forbids a leading self or register name. */
bool resolve_path(const struct source *s, struct node *n, const struct scope *scope, bool bare, bool sealed_allowed);
/* True when the first name of the path means something in this scope. */
bool path_resolves(const struct node *n, const struct scope *scope);

/* compile.c: whether the SQL would overflow the stack of SQLite's parser. One limit for both databases, so that a
 * definition that loads runs everywhere. */
bool formula_too_deep(struct arena *a, const struct formula *f);

bool node_equal(const struct node *a, const struct node *b);

#endif
