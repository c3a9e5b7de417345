/* Lanes: work that may block, done one piece after another by threads of our own.
 *
 * A lane has at most so many threads (started when there is work for one more) and so many pieces that wait; what comes
 * beyond is refused at once, so that nothing grows without end. Fewer threads than all may be the rule: more than
 * `at_once` are at work only while those are held up, so that one who waits for a lock doesn't keep the others. */
#ifndef FAZHI_WEB_LANE_H
#define FAZHI_WEB_LANE_H

#include <stdbool.h>
#include <stddef.h>

struct lane;

/* `work` runs in one of the lane's threads for every piece that was put. NULL when out of memory. */
struct lane *lane_open(unsigned threads, unsigned at_once, size_t most_waiting, void (*work)(void *piece));
/* False: too many wait already. The piece may be worked on before this returns. */
bool lane_put(struct lane *lane, void *piece);
/* Does all that was put, ends the threads and refuses what still comes. NULL is allowed. */
void lane_end(struct lane *lane);
/* Frees it, when nobody can put any more. NULL is allowed. */
void lane_close(struct lane *lane);

#endif
