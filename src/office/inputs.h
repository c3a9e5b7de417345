/* From what a person typed to stored values: references and organisations found, private text sealed. */
#ifndef FAZHI_OFFICE_INPUTS_H
#define FAZHI_OFFICE_INPUTS_H

#include "office/act.h"

/* Parses one input for a field. On a fault adds to `faults` (where = field name) and gives false. */
bool input_value(struct tx *tx, const struct reg *reg, const struct field *f, struct str typed, struct value *value,
                 struct errors *faults);

/* The plain value of a private field; other values as they are. A seal that does not open gives empty text. */
struct value input_reveal(const struct office *o, struct arena *a, const struct reg *reg, const struct field *f,
                          struct value value);

#endif
