#include "office/parameters.h"

#include <jansson.h>

#include "base/utf8.h"
#include "office/chain.h"

enum { CITE_MOST = 200 };

bool parameter_may_issue(const struct office *o, const struct user *u, const struct parameter_kind *kind)
{
    return user_may(u, MAY_ISSUE) && (kind->own || office_level_of(o->info.code) < LEVEL_TOWNSHIP);
}

static bool record_issue(struct tx *tx, const struct parameter_row *row, struct error *err)
{
    json_t *o =
        json_pack("{s:s%, s:I, s:s%, s:s%}", "parameter", row->name.s, row->name.len, "value", (json_int_t)row->value,
                  "valid_from", row->valid_from.s, row->valid_from.len, "cite", row->cite.s, row->cite.len);
    return chain_record(tx, STR("issue_parameter"), o, err);
}

bool parameter_issue(struct tx *tx, const struct parameter_kind *kind, int64_t value, struct date valid_from,
                     struct str cite, struct error *err)
{
    cite = str_trim(cite);
    if (!parameter_may_issue(tx->office, tx->user, kind))
        return error_set(err, ERR_FORBIDDEN, "您的岗位不能规定「%.*s」", STR_ARG(kind->label));
    if (value < kind->least || value > kind->most) return error_at(err, ERR_INPUT, STR("value"), "数值超出允许的范围");
    if (cite.len == 0 || utf8_length(cite) > CITE_MOST)
        return error_at(err, ERR_INPUT, STR("cite"), "请写明依据的文件，最多 %d 个字", CITE_MOST);
    struct parameter_row row = {.office = tx->office->key,
                                .code = tx->office->info.code,
                                .name = kind->name,
                                .valid_from = date_iso(tx->arena, valid_from),
                                .value = value,
                                .cite = cite,
                                .issued_at = tx->now,
                                .issued_by = tx->user->account.name};
    return parameter_put(tx->conn, &row, err) && record_issue(tx, &row, err);
}

/* The nearest office decides as soon as one of its days has come. */
const struct parameter_row *parameter_in_force(const struct parameter_row *list, size_t count, struct date on)
{
    struct date from;
    for (size_t i = 0; i < count; i++)
        if (date_parse(list[i].valid_from, &from) && date_cmp(from, on) <= 0) return &list[i];
    return NULL;
}
