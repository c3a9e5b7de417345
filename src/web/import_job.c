#include "web/import_job.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/sm3.h"
#include "office/seal.h"

enum { JOBS_MOST = 64, RUNNING_MOST = 4 };

struct job {
    int64_t id; /* 0: free */
    struct import_progress progress;
    struct import_jobs *jobs;
    struct arena *arena; /* of the task's copy */
    struct import_task task;
};

struct import_jobs {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct job job[JOBS_MOST];
    int64_t last_id;
    size_t running;
};

struct import_jobs *import_jobs_open(void)
{
    struct import_jobs *j = calloc(1, sizeof *j);
    if (!j) abort();
    pthread_mutex_init(&j->lock, NULL);
    pthread_cond_init(&j->changed, NULL);
    return j;
}

void import_jobs_close(struct import_jobs *j)
{
    pthread_mutex_lock(&j->lock);
    while (j->running) pthread_cond_wait(&j->changed, &j->lock);
    pthread_mutex_unlock(&j->lock);
    pthread_cond_destroy(&j->changed);
    pthread_mutex_destroy(&j->lock);
    free(j);
}

void import_apply_targets(const struct reg *reg, struct import_column *columns, size_t count, const struct str *targets,
                          size_t target_count)
{
    for (size_t i = 0; i < count && i < target_count; i++) {
        const struct field *f = reg_field(reg, targets[i]);
        if (targets[i].len == 0) continue;
        columns[i].field = f;
        columns[i].what = f                              ? COLUMN_FIELD
                          : str_is(targets[i], "number") ? COLUMN_NUMBER
                          : str_is(targets[i], "stage")  ? COLUMN_STAGE
                                                         : COLUMN_SKIPPED;
    }
}

static void report_progress(void *arg, size_t done, size_t total)
{
    struct job *job = arg;
    pthread_mutex_lock(&job->jobs->lock);
    job->progress.done = done;
    job->progress.total = total;
    pthread_mutex_unlock(&job->jobs->lock);
}

/* Columns as recognised or chosen; a person's choice is remembered for this header. */
static bool find_columns(const struct import_task *t, struct arena *a, const struct user *u,
                         const struct sheet_in *sheet, struct import_column **columns, struct error *err)
{
    struct conn *c = store_read(t->office->store, err);
    bool ok = c && import_map(t->office, c, a, t->reg, sheet, columns, err);
    if (c) store_done(c);
    if (!ok || !t->targets) return ok;
    import_apply_targets(t->reg, *columns, sheet->columns, t->targets, t->target_count);
    struct tx tx;
    if (!tx_begin(&tx, t->office, a, u, STR("page"), err)) return false;
    if (import_remember(&tx, t->reg, sheet, *columns, err)) return tx_commit(&tx, err);
    tx_rollback(&tx);
    return false;
}

static bool run_task(struct job *job, struct arena *a, struct import_report *report, struct error *err)
{
    struct import_task *t = &job->task;
    struct user user;
    struct sheet_in sheet;
    struct import_column *columns;
    struct conn *c = store_read(t->office->store, err);
    bool ok = c && user_load(t->office, c, a, t->account, &user, err);
    if (c) store_done(c);
    if (!ok || !sheet_in_read(a, t->bytes, t->file_name, &sheet, err) ||
        !find_columns(t, a, &user, &sheet, &columns, err))
        return false;
    struct import_options options = {
        .digest = sm3_hex(a, t->bytes), .again = t->again, .progress = report_progress, .progress_arg = job};
    return import_run(t->office, a, &user, STR("import"), t->reg, &sheet, columns, &options, report, err);
}

static void *run(void *arg)
{
    struct job *job = arg;
    auto_arena a = arena_open();
    struct import_report r = {0};
    struct error err;
    bool ok = run_task(job, a, &r, &err);
    struct import_progress *p = &job->progress;
    pthread_mutex_lock(&job->jobs->lock);
    p->failed = !ok || !r.committed;
    if (!ok)
        snprintf(p->summary, sizeof p->summary, "%.400s", err.message);
    else if (r.same_file)
        snprintf(p->summary, sizeof p->summary, "这个文件已经导入过，没有再导入");
    else if (r.fault_count)
        snprintf(p->summary, sizeof p->summary, "有 %zu 处错误，什么也没有写入，请重新检查", r.fault_count);
    else
        snprintf(p->summary, sizeof p->summary, "已导入 %zu 行：新增 %zu 件，续办 %zu 件，已有 %zu 件", r.rows,
                 r.created, r.advanced, r.repeated);
    p->finished = true;
    job->jobs->running--;
    arena_close(job->arena);
    job->arena = NULL;
    pthread_cond_broadcast(&job->jobs->changed);
    pthread_mutex_unlock(&job->jobs->lock);
    return NULL;
}

static struct import_task copy_task(struct arena *a, const struct import_task *t)
{
    struct import_task c = *t;
    c.account = str_copy(a, t->account);
    c.file_name = str_copy(a, t->file_name);
    c.bytes = str_copy(a, t->bytes);
    if (!t->targets) return c;
    struct str *targets = arena_new_array(a, struct str, t->target_count + 1);
    for (size_t i = 0; i < t->target_count; i++) targets[i] = str_copy(a, t->targets[i]);
    c.targets = targets;
    return c;
}

/* A free place, or that of the oldest finished job. Under the lock. */
static struct job *take_place(struct import_jobs *j)
{
    struct job *oldest = NULL;
    for (size_t i = 0; i < JOBS_MOST; i++) {
        struct job *job = &j->job[i];
        if (job->id == 0) return job;
        if (job->progress.finished && (!oldest || job->id < oldest->id)) oldest = job;
    }
    return oldest;
}

static bool start_thread(struct job *job)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, run, job) != 0) return false;
    pthread_detach(thread);
    return true;
}

int64_t import_job_start(struct import_jobs *j, const struct import_task *task)
{
    int64_t id = 0;
    pthread_mutex_lock(&j->lock);
    struct job *job = j->running < RUNNING_MOST ? take_place(j) : NULL;
    if (job) {
        struct arena *a = arena_open();
        *job = (struct job){.id = ++j->last_id, .jobs = j, .arena = a, .task = copy_task(a, task)};
        job->progress.reg = task->reg;
        job->progress.office = task->office;
        snprintf(job->progress.account, sizeof job->progress.account, "%.*s", STR_ARG(task->account));
        id = job->id;
        j->running++;
        if (!start_thread(job)) {
            arena_close(a);
            job->id = id = 0;
            j->running--;
        }
    }
    pthread_mutex_unlock(&j->lock);
    return id;
}

static struct job *find(struct import_jobs *j, int64_t id)
{
    for (size_t i = 0; i < JOBS_MOST; i++)
        if (id && j->job[i].id == id) return &j->job[i];
    return NULL;
}

bool import_job_progress(struct import_jobs *j, int64_t id, struct import_progress *progress)
{
    pthread_mutex_lock(&j->lock);
    struct job *job = find(j, id);
    if (job) *progress = job->progress;
    pthread_mutex_unlock(&j->lock);
    return job != NULL;
}

void import_job_wait(struct import_jobs *j, int64_t id, int ms)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    pthread_mutex_lock(&j->lock);
    struct job *job = find(j, id);
    while (job && job->id == id && !job->progress.finished)
        if (pthread_cond_timedwait(&j->changed, &j->lock, &until) != 0) break;
    pthread_mutex_unlock(&j->lock);
}
