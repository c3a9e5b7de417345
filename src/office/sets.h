/* Definitions in force: the program's own, or those with a set of a higher office laid over them.
 *
 * A set is loaded once for all offices where it is in force, and freed with the last of them. Before it is used its
 * tables are in the database and it was checked wholly: a set that no longer fits the program's own definitions is not
 * used at all, and its offices are not served until it is issued anew or withdrawn. Functions may be called from any
 * thread. */
#ifndef FAZHI_OFFICE_SETS_H
#define FAZHI_OFFICE_SETS_H

#include "store/definitions.h"

struct definition_sets;

struct definition_sets *definition_sets_open(struct store *store);
/* After all models were given back. NULL is allowed. */
void definition_sets_close(struct definition_sets *sets);
/* The model of the set of this row, to be given back. ERR_DEFINITION with the first fault when it does not fit. */
const struct model *definition_sets_take(struct definition_sets *sets, const struct definitions_row *row,
                                         struct error *err);
void definition_sets_give(struct definition_sets *sets, const struct model *model);

#endif
