/* Which records a person may see, as SQL: those of the person's organisations and those assigned to them. */
#include "store/inside.h"

/* Lists of any length are filled up to a power of two by repeating the last, so that few different texts of SQL arise
 * and statements stay prepared. */
static size_t room_for(size_t count)
{
    size_t room = 1;
    while (room < count) room *= 2;
    return room;
}

static bool assigns(const struct field *f)
{
    return f->type == FIELD_ORG && f->assigns && !f->private_;
}

void sight_put(struct buf *sql, const struct reg *reg, const struct sight *sight)
{
    if (sight->all) return;
    if (sight->org_count == 0) {
        buf_puts(sql, " and 1 = 0");
        return;
    }
    size_t room = room_for(sight->org_count);
    buf_puts(sql, " and (self.\"org\" in (");
    sql_put_marks(sql, room);
    for (size_t i = 0; i < reg->field_count; i++) {
        if (!assigns(&reg->fields[i])) continue;
        buf_puts(sql, ") or self.");
        sql_put_name(sql, reg->fields[i].name);
        buf_puts(sql, " in (");
        sql_put_marks(sql, room);
    }
    buf_puts(sql, "))");
}

static void bind_orgs(struct query *q, const struct sight *sight)
{
    size_t room = room_for(sight->org_count);
    for (size_t i = 0; i < room; i++)
        query_bind_i64(q, sight->orgs[i < sight->org_count ? i : sight->org_count - 1]);
}

void sight_bind(struct query *q, const struct reg *reg, const struct sight *sight)
{
    if (sight->all || sight->org_count == 0) return;
    bind_orgs(q, sight);
    for (size_t i = 0; i < reg->field_count; i++)
        if (assigns(&reg->fields[i])) bind_orgs(q, sight);
}
