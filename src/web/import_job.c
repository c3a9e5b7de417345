#include "web/import_job.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/sheet_file.h"
#include "base/utf8.h"
#include "store/jobs.h"
#include "store/uploads.h"
#include "web/apps.h"

enum {
    JOBS_MOST = 64,
    RUNNING_MOST = 4,
    SIGN_SECONDS = 3,          /* between two signs of life */
    KEY_MOST = 64,             /* bytes of an office's key */
};

struct job {
    int64_t id; /* of its office; 0: free */
    uint64_t order;
    char office[KEY_MOST]; /* its key: the task's office may be closed when the job has ended */
    struct import_progress progress;
    struct import_jobs *jobs;
    struct arena *arena; /* of the task's copy */
    struct import_task task;
};

struct import_jobs {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct job job[JOBS_MOST];
    uint64_t started;
    size_t running;
    bool closing;
    pthread_t signs; /* gives the signs of life */
};

static struct job_row row_of(const struct job *job, enum job_state state, const char *summary)
{
    return (struct job_row){.id = job->id,
                            .state = state,
                            .done = (int64_t)job->progress.at.done,
                            .total = (int64_t)job->progress.at.total,
                            .summary = str_from(summary),
                            .alive_at = job_now_ms()};
}

/* One running job after the other; what can't be written now is written the next time. */
static void give_signs(struct import_jobs *j)
{
    for (size_t i = 0; i < JOBS_MOST; i++) {
        struct job *job = &j->job[i];
        if (job->id == 0 || job->progress.finished) continue;
        struct job_row row = row_of(job, job->progress.at.phase == IMPORT_WORDS ? JOB_ENDING : JOB_RUNNING, "");
        struct store *store = job->task.office->store; /* outlives the job */
        char office[KEY_MOST];
        memcpy(office, job->office, sizeof office);
        struct error ignored;
        pthread_mutex_unlock(&j->lock);
        job_alive(store, str_from(office), &row, &ignored);
        pthread_mutex_lock(&j->lock);
    }
}

static void *sign_on(void *arg)
{
    struct import_jobs *j = arg;
    pthread_mutex_lock(&j->lock);
    while (!j->closing) {
        struct timespec next;
        clock_gettime(CLOCK_REALTIME, &next);
        next.tv_sec += SIGN_SECONDS;
        while (!j->closing && pthread_cond_timedwait(&j->changed, &j->lock, &next) == 0) continue;
        give_signs(j);
    }
    pthread_mutex_unlock(&j->lock);
    return NULL;
}

struct import_jobs *import_jobs_open(void)
{
    struct import_jobs *j = calloc(1, sizeof *j);
    if (!j) abort();
    pthread_mutex_init(&j->lock, NULL);
    pthread_cond_init(&j->changed, NULL);
    if (pthread_create(&j->signs, NULL, sign_on, j) != 0) abort();
    return j;
}

void import_jobs_close(struct import_jobs *j)
{
    pthread_mutex_lock(&j->lock);
    while (j->running) pthread_cond_wait(&j->changed, &j->lock);
    j->closing = true;
    pthread_cond_broadcast(&j->changed);
    pthread_mutex_unlock(&j->lock);
    pthread_join(j->signs, NULL);
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

static void report_progress(void *arg, struct import_at at)
{
    struct job *job = arg;
    pthread_mutex_lock(&job->jobs->lock);
    job->progress.at = at;
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
    if (t->dry_run) return true;
    struct tx tx;
    if (!tx_begin(&tx, t->office, a, u, STR("page"), err)) return false;
    if (import_remember(&tx, t->reg, sheet, *columns, err)) return tx_commit(&tx, err);
    tx_rollback(&tx);
    return false;
}

/* As many of the first faults as there is room for. */
static void put_faults(char *to, size_t size, const struct import_report *r)
{
    auto_arena a = arena_open();
    struct buf b = buf_in(a);
    buf_putf(&b, "有 %zu 处错误，什么也没有写入：", r->fault_count);
    for (size_t i = 0; i < r->fault_count && b.len < size; i++) {
        const struct import_fault *f = &r->faults[i];
        buf_putf(&b, "第%zu行 %.*s「%.*s」%.*s；", f->line, STR_ARG(f->column), STR_ARG(f->value), STR_ARG(f->why));
    }
    struct str text = buf_str(&b);
    snprintf(to, size, "%.*s", (int)utf8_cut(text, size - 1), text.s);
}

static void put_summary(char *to, size_t size, const struct import_report *r, bool dry_run)
{
    if (r->same_file)
        snprintf(to, size, "这个文件已经导入过，没有再导入");
    else if (r->fault_count)
        put_faults(to, size, r);
    else if (dry_run)
        snprintf(to, size, "试导入 %zu 行：可以新增 %zu 件，续办 %zu 件，已有 %zu 件；错误 0 处", r->rows, r->created,
                 r->advanced, r->repeated);
    else
        snprintf(to, size, "已导入 %zu 行：新增 %zu 件，续办 %zu 件，已有 %zu 件", r->rows, r->created, r->advanced,
                 r->repeated);
}

/* That the job is done is saved with what it did, or not at all. */
static bool save_end(void *arg, struct tx *tx, const struct import_report *report, struct error *err)
{
    struct job *job = arg;
    char summary[sizeof job->progress.summary];
    put_summary(summary, sizeof summary, report, false);
    struct job_row row = row_of(job, JOB_DONE, summary);
    return job_end_within(tx->conn, tx->office->key, &row, err);
}

static bool run_with(struct job *job, struct arena *a, const struct upload_sheet *u, struct import_report *report,
                     struct error *err)
{
    struct import_task *t = &job->task;
    struct user user;
    struct sheet_in sheet;
    struct str digest;
    struct import_column *columns;
    struct conn *c = store_read(t->office->store, err);
    bool ok = c && user_load(t->office, c, a, t->account, &user, err);
    if (c) store_done(c);
    if (!ok || !sheet_mapped_read(a, u->mapped, u->name, &sheet, &digest, err) ||
        !find_columns(t, a, &user, &sheet, &columns, err))
        return false;
    struct import_options options = {.digest = digest,
                                     .again = t->again,
                                     .dry_run = t->dry_run,
                                     .progress = report_progress,
                                     .progress_arg = job,
                                     .saving = save_end,
                                     .saving_arg = job};
    return import_run(t->office, a, &user, STR("import"), t->reg, &sheet, columns, &options, report, err);
}

static bool run_task(struct job *job, struct arena *a, struct import_report *report, struct error *err)
{
    const struct import_task *t = &job->task;
    struct upload_sheet u;
    if (!upload_open(t->office->store, a, t->office->key, t->account, t->digest, &u, err)) return false;
    bool ok = run_with(job, a, &u, report, err);
    upload_close(&u);
    return ok;
}

static void finish(struct job *job, bool failed, const char *summary)
{
    struct import_jobs *j = job->jobs;
    pthread_mutex_lock(&j->lock);
    job->progress.failed = failed;
    snprintf(job->progress.summary, sizeof job->progress.summary, "%s", summary);
    job->progress.finished = true;
    arena_close(job->arena);
    job->arena = NULL;
    struct app *app = job->task.app;
    pthread_mutex_unlock(&j->lock);
    apps_put(app);
    pthread_mutex_lock(&j->lock);
    j->running--;
    pthread_cond_broadcast(&j->changed);
    pthread_mutex_unlock(&j->lock);
}

static void *run(void *arg)
{
    struct job *job = arg;
    auto_arena a = arena_open();
    struct import_report r = {0};
    struct error err, ignored;
    bool ok = run_task(job, a, &r, &err);
    char summary[sizeof job->progress.summary];
    if (ok)
        put_summary(summary, sizeof summary, &r, job->task.dry_run);
    else
        snprintf(summary, sizeof summary, "%.400s", err.message);
    bool good = r.committed || (ok && job->task.dry_run && !r.fault_count && !r.same_file);
    if (!r.committed) {
        struct job_row row = row_of(job, good ? JOB_DONE : JOB_FAILED, summary);
        job_end(job->task.office->store, job->task.office->key, &row, &ignored);
    }
    finish(job, !good, summary);
    return NULL;
}

static struct import_task copy_task(struct arena *a, const struct import_task *t)
{
    struct import_task c = *t;
    c.account = str_copy(a, t->account);
    c.digest = str_copy(a, t->digest);
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
        if (job->progress.finished && (!oldest || job->order < oldest->order)) oldest = job;
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

/* Under the lock: the place is held, and the job counts as running. */
static struct job *hold_place(struct import_jobs *j, const struct import_task *task, int64_t id)
{
    struct job *job = j->running < RUNNING_MOST ? take_place(j) : NULL;
    if (!job) return NULL;
    struct arena *a = arena_open();
    *job = (struct job){.id = id, .order = ++j->started, .jobs = j, .arena = a, .task = copy_task(a, task)};
    snprintf(job->office, sizeof job->office, "%.*s", STR_ARG(task->office->key));
    apps_hold(task->app);
    j->running++;
    return job;
}

bool import_job_start(struct import_jobs *j, const struct import_task *task, int64_t *id, struct error *err)
{
    struct job_row row = {.account = task->account, .reg = task->reg->name, .summary = STR(""), .alive_at = job_now_ms()};
    if (!job_begin(task->office->store, task->office->key, &row, err)) return false;
    *id = row.id;
    pthread_mutex_lock(&j->lock);
    struct job *job = hold_place(j, task, row.id);
    bool started = job && start_thread(job);
    if (job && !started) {
        arena_close(job->arena);
        *job = (struct job){0};
        apps_put(task->app);
        j->running--;
    }
    pthread_mutex_unlock(&j->lock);
    if (started) return true;
    struct error ignored;
    row.state = JOB_FAILED;
    row.summary = STR("同时进行的导入太多，没有导入");
    job_end(task->office->store, task->office->key, &row, &ignored);
    return error_set(err, ERR_BUSY, "同时进行的导入太多，请等前面的导入完成后再试");
}

static struct job *find(struct import_jobs *j, const struct office *o, int64_t id)
{
    for (size_t i = 0; i < JOBS_MOST; i++)
        if (id && j->job[i].id == id && str_is(o->key, j->job[i].office)) return &j->job[i];
    return NULL;
}

/* What the row tells of a job that another server runs, or ran. */
static void from_row(struct import_progress *p, const struct job_row *row)
{
    bool running = row->state == JOB_RUNNING || row->state == JOB_ENDING;
    bool silent = running && job_now_ms() - row->alive_at > JOB_SILENT_MS;
    *p = (struct import_progress){.at = {row->state == JOB_ENDING ? IMPORT_WORDS : IMPORT_ROWS, (size_t)row->done,
                                         (size_t)row->total},
                                  .finished = !running || silent,
                                  .failed = row->state == JOB_FAILED || silent};
    if (silent)
        snprintf(p->summary, sizeof p->summary, "导入中断了（办理它的服务已停止），什么也没有写入，请重新导入");
    else
        snprintf(p->summary, sizeof p->summary, "%.*s", STR_ARG(row->summary));
}

bool import_job_progress(struct import_jobs *j, struct office *o, struct str account, const struct reg *reg, int64_t id,
                         struct import_progress *progress, struct error *err)
{
    auto_arena a = arena_open();
    struct job_row row;
    struct conn *c = store_read(o->store, err);
    bool ok = c && job_get(c, a, o->key, id, &row, err);
    if (c) store_done(c);
    if (!ok) return false;
    if (!str_eq(row.account, account) || !str_eq(row.reg, reg->name)) return error_set(err, ERR_NOT_FOUND, "没有这次导入");
    pthread_mutex_lock(&j->lock);
    struct job *job = find(j, o, id);
    if (job) *progress = job->progress;
    pthread_mutex_unlock(&j->lock);
    if (!job) from_row(progress, &row);
    return true;
}

void import_job_wait(struct import_jobs *j, const struct office *o, int64_t id, int ms)
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
    struct job *job = find(j, o, id);
    while (job && job->id == id && !job->progress.finished)
        if (pthread_cond_timedwait(&j->changed, &j->lock, &until) != 0) break;
    pthread_mutex_unlock(&j->lock);
}
