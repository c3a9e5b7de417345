#include "paper/signature.h"

static const double columns = 28;

struct signature_place signature_place(double organ, double date, bool sealed)
{
    struct signature_place place;
    if (sealed) {
        place.date = columns - 4 - date;
        place.organ = place.date + (date - organ) / 2;
    } else if (date > organ) {
        place.date = columns - 2 - date;
        place.organ = place.date - 2;
    } else {
        place.organ = columns - 2 - organ;
        place.date = place.organ + 2;
    }
    /* A long name keeps to the right edge, and then to the left. */
    if (place.organ + organ > columns) place.organ = columns - organ;
    if (place.organ < 0) place.organ = 0;
    if (place.date < 0) place.date = 0;
    return place;
}
