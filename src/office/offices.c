#include "office/offices.h"

#include <jansson.h>

#include "base/utf8.h"
#include "office/chain.h"
#include "office/people.h"

enum { KEY_MOST = 40, NAME_MOST = 60, MARK_MOST = 10, COMMUNITY_DIGITS = 12, TOWNSHIP_DIGITS = 9 };

struct str office_level_label(struct str code)
{
    static const char *const labels[] = {"", "省", "市", "区（县）", "街道（乡镇）"};
    return str_from(labels[office_level_of(code)]);
}

/* The same store and clock in another office's name. */
static struct office in_name_of(const struct office *base, const struct office_row *row)
{
    struct office o = *base;
    o.info = *row;
    o.key = row->key;
    o.sets = NULL;
    return o;
}

static bool record_office(struct tx *tx, const char *what, const struct office_row *row, struct error *err)
{
    json_t *o = json_object();
    json_object_set_new(o, "code", chain_json_text(row->code));
    json_object_set_new(o, "name", chain_json_text(row->name));
    json_object_set_new(o, "full_name", chain_json_text(row->full_name));
    json_object_set_new(o, "mark", chain_json_text(row->mark));
    json_object_set_new(o, "closed", json_boolean(row->closed));
    return chain_record(tx, str_from(what), o, err);
}

/* ---- what a new office is called ---- */

static bool name_of_code(struct conn *c, struct arena *a, struct str code, struct str *name, struct error *err)
{
    struct office_row *list;
    size_t count;
    *name = STR("");
    if (!offices_list(c, a, code, 1, &list, &count, err)) return false;
    if (count && str_eq(list[0].code, code)) *name = list[0].name;
    return true;
}

/* 广西壮族自治区人民政府, 柳州市人民政府, 柳州市柳北区人民政府, 柳州市柳北区人民政府跃进街道办事处,
 * 柳州市柳北区沙塘镇人民政府. */
static bool make_full_name(struct conn *c, struct arena *a, struct str kind, struct office_row *row, struct error *err)
{
    struct str city = STR(""), district = STR("");
    if (row->code.len > 4 && !name_of_code(c, a, str_slice(row->code, 0, 4), &city, err)) return false;
    if (row->code.len > 6 && !name_of_code(c, a, str_slice(row->code, 0, 6), &district, err)) return false;
    bool street = str_is(kind, "街道") || str_ends(row->name, STR("街道"));
    row->full_name = str_printf(a, street ? "%.*s%.*s人民政府%.*s办事处" : "%.*s%.*s%.*s人民政府", STR_ARG(city),
                                STR_ARG(district), STR_ARG(row->name));
    return true;
}

static bool fill(const struct office *base, struct arena *a, struct str kind, struct office_row *row, struct error *err)
{
    if (row->key.len == 0) row->key = str_printf(a, "o%.*s", STR_ARG(row->code));
    if (row->mark.len == 0) row->mark = office_short_name(row->name);
    if (row->full_name.len) return true;
    struct conn *c = store_read(base->store, err);
    if (!c) return false;
    bool ok = make_full_name(c, a, kind, row, err);
    store_done(c);
    return ok;
}

static bool key_is_good(struct str key)
{
    if (key.len < 2 || key.len > KEY_MOST || key.s[0] < 'a' || key.s[0] > 'z') return false;
    for (size_t i = 0; i < key.len; i++) {
        char c = key.s[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_') return false;
    }
    return true;
}

static bool text_is_good(struct str t, size_t most)
{
    for (size_t i = 0; i < t.len; i++)
        if ((unsigned char)t.s[i] < ' ') return false;
    return str_trim(t).len > 0 && utf8_valid(t) && utf8_length(t) <= most;
}

static bool check(const struct office_row *row, struct error *err)
{
    if (office_level_of(row->code) == LEVEL_NONE)
        return error_at(err, ERR_INPUT, STR("code"),
                        "区划代码是 2、4、6 或 9 位数字（省、市、县区、乡级），如 450205008");
    if (!text_is_good(row->name, NAME_MOST) || !text_is_good(row->full_name, NAME_MOST))
        return error_at(err, ERR_INPUT, STR("name"), "单位名称须有 1 到 %d 个字，写成一行", NAME_MOST);
    if (!text_is_good(row->mark, MARK_MOST))
        return error_at(err, ERR_INPUT, STR("mark"), "发文代字须有 1 到 %d 个字", MARK_MOST);
    return key_is_good(row->key) ||
           error_at(err, ERR_INPUT, STR("key"), "单位的标识须以小写字母开头，由 2 到 %d 个小写字母、数字、下划线组成",
                    KEY_MOST);
}

/* ---- changing ---- */

static bool add_in(struct tx *tx, const struct office_row *row, struct error *err)
{
    struct office_row other;
    if (offices_get(tx->conn, tx->arena, row->key, &other, err))
        return error_at(err, ERR_CONFLICT, STR("key"), "标识 %.*s 已由「%.*s」使用", STR_ARG(row->key),
                        STR_ARG(other.name));
    return err->code == ERR_NOT_FOUND && offices_put(tx->conn, row, err) && record_office(tx, "add_office", row, err);
}

bool office_add(const struct office *base, struct arena *a, const struct user *u, struct str entrance, struct str kind,
                struct office_row *row, struct error *err)
{
    struct tx tx;
    if (!fill(base, a, kind, row, err) || !check(row, err)) return false;
    struct office made = in_name_of(base, row);
    if (!tx_begin(&tx, &made, a, u, entrance, err)) return false;
    if (add_in(&tx, row, err)) return tx_commit(&tx, err);
    tx_rollback(&tx);
    return false;
}

bool office_set_closed(const struct office *base, struct arena *a, const struct user *u, struct str entrance,
                       struct office_row *row, bool closed, struct error *err)
{
    struct tx tx;
    struct office that = in_name_of(base, row);
    if (!tx_begin(&tx, &that, a, u, entrance, err)) return false;
    row->closed = closed;
    if (offices_put(tx.conn, row, err) && session_purge(tx.conn, row->key, INT64_MAX, err) &&
        record_office(&tx, closed ? "close_office" : "reopen_office", row, err))
        return tx_commit(&tx, err);
    tx_rollback(&tx);
    return false;
}

bool office_rename(const struct office *base, struct arena *a, const struct user *u, struct str entrance,
                   struct office_row *row, struct str name, struct str full_name, struct str mark, struct error *err)
{
    struct tx tx;
    struct office that = in_name_of(base, row);
    if (name.len) row->name = name;
    if (full_name.len) row->full_name = full_name;
    if (mark.len) row->mark = mark;
    if (!check(row, err) || !tx_begin(&tx, &that, a, u, entrance, err)) return false;
    if (offices_put(tx.conn, row, err) && record_office(&tx, "rename_office", row, err)) return tx_commit(&tx, err);
    tx_rollback(&tx);
    return false;
}

/* ---- a sheet ---- */

struct reading {
    const struct office *base;
    struct arena *arena; /* emptied with each office: a sheet may hold a whole country */
    const struct user *user;
    struct str entrance;
    struct office_import_report *report;
    struct office_row place; /* the township-level office whose communities are being read */
    struct office in;
    struct tx tx;
    bool open;    /* a write for its communities is under way */
    int64_t root; /* its organisation */
};

static bool find_code(struct reading *r, struct str code, struct office_row *row, bool *found, struct error *err)
{
    struct office_row *list;
    size_t count;
    struct conn *c = store_read(r->base->store, err);
    if (!c) return false;
    bool ok = offices_list(c, r->arena, code, 1, &list, &count, err);
    store_done(c);
    *found = ok && count && str_eq(list[0].code, code);
    if (*found) *row = list[0];
    return ok;
}

static bool close_place(struct reading *r, struct error *err)
{
    if (!r->open) return true;
    r->open = false;
    return tx_commit(&r->tx, err);
}

/* The organisation of that code, made when it is missing. */
static bool bring_org(struct reading *r, struct org org, int64_t *id, struct error *err)
{
    if (!org_find(r->tx.conn, r->in.key, org.code, id, err)) return false;
    if (*id > 0) return true;
    if (!tx_next_id(&r->tx, &org.id, err) || !people_put_org(&r->tx, &org, err)) return false;
    *id = org.id;
    if (org.parent) r->report->orgs++;
    return true;
}

static bool open_place(struct reading *r, struct str code, struct error *err)
{
    bool found;
    if (r->open && str_eq(r->place.code, code)) return true;
    if (!close_place(r, err)) return false;
    arena_reset(r->arena);
    if (!find_code(r, code, &r->place, &found, err)) return false;
    if (!found) return error_set(err, ERR_INPUT, "前面没有它所在的街道或乡镇 %.*s", STR_ARG(code));
    r->in = in_name_of(r->base, &r->place);
    if (!tx_begin(&r->tx, &r->in, r->arena, r->user, r->entrance, err)) return false;
    struct org root = {.code = code, .name = r->place.name, .kind = STR("街道")};
    if (bring_org(r, root, &r->root, err)) return r->open = true;
    tx_rollback(&r->tx);
    return false;
}

static bool add_community(struct reading *r, struct str code, struct str name, struct str kind, struct error *err)
{
    int64_t id;
    if (!open_place(r, str_slice(code, 0, TOWNSHIP_DIGITS), err)) return false;
    struct org org = {.parent = r->root, .code = code, .name = name, .kind = kind.len ? kind : STR("社区")};
    return bring_org(r, org, &id, err);
}

static bool add_division(struct reading *r, struct str code, struct str name, struct str kind, struct error *err)
{
    bool found;
    struct office_row known, row = {.code = code, .name = name};
    if (!close_place(r, err)) return false;
    arena_reset(r->arena);
    if (!find_code(r, code, &known, &found, err)) return false;
    r->report->known += found;
    if (found) return true;
    r->report->offices++;
    return office_add(r->base, r->arena, r->user, r->entrance, kind, &row, err);
}

static bool is_digits(struct str t)
{
    for (size_t i = 0; i < t.len; i++)
        if (t.s[i] < '0' || t.s[i] > '9') return false;
    return true;
}

static struct str cell(const struct sheet_in *s, size_t row, size_t column)
{
    return column == SIZE_MAX ? STR("") : str_trim(s->rows[row].cells[column]);
}

bool office_import(const struct office *base, const struct user *u, struct str entrance, const struct sheet_in *sheet,
                   struct office_import_report *report, struct errors *faults)
{
    size_t before = faults->count;
    struct error err;
    auto_arena work = arena_open();
    struct reading r = {.base = base, .arena = work, .user = u, .entrance = entrance, .report = report};
    size_t code_at = sheet_in_column(sheet, STR("code")), name_at = sheet_in_column(sheet, STR("name"));
    size_t kind_at = sheet_in_column(sheet, STR("kind"));
    *report = (struct office_import_report){0};
    if (code_at == SIZE_MAX || name_at == SIZE_MAX) {
        errors_addf(faults, ERR_INPUT, STR(""), "表里要有 code（区划代码）和 name（名称）两列");
        return false;
    }
    for (size_t i = 0; i < sheet->count; i++) {
        struct str code = cell(sheet, i, code_at), name = cell(sheet, i, name_at), kind = cell(sheet, i, kind_at);
        bool ok = code.len == COMMUNITY_DIGITS && is_digits(code) ? add_community(&r, code, name, kind, &err)
                                                                  : add_division(&r, code, name, kind, &err);
        if (!ok) errors_addf(faults, err.code, STR(""), "第%zu行：%s", sheet->rows[i].line, err.message);
    }
    if (!close_place(&r, &err)) errors_add(faults, &err);
    return faults->count == before;
}
