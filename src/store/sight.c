/* Which records a person may see, as SQL: those of the person's organisations and those assigned to them. */
#include "store/inside.h"

/* Ways by which a record may be seen: by its own organisation, and by each field that assigns it to one. */
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
    size_t room = sql_room(sight->org_count);
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

void sight_bind(struct query *q, const struct reg *reg, const struct sight *sight)
{
    if (sight->all || sight->org_count == 0) return;
    sql_bind_room(q, sight->orgs, sight->org_count);
    for (size_t i = 0; i < reg->field_count; i++)
        if (assigns(&reg->fields[i])) sql_bind_room(q, sight->orgs, sight->org_count);
}

size_t sight_ways(const struct reg *reg)
{
    size_t n = 1;
    for (size_t i = 0; i < reg->field_count; i++) n += assigns(&reg->fields[i]);
    return n;
}

struct str sight_column(const struct reg *reg, size_t way)
{
    for (size_t i = 0; way && i < reg->field_count; i++)
        if (assigns(&reg->fields[i]) && --way == 0) return reg->fields[i].name;
    return STR("org");
}

void sight_put_way(struct buf *sql, const struct reg *reg, const struct sight *sight, size_t way)
{
    buf_puts(sql, " and self.");
    sql_put_name(sql, sight_column(reg, way));
    buf_puts(sql, " in (");
    sql_put_marks(sql, sql_room(sight->org_count));
    buf_putc(sql, ')');
}

void sight_bind_way(struct query *q, const struct sight *sight)
{
    sql_bind_room(q, sight->orgs, sight->org_count);
}
