/* Definition files laid over others: a set that a higher office issues for itself and all below.
 *
 * A file of the set takes the place of the file with its path, or is added; none is taken away. Both together are checked
 * like any definitions. What belongs to the machine or to the single office stays as it is: calendar/ and the part
 * `office` of office.yaml. */
#ifndef FAZHI_MODEL_OVERLAY_H
#define FAZHI_MODEL_OVERLAY_H

#include "model/model.h"

/* All files together, by path. The texts stay where they are. */
struct definition_file *overlay_files(struct arena *a, const struct model *base, const struct definition_file *set,
                                      size_t set_count, size_t *count);
/* Loads both together, in an arena of its own. NULL when there is any fault; `faults` then holds them all. */
struct model *overlay_load(const struct model *base, const struct definition_file *set, size_t set_count,
                           struct errors *faults);

/* What `old` has and `new` has not, though records may stand in it. */
enum lost_kind { LOST_REGISTER, LOST_STAGE, LOST_CODE, LOST_DEADLINE };
struct lost {
    enum lost_kind kind;
    const struct reg *reg;     /* of `old` */
    const struct field *field; /* of `old`, for a code */
    struct str key;            /* of the stage or the code, name of the deadline */
    struct str label;
    struct str where; /* the file that should have it: file:1:1 */
};
size_t overlay_lost(struct arena *a, const struct model *old, const struct model *new, struct lost **list);

#endif
