/* The store: act log, deadlines, people, attachments; the data folder over time: migration, backup, threads. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "store_world.h"

#include "base/file.h"
#include "store/inside.h"

/* ---- acts ---- */

static struct act_entry entry(int64_t seq, const char *reg, int64_t record, const char *act)
{
    return (struct act_entry){.seq = seq, .reg = str_from(reg), .record = record, .act = str_from(act), .actor = STR("wang"),
                              .at = 1709254800000 + seq, .on = STR("2024-03-01"), .entrance = STR("page"),
                              .inputs = STR("{\"a\":\"'; --\"}"), .changes = STR("{}"), .prev_hash = STR("00ff"), .hash = STR("ff00")};
}

static bool first_two(void *arg, const struct act_entry *e)
{
    int64_t *last = arg;
    assert_int_equal(e->seq, *last + 1);
    *last = e->seq;
    return *last < 3;
}

static void acts_are_appended_in_order(void **state)
{
    struct world *w = *state;
    static const struct act looks[] = {{.kind = ACT_VIEW, .name = {"view", 4}}};
    w->regs[0].acts = looks;
    w->regs[0].act_count = 1;
    struct conn *c = begin_write(w);
    int64_t seq;
    struct str hash;
    OK(act_last(c, w->arena, OFFICE, &seq, &hash, &err));
    assert_true(seq == 0 && hash.len == 0);
    struct act_entry list[] = {entry(1, "matter", 5, "create"), entry(2, "matter", 6, "create"), entry(3, "matter", 5, "view"),
                               entry(4, "", 0, "account"), entry(5, "matter", 5, "amend")};
    for (int i = 0; i < 5; i++) OK(act_append(c, OFFICE, &list[i], &err));
    struct error fault;
    struct act_entry again = entry(5, "matter", 5, "amend");
    OK(store_savepoint(c, &err));
    assert_false(act_append(c, OFFICE, &again, &fault) && conn_settle(c, &fault));
    assert_int_equal(fault.code, ERR_CONFLICT);
    OK(store_undo(c, &err));
    OK(store_commit(c, &err));
    c = begin_read(w);
    OK(act_last(c, w->arena, OFFICE, &seq, &hash, &err));
    assert_true(seq == 5 && str_is(hash, "ff00"));
    struct act_entry *got;
    size_t n;
    int64_t total;
    OK(act_list_of_record(c, w->arena, OFFICE, STR("matter"), 5, &got, &n, &err));
    assert_int_equal(n, 3);
    assert_true(got[0].seq == 1 && got[2].seq == 5 && str_eq(got[0].inputs, list[0].inputs) && got[0].at == list[0].at);
    assert_true(str_is(got[0].prev_hash, "00ff") && str_is(got[0].on, "2024-03-01") && str_is(got[0].entrance, "page"));
    struct act_filter all = {0}, matters = {.reg = STR("matter")}, own = {.administration = true};
    struct act_filter nobody = {.actor = STR("nobody")}, past = {.until = list[0].at}, page = {.entrance = STR("page"), .from = 1};
    OK(act_list_newest(c, w->arena, OFFICE, &all, 1, 2, &got, &n, &total, &err));
    assert_true(n == 2 && total == 5 && got[0].seq == 4 && got[0].reg.len == 0);
    OK(act_list_newest(c, w->arena, OFFICE, &matters, 0, 50, &got, &n, &total, &err));
    for (size_t i = 0; i < n; i++) assert_true(str_is(got[i].reg, "matter"));
    int64_t of_matters = total;
    OK(act_list_newest(c, w->arena, OFFICE, &own, 0, 50, &got, &n, &total, &err));
    assert_true(n > 0 && got[0].reg.len == 0 && of_matters + total <= 5 && of_matters > 0);
    OK(act_list_newest(c, w->arena, OFFICE, &nobody, 0, 50, &got, &n, &total, &err));
    assert_true(n == 0 && total == 0);
    OK(act_list_newest(c, w->arena, OFFICE, &past, 0, 50, &got, &n, &total, &err));
    assert_int_equal(total, 0);
    OK(act_list_newest(c, w->arena, OFFICE, &page, 0, 50, &got, &n, &total, &err));
    assert_int_equal(total, 5);
    int64_t last = 1;
    OK(act_each(c, OFFICE, 1, first_two, &last, &err));
    assert_int_equal(last, 3);
    struct str *regs;
    int64_t *counts;
    OK(act_changed_since(c, w->arena, OFFICE, &w->model, 1, &regs, &counts, &n, &err));
    assert_true(n == 1 && counts[0] == 2); /* seq 2 and 5: looking changes nothing */
    struct act_done looked = {.reg = STR("matter"), .record = 5, .act = STR("view"), .actor = list[2].actor, .since = list[2].at};
    bool done;
    OK(act_was_done(c, OFFICE, &looked, &done, &err));
    assert_true(done);
    looked.since++;
    OK(act_was_done(c, OFFICE, &looked, &done, &err));
    assert_false(done);
    looked.since = 0;
    looked.actor = STR("nobody");
    OK(act_was_done(c, OFFICE, &looked, &done, &err));
    assert_false(done);
    store_done(c);
}

/* ---- deadlines ---- */

static struct deadline_row due(int64_t record, const char *legal, enum deadline_state s)
{
    return (struct deadline_row){.reg = STR("matter"), .record = record, .name = STR("reply"), .start_on = STR("2024-03-01"),
                                 .strict_on = STR("2024-03-16"), .legal_on = str_from(legal), .state = s, .deducted = 2,
                                 .extended = 3, .cite = STR("条例"), .rule = STR("XFW-09"), .length = STR("15 days"),
                                 .roll = STR("law"), .calendar = STR("national")};
}

static void deadlines_are_kept_and_listed(void **state)
{
    struct world *w = *state;
    for (int64_t i = 1; i <= 4; i++) add(w, matter(w, i, i == 1 ? "最晚" : "早", "", i));
    struct deadline_row rows[] = {due(1, "2024-03-20", DEADLINE_RUNNING), due(2, "2024-03-10", DEADLINE_MET),
                                  due(3, "2024-03-18", DEADLINE_RUNNING), due(4, "2024-03-19", DEADLINE_SUSPENDED)};
    struct conn *c = begin_write(w);
    for (int i = 0; i < 4; i++) OK(deadline_put(c, OFFICE, &rows[i], &err));
    rows[2].legal_on = STR("2024-03-25");
    OK(deadline_put(c, OFFICE, &rows[2], &err)); /* replaces */
    OK(store_commit(c, &err));
    c = begin_read(w);
    struct seen_register regs[] = {{&w->regs[0], everything}, {&w->regs[1], everything}};
    struct deadline_query q = {.office = OFFICE, .regs = regs, .reg_count = 2, .limit = 9};
    struct due_list open;
    struct deadline_row *list;
    size_t n;
    int64_t counts[2];
    const struct str days[] = {STR("2024-03-20"), STR("")};
    OK(deadline_list_open(c, w->arena, &q, &open, &err));
    assert_true(open.count == 2 && open.items[0].head.id == 1 && open.items[1].head.id == 3 && !open.before && !open.after);
    assert_true(str_is(open.items[0].title, "最晚") && open.items[0].deadline.extended == 3 &&
                open.items[0].deadline.met_on.len == 0);
    OK(deadline_count_open(c, &q, days, 2, counts, &err));
    assert_true(counts[0] == 1 && counts[1] == 2);
    int64_t org = 4;
    regs[0].sight = (struct sight){.orgs = &org, .org_count = 1};
    OK(deadline_list_open(c, w->arena, &q, &open, &err));
    assert_int_equal(open.count, 0);
    OK(deadline_count_open(c, &q, days, 2, counts, &err));
    assert_true(counts[0] == 0 && counts[1] == 0);
    OK(deadline_list_running(c, w->arena, OFFICE, &list, &n, &err));
    assert_int_equal(n, 3);
    struct deadline_row next[3];
    OK(deadline_list_next(c, w->arena, OFFICE, &w->regs[0], STR("2024-03-22"), (int64_t[]){3, 2, 1}, 3, next, &err));
    assert_true(str_is(next[0].legal_on, "2024-03-25") && next[1].name.len == 0 && str_is(next[2].legal_on, "2024-03-20"));
    OK(deadline_list_of_record(c, w->arena, OFFICE, STR("matter"), 4, &list, &n, &err));
    assert_true(n == 1 && list[0].state == DEADLINE_SUSPENDED && str_is(list[0].rule, "XFW-09"));
    store_done(c);
}

/* A right that lapsed is nothing to do. */
static void rights_leave_when_they_lapse(void **state)
{
    struct world *w = *state;
    static const struct deadline rules[] = {{.name = {"reply", 5}}, {.name = {"review", 6}, .right = true}};
    w->regs[0].deadlines = rules;
    w->regs[0].deadline_count = 2;
    struct deadline_row rows[] = {due(1, "2024-03-20", DEADLINE_RUNNING), due(1, "2024-03-10", DEADLINE_RUNNING),
                                  due(2, "2024-03-21", DEADLINE_RUNNING), due(2, "", DEADLINE_RUNNING)};
    add(w, matter(w, 1, "甲", "", 1));
    add(w, matter(w, 2, "乙", "", 1));
    struct conn *c = begin_write(w);
    for (int i = 0; i < 4; i++) {
        rows[i].name = rules[i % 2].name;
        OK(deadline_put(c, OFFICE, &rows[i], &err));
    }
    OK(store_commit(c, &err));
    c = begin_read(w);
    static const struct {
        const char *today;
        size_t open;
        const char *next; /* of the first record */
    } cases[] = {{"2024-03-10", 4, "2024-03-10"}, {"2024-03-11", 3, "2024-03-20"}, {"2024-03-30", 3, "2024-03-20"}};
    struct seen_register regs[] = {{&w->regs[0], everything}, {&w->regs[1], everything}};
    struct deadline_query q = {.office = OFFICE, .regs = regs, .reg_count = 2, .limit = 9};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct due_list open;
        struct deadline_row next[1];
        int64_t all;
        q.today = str_from(cases[i].today);
        OK(deadline_list_open(c, w->arena, &q, &open, &err));
        assert_int_equal(open.count, cases[i].open);
        OK(deadline_count_open(c, &q, (const struct str[]){STR("")}, 1, &all, &err));
        assert_int_equal(all, cases[i].open);
        OK(deadline_list_next(c, w->arena, OFFICE, &w->regs[0], q.today, (int64_t[]){1}, 1, next, &err));
        assert_true(str_is(next[0].legal_on, cases[i].next));
    }
    store_done(c);
}

/* Page by page, forwards and backwards, over registers that are seen in part. */
static void open_deadlines_are_paged(void **state)
{
    struct world *w = *state;
    struct conn *c = begin_write(w);
    for (int64_t i = 1; i <= 600; i++) {
        struct record r = matter(w, i, "事", "", i % 3);
        OK(record_insert(c, OFFICE, &r, &err));
        struct deadline_row d = due(i, "", i % 5 ? DEADLINE_RUNNING : DEADLINE_MET);
        d.legal_on = i % 7 ? str_printf(w->arena, "2024-03-%02d", (int)(i * 37 % 28) + 1) : STR("");
        if (i % 11 == 0) d.strict_at = str_printf(w->arena, "%.*sT1%d:00", STR_ARG(d.legal_on), (int)i % 10);
        OK(deadline_put(c, OFFICE, &d, &err));
    }
    OK(store_commit(c, &err));
    c = begin_read(w);
    int64_t org = 2, forwards[600], backwards[600];
    struct seen_register regs[] = {{&w->regs[0], {.orgs = &org, .org_count = 1}}, {&w->regs[1], everything}};
    struct deadline_query q = {.office = OFFICE, .regs = regs, .reg_count = 2, .limit = 9};
    struct due_list page;
    size_t n = 0, m = 0;
    for (bool more = true; more; more = page.after, q.from = LIST_AFTER) {
        OK(deadline_list_open(c, w->arena, &q, &page, &err));
        for (size_t i = 0; i < page.count; i++) forwards[n++] = page.items[i].head.id;
        q.place = deadline_place_of(&page.items[page.count - 1]);
    }
    assert_int_equal(n, 160); /* of 200 with this organisation those that are running */
    q.from = LIST_LAST;
    for (bool more = true; more; more = page.before, q.from = LIST_BEFORE) {
        OK(deadline_list_open(c, w->arena, &q, &page, &err));
        for (size_t i = page.count; i-- > 0;) backwards[m++] = page.items[i].head.id;
        q.place = deadline_place_of(&page.items[0]);
    }
    assert_int_equal(m, n);
    for (size_t i = 0; i < n; i++) assert_int_equal(forwards[i], backwards[n - 1 - i]);
    int64_t counts[2];
    OK(deadline_count_open(c, &q, (const struct str[]){STR("2024-03-14"), STR("")}, 2, counts, &err));
    assert_true(counts[1] == (int64_t)n && counts[0] > 0 && counts[0] < counts[1]);
    store_done(c);
}

/* ---- people ---- */

static void people_are_kept(void **state)
{
    struct world *w = *state;
    struct org orgs[] = {{.id = 1, .code = STR("A"), .name = STR("街道"), .kind = STR("office")},
                         {.id = 2, .parent = 1, .code = STR("B"), .name = STR("社区"), .kind = STR("community")},
                         {.id = 3, .parent = 2, .code = STR("C"), .name = STR("网格"), .kind = STR("grid")},
                         {.id = 4, .parent = 1, .code = STR("D"), .name = STR("网格"), .kind = STR("grid"), .closed = true}};
    struct account acc = {.name = STR("wang"), .person = STR("王'\"五"), .org = 2, .roles = STR("clerk leader"), .failures = 3,
                          .must_change = true, .prefs = STR("{}")};
    struct session s = {.digest = STR("d1"), .account = STR("wang"), .csrf = STR("x"), .created_at = 5, .seen_at = 10};
    struct conn *c = begin_write(w);
    for (int i = 0; i < 4; i++) OK(org_put(c, OFFICE, &orgs[i], &err));
    OK(account_put(c, OFFICE, &acc, &err));
    acc.disabled = true;
    OK(account_put(c, OFFICE, &acc, &err));
    OK(session_put(c, OFFICE, &s, &err));
    OK(setting_put(c, OFFICE, STR("k"), STR("一"), &err));
    OK(setting_put(c, OFFICE, STR("k"), STR("二"), &err));
    struct fixed_report r = {.report = STR("annual"), .period = STR("2024"), .seq = 7, .figures = STR("[]"), .text = STR("正文")};
    OK(fixed_report_put(c, OFFICE, &r, &err));
    OK(fixed_report_put(c, OFFICE, &r, &err));
    assert_int_equal(r.id, 2);
    OK(store_commit(c, &err));
    c = begin_write(w);
    int64_t *ids, id;
    size_t n;
    struct org *list;
    OK(org_subtree(c, w->arena, OFFICE, 2, &ids, &n, &err));
    assert_true(n == 2 && ids[0] == 2 && ids[1] == 3);
    OK(org_list(c, w->arena, OFFICE, &list, &n, &err));
    assert_true(n == 4 && list[3].closed && str_is(list[2].name, "网格"));
    OK(org_find(c, OFFICE, STR("B"), &id, &err));
    assert_int_equal(id, 2);
    OK(org_find(c, OFFICE, STR("网格"), &id, &err));
    assert_int_equal(id, -1);
    struct account got;
    OK(account_get(c, w->arena, OFFICE, STR("wang"), &got, &err));
    assert_true(got.disabled && got.must_change && got.failures == 3 && str_eq(got.person, acc.person) && got.org == 2);
    struct error fault;
    assert_false(account_get(c, w->arena, OFFICE, STR("' or 1=1 --"), &got, &fault));
    assert_int_equal(fault.code, ERR_NOT_FOUND);
    struct session found_session;
    int64_t *below;
    size_t below_count;
    OK(session_find(c, w->arena, OFFICE, STR("d1"), &found_session, &got, &below, &below_count, &err));
    assert_true(found_session.seen_at == 10 && str_is(found_session.account, "wang"));
    assert_true(got.failures == 3 && str_eq(got.person, acc.person) && below_count > 0 && below[0] == 2);
    OK(session_purge(c, OFFICE, 10, &err));
    OK(session_find(c, w->arena, OFFICE, STR("d1"), &found_session, &got, &below, &below_count, &err));
    OK(session_delete_of(c, OFFICE, STR("wang"), &err));
    assert_false(session_find(c, w->arena, OFFICE, STR("d1"), &found_session, &got, &below, &below_count, &fault));
    struct str value;
    OK(setting_get(c, w->arena, OFFICE, STR("k"), &value, &err));
    assert_true(str_is(value, "二"));
    OK(setting_get(c, w->arena, OFFICE, STR("none"), &value, &err));
    assert_int_equal(value.len, 0);
    struct fixed_report *reports;
    OK(fixed_report_list(c, w->arena, OFFICE, STR("annual"), STR("2024"), &reports, &n, &err));
    assert_true(n == 2 && reports[0].id == 2 && reports[1].seq == 7);
    store_rollback(c);
}

/* ---- attachments, backup ---- */

static struct attachment attach(struct world *w, struct str bytes, const char *name)
{
    struct attachment att = {.name = str_from(name), .added_by = STR("wang")};
    struct conn *c = begin_write(w);
    OK(attachment_add(c, OFFICE, bytes, &att, &err));
    OK(store_commit(c, &err));
    att.digest = str_copy(w->arena, att.digest);
    return att;
}

static char *path_of(struct world *w, const char *folder, struct str digest)
{
    return str_cstr(w->arena, str_printf(w->arena, "%s/attachments/%.2s/%.*s", folder, digest.s, STR_ARG(digest)));
}

static void attachments_are_checked(void **state)
{
    struct world *w = *state;
    struct attachment att = attach(w, STR("abc"), "决定书.pdf");
    /* GB/T 32905-2016, example 1 */
    assert_true(str_is(att.digest, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"));
    struct attachment again = attach(w, STR("abc"), "另名.pdf");
    assert_true(str_eq(again.digest, att.digest));
    struct conn *c = begin_read(w);
    struct attachment got;
    struct str bytes;
    OK(attachment_get(c, w->arena, OFFICE, att.digest, &got, &bytes, &err));
    assert_true(str_is(bytes, "abc") && got.size == 3 && str_is(got.name, "决定书.pdf"));
    const char *server = test_database(w->arena, w->folder);
    if (server)
        on_server(server, "update fz_attachment_part set content = 'abd'");
    else
        OK(file_write(path_of(w, w->folder, att.digest), STR("abd"), true, &err));
    struct error fault;
    store_done(c); /* the server's view is of one moment */
    c = begin_read(w);
    assert_false(attachment_get(c, w->arena, OFFICE, att.digest, &got, &bytes, &fault));
    assert_int_equal(fault.code, ERR_STORE);
    OK(attachment_get(c, w->arena, OFFICE, att.digest, &got, NULL, &err));
    static const char *const bad[] = {"", "../../../../etc/passwd", "66C7", "zz"};
    for (size_t i = 0; i < 4; i++)
        assert_false(attachment_get(c, w->arena, OFFICE, str_from(bad[i]), &got, &bytes, &fault));
    store_done(c);
    attach(w, STR("abc"), "x"); /* heals the damaged file */
    c = begin_read(w);
    OK(attachment_get(c, w->arena, OFFICE, att.digest, &got, &bytes, &err));
    store_done(c);
}

static void backup_is_whole(void **state)
{
    if (getenv("FAZHI_TEST_POSTGRES")) skip(); /* of the folder */
    struct world *w = *state;
    add(w, matter(w, 1, "备份", "", 0));
    struct attachment att = attach(w, STR("%PDF-1.7"), "a.pdf");
    assert_true(str_is(att.type, "application/pdf"));
    OK(file_write(str_cstr(w->arena, str_printf(w->arena, "%s/key", w->folder)), STR("k"), true, &err));
    char *to = str_cstr(w->arena, str_printf(w->arena, "%s-copy", w->folder));
    OK(store_backup(w->store, to, &err));
    struct error fault;
    assert_false(store_backup(w->store, to, &fault));
    add(w, matter(w, 2, "之后", "", 0));
    w->folder = to;
    open_again(w);
    assert_int_equal(hits(w, ""), 1);
    assert_int_equal(hits(w, "备份"), 1);
    assert_true(file_exists(path_of(w, to, att.digest)));
    struct stat st;
    assert_int_equal(stat(str_cstr(w->arena, str_printf(w->arena, "%s/key", to)), &st), 0);
    assert_int_equal(st.st_mode & 077, 0);
}

/* A backup that fails leaves nothing behind. */
static void failed_backup_leaves_nothing(void **state)
{
    if (getenv("FAZHI_TEST_POSTGRES")) skip(); /* of the folder */
    struct world *w = *state;
    struct attachment att = attach(w, STR("abc"), "a");
    char *path = path_of(w, w->folder, att.digest);
    unlink(path);
    assert_int_equal(mkdir(path, 0700), 0); /* no regular file: cannot be copied */
    char *to = str_cstr(w->arena, str_printf(w->arena, "%s-copy", w->folder));
    struct error fault;
    assert_false(store_backup(w->store, to, &fault));
    struct str *names;
    size_t n;
    OK(file_list(w->arena, w->parent, NULL, &names, &n, &err));
    assert_int_equal(n, 1);
    assert_true(str_is(names[0], "data"));
}

/* ---- the folder over time ---- */

static void newer_definitions_keep_every_row(void **state)
{
    struct world *w = *state;
    for (int64_t i = 1; i <= 50; i++) add(w, matter(w, i, "旧记录", "内容", 0));
    w->regs[0].field_count = FIELDS + 1;
    w->matter[BODY].searched = false;
    w->matter[TITLE].unique = true;
    open_again(w);
    struct record_list list;
    assert_int_equal(found(w, (struct list_query){.sight = everything, .limit = 60, .sort_field = STR("id")}, &list), 50);
    for (size_t i = 0; i < 50; i++) {
        assert_true(str_is(list.rows[i].values[BODY].t, "内容"));
        assert_int_equal(list.rows[i].values[FIELDS].kind, VALUE_NULL);
    }
    assert_int_equal(hits(w, "旧记"), 50);
    assert_int_equal(hits(w, "内容"), 0); /* no longer searched: the index was made anew */
    struct record r = list.rows[0];
    r.values = arena_new_array(w->arena, struct value, FIELDS + 1);
    memcpy(r.values, list.rows[0].values, (FIELDS + 1) * sizeof *r.values);
    r.values[FIELDS] = value_int(9);
    r.head.version++;
    struct conn *c = begin_write(w);
    OK(record_update(c, OFFICE, &list.rows[0], &r, &err));
    OK(store_commit(c, &err));
    /* the field vanishes, and comes back with its content */
    w->regs[0].field_count = FIELDS;
    open_again(w);
    w->regs[0].field_count = FIELDS + 1;
    open_again(w);
    found(w, (struct list_query){.sight = everything, .limit = 1, .sort_field = STR("id")}, &list);
    assert_int_equal(list.rows[0].values[FIELDS].i, 9);
}

static void changed_types_are_refused(void **state)
{
    struct world *w = *state;
    struct record r = matter(w, 1, "甲", "", 0);
    r.values[COST] = value_int(5);
    add(w, r);
    static const struct {
        const char *name;
        int field;
        enum field_type type;
        bool opens;
    } cases[] = {
        {"text to number", TITLE, FIELD_INTEGER, false}, {"text to code", TITLE, FIELD_CODE, false},
        {"text to place", TITLE, FIELD_PLACE, true},     {"money to decimal", COST, FIELD_DECIMAL, false},
        {"empty text to code", SOURCE, FIELD_CODE, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum field_type was = w->matter[cases[i].field].type;
        w->matter[cases[i].field].type = cases[i].type;
        store_close(w->store);
        struct error fault = {0};
        w->model.digest = str_printf(w->arena, "%d", ++w->opened);
        w->store = store_open(w->folder, test_database(w->arena, w->folder), &w->model, false, &fault);
        if ((w->store != NULL) != cases[i].opens) fail_msg("%s: %s", cases[i].name, fault.message);
        if (!w->store) assert_non_null(strstr(fault.message, "不能自动转换"));
        if (cases[i].field != SOURCE) w->matter[cases[i].field].type = was;
        open_again(w);
        assert_int_equal(hits(w, "甲"), 1);
    }
}

static void missing_folder_is_told(void **state)
{
    struct world *w = *state;
    struct error fault;
    assert_null(store_open("/nonexistent/fazhi", NULL, &w->model, false, &fault));
    assert_int_equal(fault.code, ERR_NOT_FOUND);
    assert_non_null(strstr(fault.message, "fazhi init"));
}

static void one_server_a_folder(void **state)
{
    if (getenv("FAZHI_TEST_POSTGRES")) skip(); /* of the folder */
    struct world *w = *state;
    OK(store_lock_serving(w->store, &err));
    struct error fault = {0};
    struct store *second = store_open(w->folder, test_database(w->arena, w->folder), &w->model, false, &fault);
    assert_non_null(second); /* a command beside the server */
    assert_false(store_lock_serving(second, &fault));
    assert_int_equal(fault.code, ERR_CONFLICT);
    store_close(w->store);
    w->store = NULL;
    assert_true(store_lock_serving(second, &fault));
    store_close(second);
}

/* ---- threads ---- */

struct readers {
    struct world *w;
    atomic_bool stop;
    atomic_int faults, reads;
};

/* The writer adds two records in each transaction: a reader that sees an odd number saw half of one. */
static void *read_on(void *arg)
{
    struct readers *r = arg;
    while (!atomic_load(&r->stop)) {
        struct arena *a = arena_open();
        struct error err = {0};
        struct record_list list = {0}, again = {0};
        struct list_query q = {.office = OFFICE, .reg = &r->w->regs[0], .sight = everything, .limit = 500};
        struct conn *c = store_read(r->w->store, &err);
        bool ok = c && record_list(c, a, &q, &list, &err);
        usleep(1000);
        ok = ok && record_list(c, a, &q, &again, &err);
        if (!ok || list.total % 2 || (int64_t)list.count != list.total || again.total != list.total)
            atomic_fetch_add(&r->faults, 1);
        if (c) store_done(c);
        atomic_fetch_add(&r->reads, 1);
        arena_close(a);
    }
    return NULL;
}

static void readers_see_whole_transactions(void **state)
{
    struct world *w = *state;
    struct readers r = {.w = w};
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) assert_int_equal(pthread_create(&threads[i], NULL, read_on, &r), 0);
    for (int64_t i = 1; i <= 200; i += 2) {
        struct record pair[] = {matter(w, i, "甲", "", 0), matter(w, i + 1, "乙", "", 0)};
        struct conn *c = begin_write(w);
        OK(record_insert(c, OFFICE, &pair[0], &err));
        OK(record_insert(c, OFFICE, &pair[1], &err));
        OK(store_commit(c, &err));
    }
    while (atomic_load(&r.reads) < 4) usleep(1000);
    atomic_store(&r.stop, true);
    for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&r.faults), 0);
    assert_int_equal(hits(w, ""), 200);
}

/* What was committed before the process was killed is there; the open transaction is not. */
static void killed_writer_loses_nothing_committed(void **state)
{
    struct world *w = *state;
    store_close(w->store);
    w->store = NULL;
    pid_t child = fork();
    if (child == 0) {
        struct error err;
        w->store = store_open(w->folder, test_database(w->arena, w->folder), &w->model, false, &err);
        struct conn *c = store_write(w->store, OFFICE, &err);
        struct record one = matter(w, 1, "留下", "", 0), two = matter(w, 2, "不留", "", 0);
        bool ok = record_insert(c, OFFICE, &one, &err) && store_commit(c, &err);
        c = store_write(w->store, OFFICE, &err);
        ok = ok && record_insert(c, OFFICE, &two, &err);
        if (ok) raise(SIGKILL);
        _exit(1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    open_again(w);
    assert_int_equal(hits(w, "留下"), 1);
    assert_int_equal(hits(w, "不留"), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(acts_are_appended_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(deadlines_are_kept_and_listed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rights_leave_when_they_lapse, set_up, tear_down),
    cmocka_unit_test_setup_teardown(open_deadlines_are_paged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(people_are_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(attachments_are_checked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(backup_is_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failed_backup_leaves_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(newer_definitions_keep_every_row, set_up, tear_down),
        cmocka_unit_test_setup_teardown(changed_types_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(missing_folder_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_server_a_folder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(readers_see_whole_transactions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(killed_writer_loses_nothing_committed, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("store_folder", tests, NULL, NULL);
}
