/* Time that only goes forward, for waiting: it is not touched when somebody sets the machine's clock. */
#ifndef FAZHI_BASE_MONOTONIC_H
#define FAZHI_BASE_MONOTONIC_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

/* Milliseconds since some moment in the past. */
int64_t monotonic_ms(void);
/* The same moment as the system's calls for waiting take it. */
struct timespec monotonic_timespec(int64_t ms);
/* Makes a condition whose timed waits go by this time. Ended by pthread_cond_destroy. */
void monotonic_cond(pthread_cond_t *cond);

#endif
