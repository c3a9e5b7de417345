/* Inside the loader: what its parts share. */
#ifndef FAZHI_MODEL_LOADING_H
#define FAZHI_MODEL_LOADING_H

#include "model/model.h"
#include "model/yaml.h"

/* One loading. The model's lists are filled in steps: chapters, codes and roles; registers with their fields; then,
 * when every name is known, formulas, acts, deadlines, figures and reports. */
struct loading {
    struct arena *arena;   /* of the model */
    struct errors *faults;
    struct model *model;
    struct yaml_node **roots; /* one a register, beside model->regs */
};

/* ---- reading nodes ---- */

/* Reports at a node. Always false. */
bool load_fault(struct loading *l, const struct yaml_node *n, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* True when `n` is a map whose keys are all among `keys` (words divided by spaces); an unknown key is reported with
 * the nearest known one. NULL is no map. */
bool load_map(struct loading *l, const struct yaml_node *n, const char *keys);
/* The scalar under a key. Missing: empty text, reported when `required`. */
struct str load_text(struct loading *l, const struct yaml_node *map, const char *key, bool required);
bool load_bool(struct loading *l, const struct yaml_node *map, const char *key, bool otherwise);
/* True when the key is there and holds a whole number. */
bool load_integer(struct loading *l, const struct yaml_node *map, const char *key, int64_t *value);
/* One scalar or a list of scalars. */
size_t load_names(struct loading *l, const struct yaml_node *map, const char *key, struct str **names);
/* [a-z][a-z0-9_]*, at most 40 characters (dots allowed when `dotted`). Reports. */
bool load_name_is_good(struct loading *l, const struct yaml_node *n, struct str name, bool dotted);
/* The node's place as file, line, column, for formulas. */
struct formula_context load_context(const struct loading *l, const struct yaml_node *n, const struct reg *self);
/* A formula under a key, NULL when the key is missing (reported when `required`) or the formula faulty (reported). */
const struct formula *load_formula(struct loading *l, const struct yaml_node *map, const char *key,
                                   const struct formula_context *like, enum formula_type want, bool required);
struct citation load_citation(struct loading *l, const struct yaml_node *map);
bool load_length(struct loading *l, const struct yaml_node *map, const char *key, struct period_length *length);
/* Does the list hold the name? */
bool names_hold(const struct str *names, size_t count, struct str name);

/* ---- the parts ---- */

void load_office(struct loading *l, const struct yaml_node *root);
void load_codes(struct loading *l, const struct yaml_node *root);
void load_roles(struct loading *l, const struct yaml_node *root);
void load_role_registers(struct loading *l, const struct yaml_node *root); /* chapters expanded, once registers are known */
void load_register_fields(struct loading *l, struct reg *reg, const struct yaml_node *root);
void load_register_links(struct loading *l, struct reg *reg, const struct yaml_node *root); /* references, title, key */
void load_register_formulas(struct loading *l, struct reg *reg, const struct yaml_node *root);
void load_procedure(struct loading *l, struct reg *reg, const struct yaml_node *root);
void load_deadlines(struct loading *l, struct reg *reg, const struct yaml_node *deadlines);
void load_figures(struct loading *l, const struct yaml_node *root);
void load_report(struct loading *l, const struct yaml_node *root);
void load_rules(struct loading *l, const struct reg *reg, const struct yaml_node *list, const struct rule **rules,
                size_t *count);
/* stage keys alone are needed before formulas: */
void load_stages(struct loading *l, struct reg *reg, const struct yaml_node *root);

#endif
