/* Where signature and date stand (GB/T 9704-2012, 7.3.5), for every renderer. */
#ifndef FAZHI_PAPER_SIGNATURE_H
#define FAZHI_PAPER_SIGNATURE_H

#include <stdbool.h>

struct signature_place {
    double organ, date; /* characters from the left edge of the type area to the first character */
};

/* Widths in characters (一 counts 1). With a seal the date leaves 4 characters at the right and the organ is centred
 * over it; without, the organ leaves 2 and the date begins 2 behind the organ's beginning, a date that is longer
 * leaves 2 itself. */
struct signature_place signature_place(double organ, double date, bool sealed);

#endif
