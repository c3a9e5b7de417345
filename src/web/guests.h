/* Guests: the open connections, how long each may take for what it does, and how many there may be.
 *
 * A watcher looks at all of them every second and ends those that are too slow: a request must be here within seconds,
 * its body and the taking of the answer must keep a least speed, the answer by what the other side has acknowledged. When nearly all places are taken, those who only hold
 * one are sent away first. */
#ifndef FAZHI_WEB_GUESTS_H
#define FAZHI_WEB_GUESTS_H

#include <stdbool.h>
#include <stddef.h>

enum guest_phase {
    GUEST_NEW,     /* connected, nothing asked yet */
    GUEST_IDLE,    /* answered; may ask again */
    GUEST_SENDING, /* his request's headers are here, the body is coming */
    GUEST_SERVED,  /* we are at work */
    GUEST_TAKING,  /* the answer is on its way */
};

struct guests;
struct guest;

/* At most `most` connections; some more are let in only to be told so. NULL when out of memory. */
struct guests *guests_open(unsigned most);
void guests_close(struct guests *list); /* after the last guest has left; NULL is allowed */

/* Has the house still room to tell somebody that it is full? */
bool guests_room(struct guests *list);
/* A connection came; NULL when out of memory. */
struct guest *guest_enter(struct guests *list, int fd);
/* He leaves: before the descriptor is closed. NULL is allowed. */
void guest_leave(struct guest *g);
/* From now on he is in this phase. `bytes`: of the answer, for GUEST_TAKING, where the kernel cannot tell what was taken
 * of it. NULL is allowed. */
void guest_phase(struct guest *g, enum guest_phase phase, size_t bytes);
/* So many bytes of his body have come altogether. */
void guest_sent(struct guest *g, size_t bytes);
/* He came when all places were taken. */
bool guest_is_surplus(const struct guest *g);

#endif
