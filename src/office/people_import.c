/* Organisations and accounts from sheets. */
#include "office/people.h"

static struct str cell(const struct sheet_in *s, size_t row, const char *header)
{
    size_t at = sheet_in_column(s, str_from(header));
    return at == SIZE_MAX ? STR("") : str_trim(s->rows[row].cells[at]);
}

static void add(struct errors *faults, const struct sheet_in *s, size_t row, const struct error *err)
{
    errors_addf(faults, err->code, STR(""), "第%zu行：%s", s->rows[row].line, err->message);
}

/* Id of the organisation named, 0 for an empty name. */
static bool parent_id(struct tx *tx, struct str what, int64_t *id, struct error *err)
{
    *id = 0;
    if (what.len == 0) return true;
    if (!org_find(tx->conn, tx->office->key, what, id, err)) return false;
    if (*id > 0) return true;
    return error_set(err, ERR_INPUT, "没有叫「%.*s」的单位", STR_ARG(what));
}

static bool import_org(struct tx *tx, const struct sheet_in *s, size_t row, struct error *err)
{
    struct org org = {.code = cell(s, row, "code"), .name = cell(s, row, "name"), .kind = cell(s, row, "kind")};
    int64_t known;
    if (org.code.len == 0 || org.name.len == 0) return error_set(err, ERR_INPUT, "请填写代码和名称");
    if (!org_find(tx->conn, tx->office->key, org.code, &known, err)) return false;
    if (known > 0) return true;
    if (!parent_id(tx, cell(s, row, "parent"), &org.parent, err)) return false;
    return tx_next_id(tx, &org.id, err) && people_put_org(tx, &org, err);
}

bool people_import_orgs(struct tx *tx, const struct sheet_in *sheet, struct errors *faults)
{
    size_t before = faults->count;
    struct error err;
    for (size_t i = 0; i < sheet->count; i++)
        if (!import_org(tx, sheet, i, &err)) add(faults, sheet, i, &err);
    return faults->count == before;
}

static bool import_account(struct tx *tx, const struct sheet_in *s, size_t row, const struct new_password *password,
                           struct error *err)
{
    struct account acc = {.name = cell(s, row, "name"),
                          .person = cell(s, row, "person"),
                          .post = cell(s, row, "post"),
                          .roles = cell(s, row, "roles")};
    struct account known;
    if (account_get(tx->conn, tx->arena, tx->office->key, acc.name, &known, err)) return true;
    if (err->code != ERR_NOT_FOUND || !parent_id(tx, cell(s, row, "org"), &acc.org, err)) return false;
    return people_add(tx, &acc, password, true, err);
}

bool people_import_accounts(struct tx *tx, const struct sheet_in *sheet, const struct new_password *password,
                            struct errors *faults)
{
    size_t before = faults->count;
    struct error err;
    for (size_t i = 0; i < sheet->count; i++)
        if (!import_account(tx, sheet, i, password, &err)) add(faults, sheet, i, &err);
    return faults->count == before;
}
