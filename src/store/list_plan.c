#include "store/list_plan.h"

#include "store/list_words.h"

bool plan_make(struct conn *c, struct arena *a, const struct list_query *q, struct plan *p, struct error *err)
{
    *p = (struct plan){.conn = c, .arena = a, .q = q, .few_in_stages = false};
    bool asks = str_trim(q->search).len > 0;
    if (asks) p->term_count = words_of_search(a, q->search, &p->terms);
    p->nothing = (asks && p->term_count == 0) || (!q->sight.all && q->sight.org_count == 0);
    p->searches = p->term_count > 0;
    if (p->searches) p->match = c->backend->words_match(a, q->office, q->reg->name, p->terms, p->term_count);
    p->newest = asks && q->sort_field.len == 0;
    if (!order_of(q->reg, p->newest ? STR("id") : q->sort_field, p->newest || q->descending, &p->order))
        return error_at(err, ERR_INPUT, STR("sort"), "不能按这一列排序");
    if (q->sort_from.len || q->sort_until.len) p->order.keys[0].filled = true;
    p->placed = q->from == LIST_AFTER || q->from == LIST_BEFORE;
    if (p->placed && !order_takes(&p->order, &q->place))
        return error_at(err, ERR_INPUT, STR("page"), "这一页的位置读不懂，请从第一页看起");
    p->backwards = q->from == LIST_BEFORE || q->from == LIST_LAST;
    if (p->backwards) p->order = order_reversed(&p->order);
    if (!counts_sum(c, q->office, q->reg, NULL, 0, &p->all, err)) return false;
    if (q->stage_count == 0) return true;
    if (!counts_sum(c, q->office, q->reg, q->stages, q->stage_count, &p->in_stages, err)) return false;
    p->few_in_stages = p->in_stages <= STAGES_FEW;
    p->most_in_stages = p->in_stages > p->all / 2;
    return true;
}

/* ---- what is asked ---- */

/* Does a condition ask for a column that has an index, or for a day (of which there are mostly few)? */
static bool any_indexed(const struct plan *p, bool days_only)
{
    const struct formula_sql *conditions[] = {p->q->condition, p->q->condition2};
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; conditions[i] && k < conditions[i]->column_count; k++) {
            const struct field *f = reg_field(p->q->reg, conditions[i]->columns[k]);
            if (days_only && !(f && f->type == FIELD_DATE)) continue;
            if (lookup_index(p->arena, p->q->reg, conditions[i]->columns[k], false).len) return true;
        }
    return false;
}

/* Does the index of the stages hold all that is asked of a record? */
static bool stages_hold(const struct plan *p)
{
    const struct list_query *q = p->q;
    if (p->conn->backend->dialect != DIALECT_SQLITE || p->searches || !q->sight.all) return false;
    if (q->field && !stage_index_holds(q->reg, &q->field->name, 1)) return false;
    const struct formula_sql *conditions[] = {q->condition, q->condition2};
    for (size_t i = 0; i < 2; i++)
        if (conditions[i] && !stage_index_holds(q->reg, conditions[i]->columns, conditions[i]->column_count)) return false;
    return true;
}

/* ---- by what way ---- */

bool plan_has_arms(const struct plan *p)
{
    const struct list_query *q = p->q;
    if (p->searches || q->sort_field.len || q->stage_count == 0 || q->stage_count > ARMS_MOST) return false;
    return !(p->most_in_stages && q->field && lookup_index(p->arena, q->reg, q->field->name, true).len);
}

struct reading reading_in_order(const struct plan *p)
{
    const struct list_query *q = p->q;
    struct reading r = {.words = WORDS_NONE, .way = EVERY_WAY, .in_order = true};
    if (p->searches) r.words = p->newest && p->conn->backend->words_walk_from ? WORDS_WALK : p->dense ? WORDS_CHECK : WORDS_CONDITION;
    if (r.words == WORDS_WALK) return r;
    if (q->sort_field.len == 0 && plan_has_arms(p))
        r.index = lookup_index(p->arena, q->reg, STR("stage"), true);
    else if (q->sort_field.len == 0 && q->field)
        r.index = lookup_index(p->arena, q->reg, q->field->name, true);
    if (r.index.len == 0) r.index = order_index(p->arena, q->reg, &p->order);
    return r;
}

/* SQLite's index takes longer to ask about one record than to read its texts. */
static bool checks_texts(const struct plan *p)
{
    return p->conn->backend->words_check && texts_tell(p->terms, p->term_count);
}

/* PostgreSQL finds the way by itself. */
static struct str late_deadline(const struct plan *p)
{
    const struct list_query *q = p->q;
    if (p->conn->backend->dialect != DIALECT_SQLITE) return STR("");
    return q->condition && q->condition->overdue.len ? q->condition->overdue : q->condition2 ? q->condition2->overdue : STR("");
}

bool plan_may_begin_with_stages(const struct plan *p)
{
    enum { PART = 8 }; /* of all */
    const struct list_query *q = p->q;
    return p->searches && q->stage_count && !p->few_in_stages && q->sight.all && checks_texts(p) && p->in_stages < p->all / PART;
}

static struct str own_order_index(const struct plan *p)
{
    struct order own;
    return order_of(p->q->reg, STR(""), false, &own) ? order_index(p->arena, p->q->reg, &own) : STR("");
}

struct reading reading_all(const struct plan *p)
{
    const struct list_query *q = p->q;
    struct reading r = {.words = WORDS_NONE, .way = EVERY_WAY};
    if (p->few_in_stages || p->stages_first) {
        r.index = lookup_index(p->arena, q->reg, STR("stage"), false);
        r.words = p->searches ? WORDS_CHECK : WORDS_NONE;
    } else if (p->searches) {
        r.words = p->conn->backend->words_walk_from ? WORDS_WALK : WORDS_CONDITION;
    } else if (q->sight.all && late_deadline(p).len && !(q->field && q->field->type == FIELD_REF)) {
        r.late = late_deadline(p);
    } else if (q->stage_count && p->in_stages <= STAGES_SOME && stages_hold(p)) {
        r.index = lookup_index(p->arena, q->reg, STR("stage"), false);
    } else if (q->field && (q->sight.all || q->field->type == FIELD_REF)) {
        r.index = lookup_index(p->arena, q->reg, q->field->name, false);
    } else if (!q->sight.all) {
        r.way = 0; /* each in turn */
    } else if (q->sort_from.len || q->sort_until.len) {
        return reading_in_order(p); /* the range of days holds them all */
    } else if (stages_hold(p) && !any_indexed(p, true)) {
        r.index = lookup_index(p->arena, q->reg, STR("stage"), false);
    } else if (!any_indexed(p, false)) {
        r.index = own_order_index(p); /* all records, in the order in which they mostly came */
    }
    return r;
}

/* ---- SQL ---- */

static void put_condition(struct buf *sql, const struct formula_sql *condition, const char *mark)
{
    if (!condition) return;
    buf_putf(sql, " and %s(", mark);
    buf_put(sql, condition->text);
    buf_putc(sql, ')');
}

static void bind_condition(struct query *query, struct arena *a, const struct formula_sql *condition,
                           const struct formula_run *run)
{
    if (condition) query_bind_values(query, formula_values(a, condition, run), condition->bind_count);
}

static const char *words_text(const struct plan *p, const struct reading *r)
{
    const struct backend *b = p->conn->backend;
    return r->words == WORDS_CHECK && b->words_check ? b->words_check : b->words_condition;
}

static void put_stages(struct buf *sql, const struct plan *p, const struct reading *r)
{
    if (r->stage || p->q->stage_count == 1) {
        buf_puts(sql, " and self.\"stage\" = ?");
    } else if (p->q->stage_count) {
        buf_puts(sql, " and self.\"stage\" in (");
        sql_put_marks(sql, p->q->stage_count);
        buf_putc(sql, ')');
    }
}

static void bind_stages(struct query *query, const struct plan *p, const struct reading *r)
{
    if (r->stage) {
        query_bind_str(query, *r->stage);
        return;
    }
    for (size_t i = 0; i < p->q->stage_count; i++) query_bind_str(query, p->q->stages[i]);
}

/* The records whose deadline was missed, or runs and has passed: all that `overdue` may be true of. */
static const char late_from[] =
    "(select d.\"record\" as i from \"fz_deadline\" as d indexed by \"fz_deadline_due\" where d.\"office\" = ? and "
    "d.\"state\" = 'missed' and d.\"register\" = ? and d.\"name\" = ? union all "
    "select d.\"record\" from \"fz_deadline\" as d indexed by \"fz_deadline_due\" where d.\"office\" = ? and "
    "d.\"state\" = 'running' and d.\"legal_on\" < ? and d.\"register\" = ? and d.\"name\" = ?) as late cross join ";

static void bind_late(struct query *query, const struct plan *p, struct str name)
{
    const struct list_query *q = p->q;
    query_bind_str(query, q->office);
    query_bind_str(query, q->reg->name);
    query_bind_str(query, name);
    query_bind_str(query, q->office);
    query_bind_str(query, date_iso(p->arena, q->run->today));
    query_bind_str(query, q->reg->name);
    query_bind_str(query, name);
}

static void put_table(struct buf *sql, const struct plan *p, const struct reading *r)
{
    const struct backend *b = p->conn->backend;
    struct str index = r->way == EVERY_WAY ? r->index : lookup_index(p->arena, p->q->reg, sight_column(p->q->reg, r->way), false);
    buf_puts(sql, " from ");
    if (r->words == WORDS_WALK) buf_puts(sql, b->words_walk_from);
    if (r->late.len) buf_puts(sql, late_from);
    sql_put_name(sql, p->q->reg->name);
    buf_puts(sql, " as self");
    if (index.len == 0 || b->dialect != DIALECT_SQLITE) return;
    buf_puts(sql, " indexed by ");
    sql_put_name(sql, index);
}

/* Which ends of the order's first column a range of it has to be held to. */
static void bounds_of(const struct plan *p, const struct reading *r, bool *from, bool *until)
{
    const struct segment *s = r->segment;
    bool down = p->order.keys[0].down, open = r->in_order && (!s || s->equal == 0);
    *from = open && p->q->sort_from.len && (!s || down);
    *until = open && p->q->sort_until.len && (!s || !down);
}

static void put_bounds(struct buf *sql, const struct plan *p, const struct reading *r)
{
    bool from, until;
    bounds_of(p, r, &from, &until);
    if (from) buf_puts(sql, " and ");
    if (from) order_put_key(sql, "self", &p->order.keys[0]);
    if (from) buf_puts(sql, " >= ?");
    if (until) buf_puts(sql, " and ");
    if (until) order_put_key(sql, "self", &p->order.keys[0]);
    if (until) buf_puts(sql, " < ?");
}

static void bind_bounds(struct query *query, const struct plan *p, const struct reading *r)
{
    bool from, until;
    bounds_of(p, r, &from, &until);
    if (from) query_bind_str(query, p->q->sort_from);
    if (until) query_bind_str(query, p->q->sort_until);
}

void reading_put(struct buf *sql, const struct plan *p, const struct reading *r)
{
    const struct list_query *q = p->q;
    put_table(sql, p, r);
    buf_puts(sql, " where ");
    if (r->words == WORDS_WALK) buf_putf(sql, "%s and ", p->conn->backend->words_walk_where);
    if (r->late.len) buf_puts(sql, "self.\"id\" = late.i and ");
    /* The plus keeps SQLite to the primary key. */
    buf_putf(sql, "self.\"office\" = ? and %sself.\"voided\" = 0", r->late.len ? "+" : "");
    put_stages(sql, p, r);
    if (q->field) {
        buf_puts(sql, " and self.");
        sql_put_name(sql, q->field->name);
        buf_puts(sql, " = ?");
    }
    if (r->segment) buf_puts(sql, " and ");
    if (r->segment) segment_put(sql, &p->order, &q->place, r->segment);
    put_bounds(sql, p, r);
    if (r->way == EVERY_WAY) sight_put(sql, q->reg, &q->sight);
    else sight_put_way(sql, q->reg, &q->sight, r->way);
    /* The plus keeps SQLite from going by another range of the index than that of the page. */
    const char *mark = r->in_order && p->conn->backend->dialect == DIALECT_SQLITE ? "+" : "";
    put_condition(sql, q->condition, mark);
    put_condition(sql, q->condition2, mark);
    if (r->words == WORDS_CHECK && checks_texts(p))
        texts_put(sql, q->reg, p->terms, p->term_count);
    else if (r->words == WORDS_CONDITION || r->words == WORDS_CHECK)
        buf_putf(sql, " and %s", words_text(p, r));
}

/* The ids between which a walk through the text index goes. */
static void bind_walk(struct query *query, const struct plan *p, const struct reading *r)
{
    int64_t low = 0, high = INT64_C(1) << 40;
    if (r->from_place) {
        int64_t at = p->q->place.values[0].i;
        if (at < 0 || at > high) at = high;
        if (p->order.keys[0].down) high = at;
        else low = at;
    }
    query_bind_i64(query, low);
    query_bind_i64(query, high);
}

static void bind_words(struct query *query, const struct plan *p)
{
    query_bind_str(query, p->q->office);
    query_bind_str(query, p->q->reg->name);
    query_bind_str(query, p->match);
}

void reading_bind(struct query *query, const struct plan *p, const struct reading *r)
{
    const struct list_query *q = p->q;
    if (r->words == WORDS_WALK) {
        bind_words(query, p);
        bind_walk(query, p, r);
    }
    if (r->late.len) bind_late(query, p, r->late);
    query_bind_str(query, q->office);
    bind_stages(query, p, r);
    if (q->field) query_bind_value(query, q->is);
    if (r->segment) segment_bind(query, &q->place, r->segment);
    bind_bounds(query, p, r);
    if (r->way == EVERY_WAY) sight_bind(query, q->reg, &q->sight);
    else sight_bind_way(query, &q->sight);
    bind_condition(query, p->arena, q->condition, q->run);
    bind_condition(query, p->arena, q->condition2, q->run);
    if (r->words == WORDS_CHECK && checks_texts(p))
        texts_bind(query, q->reg, p->terms, p->term_count);
    else if (r->words == WORDS_CONDITION || r->words == WORDS_CHECK)
        bind_words(query, p);
}
