/* What holds in an office because offices above it set it: definitions and parameters go along when the office is
 * carried to a database where those above it are not. Internal to src/store. */
#ifndef FAZHI_STORE_MOVE_DEFINITIONS_H
#define FAZHI_STORE_MOVE_DEFINITIONS_H

#include "store/definitions.h"

/* The registers that have tables: of the program, and of the sets that were issued for the office. */
struct move_registers {
    const struct reg **list;
    size_t count, cap;
    struct model **models; /* of the sets */
    size_t model_count, model_cap;
};

/* Copies what this office and those above it issued; what is there already stays, and must be the same (ERR_CONFLICT).
 * Makes the tables of the sets. End with move_registers_close, also after a fault. */
bool move_from_above(struct conn *from, struct conn *to, struct arena *a, struct str code, struct move_registers *regs,
                     struct error *err);
void move_registers_close(struct move_registers *regs);
/* Columns that a table has there and not here: of fields that definitions had once. */
bool move_columns(struct conn *from, struct conn *to, struct arena *a, struct str table, struct error *err);

#endif
