/* What differs between two states of the definition files, told for people: where in which file, what stood there, what
 * stands there now. Works on the YAML trees, so it knows no kind of definition. */
#ifndef FAZHI_MODEL_COMPARE_H
#define FAZHI_MODEL_COMPARE_H

#include "model/model.h"

enum { DEFINITION_CHANGES_MOST = 2000 };

struct definition_change {
    struct str path;          /* registers/petition.yaml */
    struct str label;         /* of the nearest thing around it that has one: 信访事项 · 受理 */
    struct str place;         /* deadlines.accept.within; empty: the whole file */
    struct str before, after; /* what stands there, shortened; empty: nothing */
};

/* Files by path, as overlay_files gives them. At most DEFINITION_CHANGES_MOST. */
size_t definition_changes(struct arena *a, const struct definition_file *old, size_t old_count,
                          const struct definition_file *new, size_t new_count, struct definition_change **list);

#endif
