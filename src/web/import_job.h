/* Imports under way: each runs in its own thread of the server that took it, pages of every server ask how far it is.
 *
 * The job's row in the database (store/jobs.h) is its truth: the end is written together with the records. A job whose
 * server gave no sign of life for a while was interrupted, and saved nothing. */
#ifndef FAZHI_WEB_IMPORT_JOB_H
#define FAZHI_WEB_IMPORT_JOB_H

#include "office/import.h"

struct app;
struct import_jobs;

struct import_jobs *import_jobs_open(void);
/* Waits for running jobs: an import is all or nothing. */
void import_jobs_close(struct import_jobs *jobs);

/* What a job needs; everything is copied. */
struct import_task {
    struct app *app; /* kept until the job ends */
    struct office *office;
    const struct reg *reg;
    struct str account;
    struct str digest; /* of the sheet that this person has sent (store/uploads.h) */
    const struct str *targets; /* by column: field name, "number", "stage" or "-"; NULL: as recognised */
    size_t target_count;
    bool again;
    bool dry_run; /* a trial: its summary tells what would be, or the first faults */
};

struct import_progress {
    struct import_at at;
    bool finished, failed;
    char summary[512]; /* in Chinese, once finished */
};

/* Starts a job; sets its id, which is one of the office. ERR_BUSY when too many run at once. */
bool import_job_start(struct import_jobs *jobs, const struct import_task *task, int64_t *id, struct error *err);
/* How far a job of this person on this register is, whichever server runs it; ERR_NOT_FOUND when there is none. */
bool import_job_progress(struct import_jobs *jobs, struct office *o, struct str account, const struct reg *reg,
                         int64_t id, struct import_progress *progress, struct error *err);
/* Waits up to `ms` for a job of this server to finish: small imports need no second page. */
void import_job_wait(struct import_jobs *jobs, const struct office *o, int64_t id, int ms);

/* Puts a person's choices into the columns; an unknown name leaves the column out. */
void import_apply_targets(const struct reg *reg, struct import_column *columns, size_t count, const struct str *targets,
                          size_t target_count);

#endif
