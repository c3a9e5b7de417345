/* Inside the formula folder: writing parts of a tree as SQL. */
#ifndef FAZHI_FORMULA_SQL_H
#define FAZHI_FORMULA_SQL_H

#include "formula/tree.h"

struct emit {
    struct buf text;
    struct formula_bind *binds;
    size_t bind_count, bind_cap;
    enum formula_dialect dialect;
    int self_depth; /* the scope whose row has the alias `self`; others are t<depth> */
    int reference;  /* number of sub-queries that follow references so far */
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
struct formula_sql emit_done(const struct emit *e);

#endif
