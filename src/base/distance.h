/* How far two names are apart: for "did you mean". */
#ifndef FAZHI_BASE_DISTANCE_H
#define FAZHI_BASE_DISTANCE_H

#include "base/str.h"

enum { DISTANCE_MAX_BYTES = 40 };

/* Levenshtein distance in bytes; SIZE_MAX when one is longer than DISTANCE_MAX_BYTES: long names are never near. */
size_t name_distance(struct str a, struct str b);

#endif
