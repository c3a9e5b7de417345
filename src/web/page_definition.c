#include "web/page_definition.h"

#include "office/due.h"
#include "web/definition_view.h"
#include "web/diagram.h"
#include "web/page_issued.h"
#include "web/page_list.h"
#include "web/templates.h"

void page_definitions(struct request *rq, struct reply *rp)
{
    const struct model *m = app_of(rq)->office->model;
    struct definition_group *groups = arena_new_array(rq->arena, struct definition_group, m->chapter_count + 1);
    size_t n = 0;
    for (size_t i = 0; i < m->chapter_count; i++) {
        struct link_view *rows = arena_new_array(rq->arena, struct link_view, m->reg_count + 1);
        struct definition_group g = {.label = m->chapters[i].label, .rows = rows};
        for (size_t k = 0; k < m->reg_count; k++)
            if (str_eq(m->regs[k].chapter, m->chapters[i].key))
                rows[g.row_count++] = (struct link_view){
                    m->regs[k].label, str_printf(rq->arena, "/definitions/%.*s", STR_ARG(m->regs[k].name)),
                    m->regs[k].help};
        if (g.row_count) groups[n++] = g;
    }
    struct page p = app_page(rq, STR("台账定义"));
    struct in_force_view f = issued_in_force(rq);
    tmpl_page_definitions(rp->body, &p, &f, groups, n);
}

/* ---- one register ---- */

static struct str cite_words(struct arena *a, const struct citation *c)
{
    if (c->text.len == 0) return STR("");
    return c->verified ? c->text : str_printf(a, "%.*s（参考口径）", STR_ARG(c->text));
}

static const struct rule_view *rules_of(struct arena *a, const struct rule *rules, size_t count)
{
    struct rule_view *list = arena_new_array(a, struct rule_view, count + 1);
    for (size_t i = 0; i < count; i++)
        list[i] = (struct rule_view){rules[i].say, cite_words(a, &rules[i].cite), rules[i].remedy};
    return list;
}

static struct str join_stages(struct arena *a, const struct reg *reg, const struct act *act)
{
    struct buf b = buf_in(a);
    for (size_t i = 0; i < act->from_count; i++) {
        const struct stage *s = reg_stage(reg, act->from[i]);
        buf_putf(&b, "%s%.*s", i ? "、" : "", STR_ARG(s ? s->label : act->from[i]));
    }
    if (act->kind == ACT_CREATE) return STR("新建");
    return act->from_count ? buf_str(&b) : STR("没有结束的任何阶段");
}

static struct str join_roles(struct arena *a, const struct model *m, const struct act *act)
{
    struct buf b = buf_in(a);
    for (size_t i = 0; i < act->by_count; i++) {
        const struct role *r = model_role(m, act->by[i]);
        buf_putf(&b, "%s%.*s", i ? "、" : "", STR_ARG(r ? r->label : act->by[i]));
    }
    return act->by_count ? buf_str(&b) : STR("能查看的人");
}

static struct str join_inputs(struct arena *a, const struct act *act)
{
    struct buf b = buf_in(a);
    for (size_t i = 0; act->kind == ACT_STEP && i < act->input_count; i++)
        buf_putf(&b, "%s%.*s%s", b.len ? "、" : "", STR_ARG(act->inputs[i].field->label),
                 act->inputs[i].required ? "*" : "");
    return buf_str(&b);
}

static void put_acts(struct request *rq, const struct reg *reg, struct definition_view *v)
{
    struct act_row *list = arena_new_array(rq->arena, struct act_row, reg->act_count);
    for (size_t i = 0; i < reg->act_count; i++) {
        const struct act *act = &reg->acts[i];
        const struct stage *to = act->to.len ? reg_stage(reg, act->to) : NULL;
        if (act->kind != ACT_CREATE && act->kind != ACT_STEP) continue;
        list[v->act_count++] = (struct act_row){.label = act->label,
                                                .from = join_stages(rq->arena, reg, act),
                                                .to = to ? to->label : STR(""),
                                                .by = join_roles(rq->arena, app_of(rq)->office->model, act),
                                                .inputs = join_inputs(rq->arena, act),
                                                .cite = cite_words(rq->arena, &act->cite),
                                                .rules = rules_of(rq->arena, act->require, act->require_count),
                                                .rule_count = act->require_count};
    }
    v->acts = list;
}

static struct str act_labels(struct arena *a, const struct reg *reg, const struct str *names, size_t count)
{
    struct buf b = buf_in(a);
    for (size_t i = 0; i < count; i++) {
        const struct act *act = reg_act(reg, names[i]);
        buf_putf(&b, "%s「%.*s」", i ? "或" : "", STR_ARG(act ? act->label : names[i]));
    }
    return buf_str(&b);
}

/* Every version of the law's number, with its article where there are several. */
static struct str versions_words(struct arena *a, const struct deadline *d)
{
    struct buf b = buf_in(a);
    for (size_t i = 0; i < d->version_count; i++) {
        const struct deadline_version *v = &d->versions[i];
        struct str cite = cite_words(a, &v->cite);
        if (i) buf_puts(&b, "；");
        if (d->version_count > 1 && i + 1 < d->version_count)
            buf_putf(&b, "%.*s以前起算的", STR_ARG(date_iso(a, date_add_days(v->valid_until, 1))));
        buf_putf(&b, "%s%.*s", d->direction == DEADLINE_WITHIN ? "" : "不少于",
                 STR_ARG(period_length_words(a, v->length)));
        if (v->param) buf_putf(&b, "（共用参数「%.*s」）", STR_ARG(v->param->label));
        if (d->version_count > 1 && cite.len) buf_putf(&b, "（%.*s）", STR_ARG(cite));
    }
    return buf_str(&b);
}

static struct str more_words(struct arena *a, const struct reg *reg, const struct deadline *d)
{
    struct buf b = buf_in(a);
    if (d->right) buf_puts(&b, "这是可以行使的权利，期满未提出不算逾期");
    if (d->extend_by.amount)
        buf_putf(&b, "%s经%.*s可以延长%.*s", b.len ? "；" : "", STR_ARG(act_labels(a, reg, &d->extend_on, 1)),
                 STR_ARG(period_length_words(a, d->extend_by)));
    if (d->suspend_from.len)
        buf_putf(&b, "%s%.*s期间不计入", b.len ? "；" : "", STR_ARG(act_labels(a, reg, &d->suspend_from, 1)));
    if (d->given) buf_putf(&b, "%s「%.*s」填写的从其载明", b.len ? "；" : "", STR_ARG(d->given->label));
    if (d->warn.amount)
        buf_putf(&b, "%s提前%.*s提醒", b.len ? "；" : "", STR_ARG(period_length_words(a, d->warn)));
    if (d->warn_param) buf_putf(&b, "（共用参数「%.*s」）", STR_ARG(d->warn_param->label));
    if (d->roll != ROLL_NONE) buf_putf(&b, "%s末日遇休假日顺延", b.len ? "；" : "");
    if (d->when) buf_putf(&b, "%s只在%.*s时计算", b.len ? "；" : "", STR_ARG(formula_words(a, d->when)));
    if (d->stop_count)
        buf_putf(&b, "%s办理%.*s以后不再计算", b.len ? "；" : "", STR_ARG(act_labels(a, reg, d->stop, d->stop_count)));
    return buf_str(&b);
}

/* As a matter of today would have them. */
static bool deadlines_today(struct request *rq, const struct reg *reg, struct deadline **list, struct error *err)
{
    const struct office *o = app_of(rq)->office;
    *list = arena_new_array(rq->arena, struct deadline, reg->deadline_count + 1);
    struct conn *c = store_read(o->store, err);
    bool ok = c != NULL;
    for (size_t i = 0; ok && i < reg->deadline_count; i++)
        ok = due_in_force(o, c, rq->arena, &reg->deadlines[i], clock_today(&o->clock), &(*list)[i], err);
    if (c) store_done(c);
    return ok;
}

static bool put_deadlines(struct request *rq, const struct reg *reg, struct definition_view *v, struct error *err)
{
    struct arena *a = rq->arena;
    struct deadline *today;
    struct deadline_rule *list = arena_new_array(a, struct deadline_rule, reg->deadline_count + 1);
    if (!deadlines_today(rq, reg, &today, err)) return false;
    for (size_t i = 0; i < reg->deadline_count; i++) {
        const struct deadline *d = &today[i];
        list[i] = (struct deadline_rule){
            .label = d->label,
            .length = versions_words(a, d),
            .start = d->start ? str_printf(a, "自「%.*s」起", STR_ARG(d->start->label))
                              : str_printf(a, "自办理%.*s之日起", STR_ARG(act_labels(a, reg, &d->start_act, 1))),
            .until = str_printf(a, "到%.*s为止", STR_ARG(act_labels(a, reg, d->until, d->until_count))),
            .more = more_words(a, reg, d),
            .cite = d->version_count ? cite_words(a, &d->versions[d->version_count - 1].cite) : STR("")};
    }
    v->deadlines = list;
    v->deadline_count = reg->deadline_count;
    return true;
}

static struct str type_words(struct arena *a, const struct field *f)
{
    static const char *const words[] = {
        [FIELD_TEXT] = "文字",      [FIELD_INTEGER] = "整数", [FIELD_DECIMAL] = "小数", [FIELD_MONEY] = "金额（元）",
        [FIELD_DATE] = "日期",      [FIELD_MOMENT] = "时间",  [FIELD_YESNO] = "是否",   [FIELD_CODE] = "代码",
        [FIELD_ORG] = "单位",       [FIELD_PLACE] = "地点",   [FIELD_PERSON] = "人员",  [FIELD_REF] = "关联",
        [FIELD_ATTACHMENT] = "附件"};
    if (f->type == FIELD_REF) return str_printf(a, "关联：%.*s", STR_ARG(f->target->label));
    if (f->type == FIELD_CODE) return str_printf(a, "代码：%.*s", STR_ARG(f->codes->label));
    return str_from(words[f->type]);
}

static struct str notes_of(struct arena *a, const struct field *f)
{
    struct buf b = buf_in(a);
    if (f->required) buf_puts(&b, "必填 ");
    if (f->derived) buf_putf(&b, "由公式算出：%.*s ", STR_ARG(formula_words(a, f->derived)));
    if (f->private_)
        buf_putf(&b, "个人信息（%.*s；%.*s；保存%.*s） ", STR_ARG(f->private_->purpose), STR_ARG(f->private_->basis),
                 STR_ARG(f->private_->keep));
    buf_put(&b, f->help);
    return buf_str(&b);
}

static struct table_view fields_table(struct request *rq, const struct reg *reg)
{
    static const char *const heads[] = {"栏目", "名称", "类型", "说明"};
    enum { WIDTH = 4 };
    struct column_view *columns = arena_new_array(rq->arena, struct column_view, WIDTH);
    struct cell_view *cells = arena_new_array(rq->arena, struct cell_view, WIDTH * reg->field_count);
    for (size_t i = 0; i < WIDTH; i++) columns[i] = (struct column_view){.label = str_from(heads[i]), .text = i == 3};
    for (size_t i = 0; i < reg->field_count; i++) {
        const struct field *f = &reg->fields[i];
        struct cell_view *row = &cells[WIDTH * i];
        row[0].text = f->label;
        row[1].text = f->name;
        row[2].text = type_words(rq->arena, f);
        row[3].text = notes_of(rq->arena, f);
    }
    return (struct table_view){.caption = STR("字段"),
                               .columns = columns,
                               .column_count = WIDTH,
                               .cells = cells,
                               .row_count = reg->field_count};
}

static void put_figures(struct request *rq, const struct reg *reg, struct definition_view *v)
{
    const struct model *m = app_of(rq)->office->model;
    struct link_view *list = arena_new_array(rq->arena, struct link_view, m->figure_count + 1);
    for (size_t i = 0; i < m->figure_count; i++) {
        const struct formula_register *regs[16];
        size_t n = formula_registers(m->figures[i].value, regs, 16);
        bool uses = false;
        for (size_t k = 0; k < n && k < 16; k++) uses = uses || regs[k] == &reg->as_formula;
        if (uses)
            list[v->figure_count++] = (struct link_view){
                m->figures[i].label, str_printf(rq->arena, "/figures/%.*s", STR_ARG(m->figures[i].name)),
                m->figures[i].meaning};
    }
    v->figures = list;
}

/* What a number looks like, and what its parts mean: 跃信〔2026〕1号 …. The pattern itself is for who writes definitions. */
static struct str number_words(struct request *rq, const struct reg *reg)
{
    struct arena *a = rq->arena;
    const struct office *o = app_of(rq)->office;
    int year = date_ymd(clock_today(&o->clock)).year;
    bool marked = str_find(reg->number, STR("{mark}"), 0) != SIZE_MAX;
    bool dated = str_find(reg->number, STR("{year}"), 0) != SIZE_MAX;
    struct str t = str_replace(a, reg->number, STR("{mark}"), o->info.mark);
    t = str_replace(a, str_replace(a, t, STR("{year}"), str_printf(a, "%d", year)), STR("{seq}"), STR("1"));
    for (int width = 1; width <= 9; width++)
        t = str_replace(a, t, str_printf(a, "{seq:%d}", width), str_printf(a, "%0*d", width, 1));
    struct buf b = buf_in(a);
    buf_putf(&b, "如 %.*s，", STR_ARG(t));
    if (marked) buf_putf(&b, "“%.*s”是本单位的代字，", STR_ARG(o->info.mark));
    if (dated) buf_putf(&b, "“%d”是事项登记的年份，", year);
    buf_puts(&b, "“1”是顺序号，按年从 1 起自动编");
    return buf_str(&b);
}

void page_definition(struct request *rq, struct reply *rp)
{
    const struct reg *reg = model_reg(app_of(rq)->office->model, rq->arg[0]);
    if (!reg) {
        http_fault(rq, rp, 404, STR("没有这个台账"));
        return;
    }
    struct diagram d = diagram_layout(rq->arena, reg);
    struct definition_view v = {.label = reg->label,
                                .in_force = issued_in_force(rq),
                                .help = reg->help,
                                .cite = cite_words(rq->arena, &reg->cite),
                                .number = number_words(rq, reg),
                                .diagram = diagram_svg(rq->arena, reg, &d),
                                .fields = fields_table(rq, reg),
                                .always = rules_of(rq->arena, reg->always, reg->always_count),
                                .always_count = reg->always_count};
    if (user_sees_register(&visit_of(rq)->user, reg))
        v.list_href = str_printf(rq->arena, "/r/%.*s", STR_ARG(reg->name));
    put_acts(rq, reg, &v);
    if (!put_deadlines(rq, reg, &v, &rp->err)) {
        http_fault_error(rq, rp, &rp->err);
        return;
    }
    put_figures(rq, reg, &v);
    struct page p = app_page(rq, reg->label);
    struct crumb crumbs[] = {{STR("台账定义"), STR("/definitions")}, {reg->label, STR("")}};
    app_crumbs(rq, &p, crumbs, 2);
    tmpl_page_definition(rp->body, &p, &v);
}
