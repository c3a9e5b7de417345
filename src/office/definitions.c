#include "office/definitions.h"

#include "base/utf8.h"
#include "model/overlay.h"
#include "office/chain.h"
#include "store/people.h"

bool definitions_may_issue(const struct office *o, const struct user *u)
{
    enum office_level level = office_level_of(o->info.code);
    return user_may(u, MAY_ISSUE) && level != LEVEL_NONE && level < LEVEL_TOWNSHIP;
}

/* ---- checking ---- */

static bool is_used(const struct office *o, struct conn *c, const struct lost *lost, bool *used, struct error *err)
{
    struct str code = o->info.code;
    switch (lost->kind) {
    case LOST_REGISTER: return definitions_register_used(c, code, lost->reg, used, err);
    case LOST_STAGE: return definitions_stage_used(c, code, lost->reg, lost->key, used, err);
    case LOST_CODE: return definitions_value_used(c, code, lost->reg, lost->field, lost->key, used, err);
    case LOST_DEADLINE: return definitions_deadline_used(c, code, lost->reg, lost->key, used, err);
    }
    return true;
}

static void tell_lost(const struct lost *lost, struct errors *faults)
{
    static const struct {
        const char *what, *why;
    } words[] = {
        [LOST_REGISTER] = {"台账", "里面已有记录，请保留"},
        [LOST_STAGE] = {"阶段", "还有记录停在这个阶段，请保留"},
        [LOST_CODE] = {"代码", "记录里已经用了，请保留，停用的写上 until"},
        [LOST_DEADLINE] = {"期限", "还有没办完的，请保留"},
    };
    errors_addf(faults, ERR_DEFINITION, lost->where, "「%.*s」少了%s「%.*s」，可是%s", STR_ARG(lost->reg->label),
                words[lost->kind].what, STR_ARG(lost->label), words[lost->kind].why);
}

/* Records keep their register, their stage, their codes. */
static void check_records(struct office *o, const struct model *m, struct errors *faults)
{
    struct lost *list;
    struct error err;
    size_t count = overlay_lost(faults->arena, o->model, m, &list);
    if (count == 0) return;
    struct conn *c = store_read(o->store, &err);
    bool ok = c != NULL, used;
    for (size_t i = 0; ok && i < count; i++) {
        ok = is_used(o, c, &list[i], &used, &err);
        if (ok && used) tell_lost(&list[i], faults);
    }
    if (c) store_done(c);
    if (!ok) errors_add(faults, &err);
}

struct model *definitions_check(struct office *o, const struct definition_file *files, size_t count,
                                struct errors *faults)
{
    size_t before = faults->count;
    if (count > DEFINITIONS_FILES_MOST)
        errors_addf(faults, ERR_LIMIT, STR(""), "文件太多，最多 %d 个", DEFINITIONS_FILES_MOST);
    struct model *m = faults->count == before ? overlay_load(store_model(o->store), files, count, faults) : NULL;
    if (m) check_records(o, m, faults);
    if (faults->count == before) return m;
    model_close(m);
    return NULL;
}

/* ---- issuing ---- */

static bool check_order(const struct office *o, const struct user *u, const struct definitions_order *order,
                        struct error *err)
{
    if (!definitions_may_issue(o, u))
        return error_set(err, ERR_FORBIDDEN, office_level_of(o->info.code) == LEVEL_TOWNSHIP
                                                 ? "街道、乡镇下面没有单位，不能下发定义"
                                                 : "您的岗位不能下发定义");
    if (date_cmp(order->valid_from, clock_today(&o->clock)) < 0)
        return error_at(err, ERR_INPUT, STR("valid_from"), "不能从过去的日子起生效：已经办理的事项是按当时的定义办的");
    if (!utf8_valid(order->note) || utf8_length(order->note) > DEFINITIONS_NOTE_MOST)
        return error_at(err, ERR_INPUT, STR("note"), "说明最多 %d 个字", DEFINITIONS_NOTE_MOST);
    return true;
}

static bool record_issue(struct tx *tx, const struct definitions_row *row, const struct definition_file *files,
                         size_t count, struct error *err)
{
    json_t *list = json_object();
    for (size_t i = 0; i < count; i++)
        json_object_set_new(list, str_cstr(tx->arena, files[i].path),
                            json_string(str_cstr(tx->arena, definition_files_digest(tx->arena, &files[i], 1))));
    json_t *o = json_pack("{s:I, s:s%, s:s%, s:s%, s:o}", "number", (json_int_t)row->number, "digest",
                          row->digest.len ? row->digest.s : "", row->digest.len, "valid_from", row->valid_from.s,
                          row->valid_from.len, "note", row->note.len ? row->note.s : "", row->note.len, "files", list);
    struct str text = chain_canonical(tx->arena, o);
    json_decref(o);
    return act_record_admin(tx, row->digest.len ? STR("issue_definitions") : STR("withdraw_definitions"), text, err);
}

static bool issue_in(struct tx *tx, const struct definitions_order *order, const struct model *m,
                     struct definitions_row *row, struct error *err)
{
    struct definition_file *files = arena_new_array(tx->arena, struct definition_file, order->count + 1);
    for (size_t i = 0; i < order->count; i++) files[i] = order->files[i];
    definition_files_sort(files, order->count);
    *row = (struct definitions_row){.office = tx->office->key,
                                    .code = tx->office->info.code,
                                    .name = tx->office->info.name,
                                    .valid_from = date_iso(tx->arena, order->valid_from),
                                    .digest = m ? definition_files_digest(tx->arena, files, order->count) : STR(""),
                                    .note = order->note,
                                    .issued_at = tx->now,
                                    .issued_by = tx->user->account.name};
    if (m && !(store_bring_definitions(tx->conn, m, err) &&
               definitions_put_files(tx->conn, row->office, row->digest, files, order->count, err)))
        return false;
    return definitions_put(tx->conn, row, err) && record_issue(tx, row, files, order->count, err);
}

/* What holds here when this office has nothing in force: a set from above, or the program's own. */
static const struct model *without_own(struct office *o, struct arena *a, struct date on, struct error *err)
{
    struct definitions_row *list;
    size_t count, n = 0;
    struct conn *c = store_read(o->store, err);
    bool ok = c && definitions_list(c, a, o->info.code, &list, &count, err);
    if (c) store_done(c);
    if (!ok) return NULL;
    for (size_t i = 0; i < count; i++)
        if (!str_eq(list[i].office, o->key)) list[n++] = list[i];
    const struct definitions_row *row = definitions_in_force(list, n, on);
    return row ? definition_sets_take(o->sets, row, err) : store_model(o->store);
}

static bool check_withdrawal(struct office *o, struct arena *a, struct date on, struct errors *faults)
{
    size_t before = faults->count;
    struct error err;
    if (!str_eq(o->issued.office, o->key)) {
        errors_addf(faults, ERR_CONFLICT, STR(""), "本单位现在没有生效的下发定义，没有可撤回的");
        return false;
    }
    const struct model *m = without_own(o, a, on, &err);
    if (!m) {
        errors_add(faults, &err);
        return false;
    }
    check_records(o, m, faults);
    if (m != store_model(o->store)) definition_sets_give(o->sets, m);
    return faults->count == before;
}

static bool issue(struct office *o, struct arena *a, const struct user *u, struct str entrance,
                  const struct definitions_order *order, const struct model *m, struct definitions_row *row,
                  struct error *err)
{
    struct tx tx;
    if (!tx_begin_long(&tx, o, a, u, entrance, err)) return false;
    if (issue_in(&tx, order, m, row, err)) return tx_commit(&tx, err);
    tx_rollback(&tx);
    return false;
}

bool definitions_issue(struct office *o, struct arena *a, const struct user *u, struct str entrance,
                       const struct definitions_order *order, struct definitions_row *row, struct errors *faults)
{
    struct error err;
    struct model *m = NULL;
    if (!check_order(o, u, order, &err)) {
        errors_add(faults, &err);
        return false;
    }
    if (order->files ? !(m = definitions_check(o, order->files, order->count, faults))
                     : !check_withdrawal(o, a, order->valid_from, faults))
        return false;
    bool ok = issue(o, a, u, entrance, order, m, row, &err);
    if (!ok) errors_add(faults, &err);
    model_close(m);
    return ok;
}

bool definitions_effective(const struct office *o, struct conn *c, struct arena *a, const struct definitions_row *row,
                           struct definition_file **files, size_t *count, struct error *err)
{
    struct definition_file *set = NULL;
    size_t set_count = 0;
    if (row && row->digest.len && !definitions_files(c, a, row->office, row->digest, &set, &set_count, err)) return false;
    *files = overlay_files(a, store_model(o->store), set, set_count, count);
    return true;
}

/* ---- what the log tells of the set in force ---- */

static struct str words_of_set(struct arena *a, const struct definitions_row *row)
{
    if (!row->number) return STR("");
    return str_printf(a, "%.*s %lld %.*s", STR_ARG(row->office), (long long)row->number, STR_ARG(row->digest));
}

const struct definitions_row *definitions_at(struct arena *a, const struct definitions_row *all, size_t count,
                                             struct str code, struct date on)
{
    struct definitions_row *near = arena_new_array(a, struct definitions_row, count + 1);
    size_t n = 0;
    for (size_t digits = code.len; digits > 0; digits--)
        for (size_t i = 0; i < count; i++)
            if (str_eq(all[i].code, str_slice(code, 0, digits))) near[n++] = all[i];
    return definitions_in_force(near, n, on);
}

bool definitions_are_noted(struct arena *a, struct str noted, const struct definitions_row *row)
{
    return str_eq(noted, row ? words_of_set(a, row) : STR(""));
}

static bool append_note(struct tx *tx, const struct definitions_row *row, struct error *err)
{
    json_t *o = json_pack("{s:s%, s:I, s:s%, s:s%}", "office", row->office.len ? row->office.s : "", row->office.len,
                          "number", (json_int_t)row->number, "digest", row->digest.len ? row->digest.s : "",
                          row->digest.len, "definitions", tx->office->model->digest.s, tx->office->model->digest.len);
    struct str text = chain_canonical(tx->arena, o);
    json_decref(o);
    return act_record_admin(tx, STR("definitions_in_force"), text, err);
}

bool definitions_noted(struct office *o, struct conn *c, struct error *err)
{
    auto_arena a = arena_open();
    struct str had;
    if (!setting_get(c, a, o->key, STR("definitions"), &had, err)) return false;
    atomic_store(o->noted, str_eq(had, words_of_set(a, &o->issued)));
    return true;
}

bool definitions_still_hold(struct tx *tx, struct error *err)
{
    struct office *o = tx->office;
    int64_t version;
    bool current;
    if (!o->sets || !store_has_one_writer(o->store)) return true;
    if (!store_version(tx->conn, &version, err)) return false;
    if (version == atomic_load(o->version) && date_cmp(tx->today, o->opened_on) == 0) return true;
    if (!office_is_current(o, tx->conn, &current, err)) return false;
    if (!current) return error_set(err, ERR_BUSY, "单位的名称或者定义刚刚有了更新，没有保存，请再提交一次");
    atomic_store(o->version, version);
    return true;
}

bool definitions_note(struct tx *tx, struct error *err)
{
    struct office *o = tx->office;
    struct str had, has = words_of_set(tx->arena, &o->issued);
    if (tx->noted || !o->sets || atomic_load(o->noted)) return true;
    tx->noted = true;
    if (!setting_get(tx->conn, tx->arena, o->key, STR("definitions"), &had, err)) return false;
    return str_eq(had, has) || (setting_put(tx->conn, o->key, STR("definitions"), has, err) &&
                                append_note(tx, &o->issued, err));
}
