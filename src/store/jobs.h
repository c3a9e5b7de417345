/* Jobs: what runs longer than a request, and how far it is, so that any server can tell.
 *
 * A row says who began what, and when the server that runs it gave a sign of life last. With PostgreSQL these rows are
 * written beside the office's own writes, also while the job itself holds the office's turn. */
#ifndef FAZHI_STORE_JOBS_H
#define FAZHI_STORE_JOBS_H

#include "store/store.h"

/* The drill's clock stands still or runs apart: servers are alive by the system's. */
int64_t job_now_ms(void);

enum job_state { JOB_RUNNING, JOB_DONE, JOB_FAILED, JOB_ENDING };

enum { JOB_SILENT_MS = 15 * 1000 }; /* without a sign of life for so long: its server is gone */

struct job_row {
    int64_t id;
    struct str account, reg;
    enum job_state state;
    int64_t done, total; /* of rows; while it ends, of entries in the text index */
    struct str summary; /* in Chinese, when it has ended */
    int64_t alive_at;   /* system's time, ms: the last sign of life */
};

/* Writes a new running row in a transaction of its own and sets the id; rows of a week ago are removed. */
bool job_begin(struct store *s, struct str office, struct job_row *row, struct error *err);
/* A sign of life, in a transaction of its own; left out (and true) when it would have to wait. */
bool job_alive(struct store *s, struct str office, const struct job_row *row, struct error *err);
/* The end, in the write that c is in: together with what the job did. */
bool job_end_within(struct conn *c, struct str office, const struct job_row *row, struct error *err);
/* The end of a job that wrote nothing, in a transaction of its own. */
bool job_end(struct store *s, struct str office, const struct job_row *row, struct error *err);
/* The newest that runs and gave a sign of life since then; found false when there is none. */
bool job_running(struct conn *c, struct arena *a, struct str office, int64_t since, struct job_row *row, bool *found,
                 struct error *err);
/* ERR_NOT_FOUND when there is none. */
bool job_get(struct conn *c, struct arena *a, struct str office, int64_t id, struct job_row *row, struct error *err);

#endif
