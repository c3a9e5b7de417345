/* Imports under way: each runs in its own thread, pages ask how far it is. Jobs live as long as the server. */
#ifndef FAZHI_WEB_IMPORT_JOB_H
#define FAZHI_WEB_IMPORT_JOB_H

#include "office/import.h"

struct import_jobs;

struct import_jobs *import_jobs_open(void);
/* Waits for running jobs: an import is all or nothing. */
void import_jobs_close(struct import_jobs *jobs);

/* What a job needs; everything is copied. */
struct import_task {
    struct office *office;
    const struct reg *reg;
    struct str account;
    struct str file_name;
    struct str bytes;
    const struct str *targets; /* by column: field name, "number", "stage" or "-"; NULL: as recognised */
    size_t target_count;
    bool again;
};

struct import_progress {
    size_t done, total;
    bool finished, failed;
    const struct office *office;
    char account[64];
    char summary[512]; /* in Chinese, once finished */
    const struct reg *reg;
};

/* Starts a job; 0 when too many run at once. */
int64_t import_job_start(struct import_jobs *jobs, const struct import_task *task);
/* How far it is; false when there is no such job. */
bool import_job_progress(struct import_jobs *jobs, int64_t id, struct import_progress *progress);
/* Waits up to `ms` for the job to finish: small imports need no second page. */
void import_job_wait(struct import_jobs *jobs, int64_t id, int ms);

/* Puts a person's choices into the columns; an unknown name leaves the column out. */
void import_apply_targets(const struct reg *reg, struct import_column *columns, size_t count, const struct str *targets,
                          size_t target_count);

#endif
