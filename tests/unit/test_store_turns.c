/* Writers who share commits: each is told the truth about his own work, whatever the others do. */
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <time.h>

#include "store_world.h"

#include "store/inside.h"

static void pause_ms(long ms)
{
    const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&t, NULL);
}

static bool put(struct conn *c, const char *name, const char *value)
{
    struct error err;
    return setting_put(c, OFFICE, str_from(name), str_from(value), &err);
}

static bool is_there(struct world *w, const char *name)
{
    struct str value;
    struct conn *c = begin_read(w);
    OK(setting_get(c, w->arena, OFFICE, str_from(name), &value, &err));
    store_done(c);
    return value.len > 0;
}

/* ---- many at once ---- */

enum { THREADS = 24, ROUNDS = 40 };

struct crowd {
    struct world *w;
    atomic_int next_thread, counted, busy, refused, owed;
    _Atomic char told[THREADS][ROUNDS]; /* s saved, n not saved */
};

/* One who is told later. */
struct owed {
    struct store_promise promise;
    struct crowd *crowd;
    _Atomic char *told;
};

static void note_told(struct crowd *crowd, _Atomic char *told, bool saved)
{
    if (saved) atomic_store(told, 's');
    atomic_fetch_add(saved ? &crowd->counted : &crowd->refused, 1);
}

static void told_later(struct store_promise *p, bool saved, const struct error *err)
{
    struct owed *o = (struct owed *)p;
    (void)err;
    note_told(o->crowd, o->told, saved);
    atomic_fetch_sub(&o->crowd->owed, 1);
}

/* A shared number shows whether two wrote at the same time: each reads it and writes the next. */
static bool count_on(struct conn *c, struct arena *a)
{
    struct str text;
    struct error err;
    int64_t n = 0;
    if (!setting_get(c, a, OFFICE, STR("count"), &text, &err)) return false;
    if (text.len) str_to_i64(text, &n);
    return setting_put(c, OFFICE, STR("count"), str_printf(a, "%lld", (long long)n + 1), &err);
}

/* A statement that the database refuses; PostgreSQL refuses the whole transaction then. */
static void be_refused(struct conn *c)
{
    struct error err;
    assert_false(conn_execute(c, "insert into \"fz_setting\" (\"office\", \"name\", \"value\") values (null, null, null)", &err) &&
                 conn_settle(c, &err));
}

/* The same with a running number: who gives up gives it back. */
static bool take_number(struct world *w, struct conn *c)
{
    int64_t n;
    struct error err;
    return record_next_seq(c, OFFICE, &w->regs[0], 2024, &n, &err);
}

/* Announced, and told when it turns out. */
static void one_later(struct crowd *crowd, struct arena *a, const char *name, struct owed *owed)
{
    struct error err;
    owed->promise.told = told_later;
    owed->crowd = crowd;
    store_announce(crowd->w->store, OFFICE, &owed->promise);
    struct conn *c = store_write(crowd->w->store, OFFICE, &err);
    assert_non_null(c);
    assert_true(put(c, name, "x") && count_on(c, a) && take_number(crowd->w, c));
    atomic_fetch_add(&crowd->owed, 1);
    assert_true(store_commit_later(c, &owed->promise, &err));
    store_conclude(&owed->promise);
}

static void one_round(struct crowd *crowd, struct arena *a, struct owed *owed, int thread, int round)
{
    struct error err;
    struct conn *c;
    char name[32];
    _Atomic char *told = &crowd->told[thread][round];
    int what = (thread * 7 + round * 5) % 10;
    snprintf(name, sizeof name, "w%d-%d", thread, round);
    atomic_store(told, 'n');
    if (what >= 5 && what <= 7) {
        owed->told = told;
        one_later(crowd, a, name, owed);
        return;
    }
    if (what == 9) {
        assert_true(store_try_write(crowd->w->store, OFFICE, &c, &err));
        if (!c) atomic_fetch_add(&crowd->busy, 1);
    } else if (what == 8) {
        c = store_write_long(crowd->w->store, OFFICE, &err);
    } else {
        c = store_write(crowd->w->store, OFFICE, &err);
        assert_non_null(c);
    }
    if (!c) return;
    bool done = put(c, name, "x") && count_on(c, a) && take_number(crowd->w, c);
    assert_true(done);
    if (what == 0) be_refused(c);
    if (what <= 1) {
        store_rollback(c);
        return;
    }
    note_told(crowd, told, store_commit(c, &err));
}

static void *write_on(void *arg)
{
    struct crowd *crowd = arg;
    int thread = atomic_fetch_add(&crowd->next_thread, 1);
    struct owed owed[ROUNDS] = {0};
    for (int round = 0; round < ROUNDS; round++) {
        struct arena *a = arena_open();
        one_round(crowd, a, &owed[round], thread, round);
        arena_close(a);
    }
    /* Told before all have left: the promises stand here. */
    for (int waited = 0; atomic_load(&crowd->owed) && waited < 20000; waited += 5) pause_ms(5);
    assert_int_equal(atomic_load(&crowd->owed), 0);
    return NULL;
}

static void everybody_is_told_the_truth(void **state)
{
    struct world *w = *state;
    struct crowd *crowd = calloc(1, sizeof *crowd);
    crowd->w = w;
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, write_on, crowd), 0);
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&crowd->refused), 0);
    for (int i = 0; i < THREADS; i++)
        for (int k = 0; k < ROUNDS; k++) {
            char name[32];
            snprintf(name, sizeof name, "w%d-%d", i, k);
            char told = atomic_load(&crowd->told[i][k]);
            if (is_there(w, name) != (told == 's')) fail_msg("%s: told %c", name, told);
        }
    struct str count;
    struct conn *c = begin_read(w);
    OK(setting_get(c, w->arena, OFFICE, STR("count"), &count, &err));
    store_done(c);
    int64_t n = 0;
    str_to_i64(count, &n);
    assert_int_equal(n, atomic_load(&crowd->counted));
    c = begin_write(w);
    OK(record_next_seq(c, OFFICE, &w->regs[0], 2024, &n, &err));
    assert_int_equal(n, atomic_load(&crowd->counted) + 1);
    store_rollback(c);
    free(crowd);
}

/* ---- two, step by step ---- */

/* A second writer, who stands in line while the first is at work. */
struct second {
    struct world *w;
    bool takes_long;
    void (*work)(struct second *s, struct conn *c);
    atomic_bool has_turn, first_was_told;
    bool saw_first_told;
};

static void *second_writer(void *arg)
{
    struct second *s = arg;
    struct error err;
    struct conn *c = s->takes_long ? store_write_long(s->w->store, OFFICE, &err) : store_write(s->w->store, OFFICE, &err);
    if (!c) fail_with(&err);
    atomic_store(&s->has_turn, true);
    s->work(s, c);
    return NULL;
}

/* The first writes "first" and commits while the second waits; what he is told. */
static bool first_of_two(struct second *s, struct error *err)
{
    pthread_t thread;
    struct conn *c = begin_write(s->w);
    assert_int_equal(pthread_create(&thread, NULL, second_writer, s), 0);
    pause_ms(100); /* he stands in line now */
    assert_false(atomic_load(&s->has_turn));
    assert_true(put(c, "first", "x"));
    heads_leave(c, OFFICE, &(struct heads){.end = {.seq = 1, .hash = "a", .known = true, .moved = true}});
    bool saved = store_commit(c, err);
    atomic_store(&s->first_was_told, true);
    pthread_join(thread, NULL);
    return saved;
}

static void give_up(struct second *s, struct conn *c)
{
    (void)s;
    assert_true(put(c, "second", "x"));
    store_rollback(c);
}

static void one_gives_up_the_other_is_saved(void **state)
{
    struct second s = {.w = *state, .work = give_up};
    struct error err;
    assert_true(first_of_two(&s, &err));
    assert_true(is_there(s.w, "first") && !is_there(s.w, "second"));
}

/* What the database refuses only when it is asked in the end. */
static void be_refused_late(struct second *s, struct conn *c)
{
    (void)s;
    struct error err;
    struct heads h;
    heads_take(c, OFFICE, &h);
    assert_true(h.end.known && h.end.seq == 1);
    h.end.seq = 2;
    heads_leave(c, OFFICE, &h);
    if (conn_execute(c, "insert into \"fz_setting\" (\"office\", \"name\", \"value\") values (null, null, null)", &err))
        assert_false(store_commit(c, &err));
    else
        store_rollback(c);
}

static void what_a_refused_one_counted_is_not_left_behind(void **state)
{
    struct second s = {.w = *state, .work = be_refused_late};
    struct error first;
    struct str head;
    assert_true(first_of_two(&s, &first));
    struct conn *c = begin_read(s.w);
    OK(setting_get(c, s.w->arena, OFFICE, STR("chain_head"), &head, &err));
    store_done(c);
    assert_true(str_is(head, "1 a"));
}

/* More than a backend puts off at once; with one among them that the database refuses. */
enum { PUTS = 1000 };

static bool put_many(struct conn *c, bool one_refused)
{
    struct error err;
    char name[32];
    bool ok = true;
    for (int i = 0; ok && i < PUTS; i++) {
        snprintf(name, sizeof name, "many-%d", i);
        ok = put(c, name, name);
        if (ok && one_refused && i == PUTS / 2)
            ok = conn_execute(c, "insert into \"fz_setting\" (\"office\", \"name\", \"value\") values (null, null, null)", &err);
    }
    return ok;
}

static void what_was_put_off_is_done_or_told(void **state)
{
    struct world *w = *state;
    struct conn *c = begin_write(w);
    struct error why;
    if (put_many(c, true))
        assert_false(store_commit(c, &why));
    else
        store_rollback(c);
    assert_true(!is_there(w, "many-0") && !is_there(w, "many-999"));
    c = begin_write(w); /* the same connection */
    assert_true(put_many(c, false));
    OK(store_commit(c, &err));
    assert_true(is_there(w, "many-0") && is_there(w, "many-999"));
}

static void a_refused_part_is_undone_alone(void **state)
{
    struct world *w = *state;
    struct conn *c = begin_write(w);
    assert_true(put(c, "before", "x"));
    OK(store_savepoint(c, &err));
    struct error why;
    assert_false(put_many(c, true) && store_release(c, &why));
    OK(store_undo(c, &err));
    assert_true(put(c, "after", "x"));
    OK(store_commit(c, &err));
    assert_true(is_there(w, "before") && is_there(w, "after") && !is_there(w, "many-0"));
}

/* As a grave fault would: the transaction is gone under his hands. */
static void lose_transaction(struct second *s, struct conn *c)
{
    (void)s;
    struct error err;
    assert_true(put(c, "second", "x"));
    assert_true(conn_execute(c, "rollback", &err));
    store_rollback(c);
}

static void a_lost_transaction_is_told_to_all(void **state)
{
    struct second s = {.w = *state, .work = lose_transaction};
    struct error err = {0};
    assert_false(first_of_two(&s, &err));
    assert_int_equal(err.code, ERR_BUSY);
    assert_non_null(strstr(err.message, "没有保存"));
    assert_true(!is_there(s.w, "first") && !is_there(s.w, "second"));
    struct conn *c = begin_write(s.w); /* the turn is free again */
    store_rollback(c);
}

static int refuse_commit(void *arg)
{
    (void)arg;
    return 1;
}

static void fail_commit(struct second *s, struct conn *c)
{
    struct error fault;
    assert_true(put(c, "second", "x"));
    if (store_dialect(s->w->store) == DIALECT_SQLITE) {
        sqlite3_commit_hook(c->handle, refuse_commit, NULL);
    } else {
        OK(conn_execute(c, "create temporary table later (a int primary key, b int references later (a) deferrable "
                           "initially deferred) on commit drop", &err));
        OK(conn_execute(c, "insert into later (a, b) values (1, 2)", &err));
    }
    assert_false(store_commit(c, &fault));
}

static void a_failed_commit_is_told_to_all(void **state)
{
    struct second s = {.w = *state, .work = fail_commit};
    struct error err = {0};
    assert_false(first_of_two(&s, &err));
    assert_true(err.message[0] != '\0');
    assert_true(!is_there(s.w, "first") && !is_there(s.w, "second"));
}

static void take_long(struct second *s, struct conn *c)
{
    for (int waited = 0; !atomic_load(&s->first_was_told) && waited < 5000; waited += 10) pause_ms(10);
    s->saw_first_told = atomic_load(&s->first_was_told);
    struct error err;
    assert_true(put(c, "second", "x"));
    assert_true(store_commit(c, &err));
}

static void nobody_waits_for_a_long_write(void **state)
{
    struct second s = {.w = *state, .work = take_long, .takes_long = true};
    struct error err;
    assert_true(first_of_two(&s, &err));
    assert_true(s.saw_first_told);
    assert_true(is_there(s.w, "first") && is_there(s.w, "second"));
}

static void trying_does_not_wait(void **state)
{
    struct world *w = *state;
    struct error err;
    struct conn *c = begin_write(w), *other;
    assert_true(store_try_write(w->store, OFFICE, &other, &err));
    assert_null(other);
    store_rollback(c);
    assert_true(store_try_write(w->store, OFFICE, &other, &err));
    assert_non_null(other);
    store_rollback(other);
}

/* The same from another store, as another server would hold it. */
static void trying_does_not_wait_for_another_server(void **state)
{
    struct world *w = *state;
    struct error err;
    struct store *second = store_open(w->folder, test_database(w->arena, w->folder), &w->model, false, &err);
    assert_non_null(second);
    struct conn *c = begin_write(w), *other;
    if (!conn_settle(c, &err)) fail_with(&err);
    assert_true(store_try_write(second, OFFICE, &other, &err));
    assert_null(other);
    store_rollback(c);
    store_close(second);
}

/* ---- promises ---- */

struct promised {
    struct store_promise promise;
    int told; /* times */
    bool saved;
};

static void hear(struct store_promise *p, bool saved, const struct error *err)
{
    struct promised *me = (struct promised *)p;
    (void)err;
    me->told++;
    me->saved = saved;
}

static void announce(struct world *w, struct promised *p)
{
    *p = (struct promised){.promise.told = hear};
    store_announce(w->store, OFFICE, &p->promise);
}

static void promise(struct world *w, struct promised *p, const char *name)
{
    struct conn *c = begin_write(w);
    assert_true(put(c, name, "x"));
    OK(store_commit_later(c, &p->promise, &err));
    assert_true(p->promise.made);
}

static void the_last_to_be_concluded_goes_to_disk(void **state)
{
    struct world *w = *state;
    struct promised first, second;
    announce(w, &first);
    announce(w, &second);
    promise(w, &first, "first");
    store_conclude(&first.promise);
    assert_true(first.told == 0 && !is_there(w, "first"));
    promise(w, &second, "second");
    assert_true(second.told == 0 && !is_there(w, "second"));
    store_conclude(&second.promise);
    assert_true(first.told == 1 && first.saved && second.told == 1 && second.saved);
    assert_true(is_there(w, "first") && is_there(w, "second"));
    store_conclude(&second.promise); /* once more is nothing */
}

static void who_was_announced_need_not_write(void **state)
{
    struct world *w = *state;
    struct promised first, second;
    announce(w, &first);
    announce(w, &second);
    promise(w, &first, "first");
    struct conn *c = begin_write(w); /* the second gives up */
    assert_true(put(c, "second", "x"));
    store_rollback(c);
    store_conclude(&first.promise);
    assert_int_equal(first.told, 0);
    store_conclude(&second.promise);
    assert_true(first.told == 1 && first.saved && !second.promise.made && second.told == 0);
    assert_true(is_there(w, "first") && !is_there(w, "second"));
}

/* Who was not announced gets his commit at once. */
static void who_is_late_is_told_at_once(void **state)
{
    struct world *w = *state;
    struct promised p = {.promise.told = hear};
    promise(w, &p, "first");
    assert_true(p.told == 1 && p.saved && is_there(w, "first"));
}

static void what_was_promised_may_be_lost(void **state)
{
    struct world *w = *state;
    struct promised first, second;
    announce(w, &first);
    announce(w, &second);
    promise(w, &first, "first");
    struct conn *c = begin_write(w);
    OK(conn_execute(c, "rollback", &err));
    store_rollback(c);
    store_conclude(&first.promise);
    store_conclude(&second.promise);
    assert_true(first.told == 1 && !first.saved && second.told == 0 && !is_there(w, "first"));
}

/* Somebody is announced and does not come. */
static void nobody_waits_long_for_the_announced(void **state)
{
    struct world *w = *state;
    struct promised one, lost;
    announce(w, &one);
    announce(w, &lost);
    promise(w, &one, "one");
    store_conclude(&one.promise);
    struct conn *c = begin_write(w);
    assert_true(put(c, "other", "x"));
    OK(store_commit(c, &err));
    assert_true(one.told == 1 && one.saved && is_there(w, "one") && is_there(w, "other"));
    store_conclude(&lost.promise);
}

/* One promises, another who writes without a savepoint gives up: after he wrote nothing, after he guarded himself, and
 * after neither. */
enum giving_up { NOTHING_WRITTEN, GUARDED, CARELESS };

static void promise_and_give_up(struct world *w, struct promised *p, enum giving_up how)
{
    announce(w, p);
    promise(w, p, "kept");
    struct error err;
    struct conn *c = store_write_unguarded(w->store, OFFICE, &err);
    assert_non_null(c);
    if (how == GUARDED) assert_true(store_guard(c, &err));
    if (how != NOTHING_WRITTEN) assert_true(put(c, "given_up", "x"));
    store_rollback(c);
    store_conclude(&p->promise);
    assert_int_equal(p->told, 1);
    assert_false(is_there(w, "given_up"));
    assert_int_equal(is_there(w, "kept"), p->saved);
}

static void who_gives_up_unguarded_undoes_what_he_can(void **state)
{
    struct world *w = *state;
    struct promised p;
    promise_and_give_up(w, &p, CARELESS);
    bool counted = store_dialect(w->store) == DIALECT_SQLITE; /* elsewhere everybody is guarded */
    assert_int_equal(p.saved, !counted);
    promise_and_give_up(w, &p, NOTHING_WRITTEN);
    assert_true(p.saved);
    promise_and_give_up(w, &p, GUARDED);
    assert_true(p.saved);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(everybody_is_told_the_truth, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_gives_up_the_other_is_saved, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_a_refused_one_counted_is_not_left_behind, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_put_off_is_done_or_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_refused_part_is_undone_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lost_transaction_is_told_to_all, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failed_commit_is_told_to_all, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nobody_waits_for_a_long_write, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_last_to_be_concluded_goes_to_disk, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_was_announced_need_not_write, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_is_late_is_told_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_promised_may_be_lost, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nobody_waits_long_for_the_announced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_gives_up_unguarded_undoes_what_he_can, set_up, tear_down),
        cmocka_unit_test_setup_teardown(trying_does_not_wait, set_up, tear_down),
        cmocka_unit_test_setup_teardown(trying_does_not_wait_for_another_server, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("store_turns", tests, NULL, NULL);
}
