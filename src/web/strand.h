/* Strands: pieces of work that must not run at the same time, done one after another by whoever came first.
 *
 * Who brings a piece while another is under way only leaves it there, and is free for other work: nobody waits for a
 * lock, and the pieces follow each other without a change of threads. */
#ifndef FAZHI_WEB_STRAND_H
#define FAZHI_WEB_STRAND_H

#include <pthread.h>
#include <stdbool.h>

/* Part of what is to be done, and its owner's until `run` was called with it. */
struct strand_piece {
    struct strand_piece *next;
};

struct strand {
    pthread_mutex_t lock;
    struct strand_piece *first, *last;
    bool busy;
};

void strand_open(struct strand *s);
void strand_close(struct strand *s);
/* `run` is called once for the piece, by this thread before strand_put returns or by another; all pieces of a strand have
 * the same `run`. When nobody is at work on the strand, this thread does what is there and what still comes meanwhile. */
void strand_put(struct strand *s, struct strand_piece *piece, void (*run)(struct strand_piece *piece));

#endif
