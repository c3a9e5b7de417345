/* The act log as proof: the chain of hashes, and the records rebuilt from the acts alone. */
#ifndef FAZHI_OFFICE_REPLAY_H
#define FAZHI_OFFICE_REPLAY_H

#include "office/office.h"

struct replay_report {
    int64_t acts;
    int64_t records; /* rebuilt */
    int64_t deadlines;
    int64_t broken_at;       /* seq of the first entry whose hash or place in the chain is wrong; 0: whole */
    struct str head;         /* hash of the last entry */
    struct str *differences; /* in Chinese: what differs between acts and tables; at most 100 */
    size_t difference_count;
    int64_t difference_total;
};

/* False only when it could not read; what it found stands in the report. */
bool replay_check(struct office *o, struct arena *a, struct replay_report *report, struct error *err);

#endif
