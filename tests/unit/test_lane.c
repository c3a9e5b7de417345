/* Lanes: all that was taken is done, what is too much is refused, the number of threads is kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "web/lane.h"

enum { THREADS = 3, WAITING = 5, MANY = 5000 };

struct piece {
    atomic_int *at_work, *most_at_work, *done;
    atomic_bool *go; /* waits for it; NULL: does not */
};

static void pause_ms(long ms)
{
    const struct timespec t = {.tv_nsec = ms * 1000000};
    nanosleep(&t, NULL);
}

static void work(void *arg)
{
    struct piece *p = arg;
    int now = atomic_fetch_add(p->at_work, 1) + 1, most = atomic_load(p->most_at_work);
    while (now > most && !atomic_compare_exchange_weak(p->most_at_work, &most, now)) continue;
    while (p->go && !atomic_load(p->go)) pause_ms(1);
    atomic_fetch_sub(p->at_work, 1);
    atomic_fetch_add(p->done, 1);
}

static void what_is_too_much_is_refused(void **state)
{
    (void)state;
    atomic_int at_work = 0, most = 0, done = 0;
    atomic_bool go = false;
    struct piece p = {&at_work, &most, &done, &go};
    struct lane *l = lane_open(THREADS, THREADS, WAITING, work);
    for (int i = 0; i < THREADS; i++) {
        assert_true(lane_put(l, &p));
        for (int waited = 0; atomic_load(&at_work) <= i && waited < 5000; waited++) pause_ms(1);
        assert_int_equal(atomic_load(&at_work), i + 1); /* one more thread each time */
    }
    for (int i = 0; i < WAITING; i++) assert_true(lane_put(l, &p));
    assert_false(lane_put(l, &p));
    assert_int_equal(atomic_load(&at_work), THREADS);
    atomic_store(&go, true);
    lane_end(l);
    assert_int_equal(atomic_load(&done), THREADS + WAITING);
    assert_int_equal(atomic_load(&most), THREADS);
    assert_false(lane_put(l, &p)); /* it has ended */
    lane_close(l);
}

struct putter {
    struct lane *lane;
    struct piece piece;
    int taken;
};

static void *put_many(void *arg)
{
    struct putter *p = arg;
    for (int i = 0; i < MANY; i++) p->taken += lane_put(p->lane, &p->piece);
    return NULL;
}

static void all_that_was_taken_is_done(void **state)
{
    (void)state;
    atomic_int at_work = 0, most = 0, done = 0;
    struct lane *l = lane_open(THREADS, THREADS, 64, work);
    struct putter putters[4];
    pthread_t threads[4];
    int taken = 0;
    for (int i = 0; i < 4; i++) putters[i] = (struct putter){l, {&at_work, &most, &done, NULL}, 0};
    for (int i = 0; i < 4; i++) assert_int_equal(pthread_create(&threads[i], NULL, put_many, &putters[i]), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        taken += putters[i].taken;
    }
    lane_end(l);
    assert_true(taken > 0 && atomic_load(&most) <= THREADS);
    assert_int_equal(atomic_load(&done), taken);
    lane_close(l);
}

/* One at once is the rule; held up, it does not keep the others. */
static void who_is_held_up_does_not_keep_the_others(void **state)
{
    (void)state;
    atomic_int at_work = 0, most = 0, done = 0, held = 0, held_done = 0;
    atomic_bool go = false;
    struct piece stuck = {&held, &most, &held_done, &go}, quick = {&at_work, &most, &done, NULL};
    struct lane *l = lane_open(THREADS, 1, 64, work);
    for (int i = 0; i < THREADS - 1; i++) assert_true(lane_put(l, &stuck));
    for (int waited = 0; atomic_load(&held) < THREADS - 1 && waited < 5000; waited++) pause_ms(1);
    assert_int_equal(atomic_load(&held), THREADS - 1);
    for (int i = 0; i < 20; i++) assert_true(lane_put(l, &quick));
    for (int waited = 0; atomic_load(&done) < 20 && waited < 5000; waited++) pause_ms(1);
    assert_int_equal(atomic_load(&done), 20);
    assert_int_equal(atomic_load(&held_done), 0);
    atomic_store(&go, true);
    lane_end(l);
    assert_int_equal(atomic_load(&held_done), THREADS - 1);
    lane_close(l);
}

static void so_many_at_once(void **state)
{
    (void)state;
    atomic_int at_work = 0, most = 0, done = 0;
    struct piece p = {&at_work, &most, &done, NULL};
    struct lane *l = lane_open(16, 1, 1000, work);
    for (int i = 0; i < 1000; i++) assert_true(lane_put(l, &p));
    lane_end(l);
    assert_int_equal(atomic_load(&done), 1000);
    lane_close(l);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_too_much_is_refused),
        cmocka_unit_test(all_that_was_taken_is_done),
        cmocka_unit_test(who_is_held_up_does_not_keep_the_others),
        cmocka_unit_test(so_many_at_once),
    };
    return cmocka_run_group_tests_name("lane", tests, NULL, NULL);
}
