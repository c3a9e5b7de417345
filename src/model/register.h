/* Inside the model folder: the keys of a register's file, shared by what reads its parts. */
#ifndef FAZHI_MODEL_REGISTER_H
#define FAZHI_MODEL_REGISTER_H

#include "model/load.h"

enum {
    R_REGISTER, R_LABEL, R_CHAPTER, R_HELP, R_NUMBER, R_TITLE, R_OPEN, R_KEY, R_SORT, R_FIELDS, R_ALWAYS, R_PROCEDURE,
    R_CITE, R_RULE, R_VERIFIED, REGISTER_KEY_COUNT,
};
extern const struct key register_keys[REGISTER_KEY_COUNT];

void check_chapter(struct loader *l, const struct yaml_node *n); /* NULL is allowed */
void fault_register_name(struct loader *l, const struct yaml_node *n);
bool is_reserved_field(struct str name);

#endif
