/* Inside the model folder: what the passes of loading share. Not for other folders.
 *
 * Files are parsed first (yaml.c), then read in this order: office, codes, names of the registers, roles, fields of
 * all registers, parameters, stages, acts and deadlines, figures, reports, tree. Formulas may refer to anything, so they are put aside
 * with the place where the result belongs and parsed last (formulas.c). Every fault goes to one list. */
#ifndef FAZHI_MODEL_LOAD_H
#define FAZHI_MODEL_LOAD_H

#include "model/model.h"
#include "model/read.h"

/* What the schema of formulas calls a code list: a list of the office or the stages of a register. */
struct formula_codes {
    const struct code *codes;
    size_t count;
};

struct parsed_file {
    struct yaml_source source;
    const struct yaml_node *root; /* NULL when it is not YAML */
};

/* A register on its way. The arrays are those of `reg`, still writable. */
struct reg_work {
    struct reg *reg;
    const struct yaml_node *root;
    const struct yaml_node **keys; /* values of the top keys, see register.c */
    struct field *fields;
    const struct yaml_node **field_nodes; /* name of each field, for messages; NULL for implicit ones */
    const struct yaml_node *title, *natural_key, *sort;
    bool *named_by_act;            /* one for each field: some act has it as an input or sets it */
    struct stage *stages;
    struct formula_codes *stage_codes;
    bool bad_step;                 /* some act names a stage that does not exist */
    struct act *acts;
    const struct yaml_node **act_nodes; /* name of each act; NULL for implicit ones */
};

struct pending_formula {
    const struct yaml_node *node;
    struct formula_context ctx;
    enum formula_type want;
    const struct formula **into;
    struct reg_work *derived_of; /* of a derived field: its register … */
    size_t derived;              /* … and index */
    bool skip;                   /* what it is for is faulty: it can't be judged */
    struct figure *figure;       /* takes the formula's type */
};

struct loader {
    struct reader reader;
    struct arena *arena;
    struct model *model;
    struct parsed_file *files;
    size_t file_count;
    bool unreadable; /* some file is not YAML: what refers to it can't be judged */
    struct formula_codes *list_codes; /* one for each code list */
    struct reg_work *works;
    size_t work_count;
    struct pending_formula *pending;
    size_t pending_count, pending_cap;
};

/* Files below definitions/ whose path begins with `folder` (codes/) in order; *at goes on from file to file. */
const struct parsed_file *next_file(const struct loader *l, const char *folder, size_t *at);
const struct parsed_file *the_file(struct loader *l, const char *path); /* NULL with a fault when missing */

void load_office(struct loader *l);
void load_codes(struct loader *l);
void load_register_names(struct loader *l);
void load_roles(struct loader *l);
void load_fields(struct loader *l);       /* fields.c: of all registers */
void load_procedures(struct loader *l);   /* procedure.c: stages, acts, gates; then deadlines */
void load_figures(struct loader *l);
void load_reports(struct loader *l);
void load_parameters(struct loader *l);
void load_tree(struct loader *l);
void load_formulas(struct loader *l);
void load_schema(struct loader *l);       /* registers and code lists as formulas see them */

void load_deadlines(struct loader *l, struct reg_work *w, const struct yaml_node *map);
/* Stages that can be reached and left as they must. */
void check_stages(struct loader *l, const struct reg_work *w, const struct yaml_node *stages);
struct str builtin_label(const char *name); /* 编号, 阶段 … */

/* Puts a formula aside; `self` may be NULL. The returned entry may be completed (codes, target …) until the next call. */
struct pending_formula *later_formula(struct loader *l, const struct yaml_node *n, const struct reg *self,
                                      enum formula_type want, const struct formula **into);
/* The same for a value that goes into a field. */
struct pending_formula *later_value(struct loader *l, const struct yaml_node *n, const struct reg *self,
                                    const struct field *f, const struct formula **into);

enum formula_type field_formula_type(enum field_type type);

/* cite, rule and verified: keys to put into a table of keys, and their reading from the three nodes. */
#define CITATION_KEYS {"cite", EXPECT_TEXT, false}, {"rule", EXPECT_TEXT, false}, {"verified", EXPECT_YESNO, false}
struct citation read_citation(const struct yaml_node *const *three);
/* A rule of `require` or `always`: a list of maps. */
struct rule *read_rules(struct loader *l, const struct yaml_node *list, const struct reg *reg, size_t *count);
/* False when its file is no YAML: nothing can be said about its fields. */
bool register_is_read(const struct loader *l, const struct reg *reg);
/* The field, or NULL with a fault at the node. */
const struct field *find_field(struct loader *l, const struct reg *reg, const struct yaml_node *n);
/* Field names, perhaps with "-" before; built-in ones allowed. */
const struct str *read_order(struct loader *l, const struct reg *reg, const struct yaml_node *n, size_t *count);
bool is_builtin_field(struct str name);

/* Prose of reports. `reg`: the register whose {fields} may be named, or NULL. */
struct prose read_prose(struct loader *l, const struct yaml_node *n, const struct reg *reg);

#define KEY_COUNT(keys) (sizeof(keys) / sizeof *(keys))

#endif
