/* Inside the formula folder: writing parts of a tree as SQL. */
#ifndef FAZHI_FORMULA_SQL_H
#define FAZHI_FORMULA_SQL_H

#include "formula/tree.h"

/* The aggregates of a figure over many offices, each once: vN of fz_rows is the value of items[N]. */
struct emit_groups {
    const struct node **items;
    size_t count, cap;
};

/* Deadlines of the rows of a scope: the one called names[N] is joined as jN. */
struct emit_joins {
    int scope;
    struct str *names;
    size_t count, cap;
    bool days; /* of a deadline its day is asked for, not only whether it was met or is overdue */
    const struct value *states; /* of each name what fz_states gave, instead of joins; SQLite only */
};

/* The columns that are read of the rows of a scope, each once. */
struct emit_reads {
    int scope;
    struct str *columns;
    size_t count, cap;
};

/* What fz_states keeps of a deadline. */
enum { STATE_MET = 1, STATE_OVERDUE = 2 };

struct emit {
    struct buf text;
    struct formula_bind *binds;
    size_t bind_count, bind_cap;
    enum formula_dialect dialect;
    int self_depth; /* the scope whose row has the alias `self`; others are t<depth> */
    int reference;  /* number of sub-queries that follow references so far */
    struct emit_groups *groups; /* an aggregate is written as a column of fz_rows and noted here; NULL: as a sub-query */
    struct emit_joins *joins; /* a deadline of the scope's row is read from a join and noted here; NULL: by a sub-query */
    struct emit_reads *reads; /* takes the columns of its scope; NULL: nobody asks */
    int office_of;  /* 1 + the scope whose row's office the sub-queries take; 0: the run's */
};

/* A value as the node's user wants it (`as`). */
void emit_value(struct emit *e, const struct node *n);
/* A condition. It may be null for false unless `exact`. */
void emit_condition(struct emit *e, const struct node *n, bool exact);
void emit_not_null(struct emit *e, const struct node *n);
/* ` from "register" as self where self.office = ? and self.id = ?` */
void emit_self_row(struct emit *e, const struct formula_register *self);
/* A constant piece of SQL from the C source. */
void emit_constant(struct emit *e, const char *constant);
/* A formula's result: a value, or a condition as 1 or 0. */
void emit_result(struct emit *e, const struct node *root);
/* A part of the same statement, to be written first and appended where it belongs. */
struct emit emit_part(const struct emit *e);
void emit_append(struct emit *e, const struct emit *part);
/* A bound value; PostgreSQL wants to know its type. */
void emit_literal(struct emit *e, struct value v, const char *postgres_type);
/* ` from "register" as t1 left join fz_deadline as j0 on … where t1.office = ? and t1.voided = 0` */
void emit_pass_from(struct emit *e, const struct formula_register *reg, const struct emit_joins *joins,
                    const struct formula_way *way);
/* `with recursive stages(stage) as (…) `, for a way by stages; nothing for others. */
void emit_pass_stages(struct emit *e, const struct formula_register *reg, const struct formula_way *way);
/* One row: for each of the names the states of the deadlines of all records. */
void emit_states(struct emit *e, const struct formula_register *reg, const struct str *names, size_t count);
/* ` from "register" as t1 left join fz_deadline as j0 on …` */
void emit_joined_from(struct emit *e, const struct formula_register *reg, const struct emit_joins *joins);
/* A `?` of the run that needs no type. */
void emit_bind(struct emit *e, enum formula_param param);
/* self, t1 … */
void emit_alias(struct emit *e, int scope);
/* `count(*) as v`, for an average `sum(x) as v, count(x) as n`: what each office gives to an aggregate. */
void emit_group_values(struct emit *e, const struct node *aggregate);
/* ` and t1.voided = 0 and …`: which rows an aggregate takes. What is asked about them on the way looks into the office of
 * each row. */
void emit_rows_where(struct emit *e, const struct node *aggregate);
struct formula_sql emit_done(const struct emit *e);

#endif
