/* A gallery of the web's components with invented content: `web_gallery 127.0.0.1:8090`, then /, /form, /record,
 * /sign-in, /confirm, /error. For looking at, and for the browser tests of accessibility. Not part of the product. */
#include <stdio.h>

#include "base/date.h"
#include "web/http.h"
#include "web/templates.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define T(text)                                                                                                        \
    {                                                                                                                  \
        text, sizeof(text) - 1                                                                                         \
    }

static const struct nav_link top_links[] = {
    {.label = T("工作台"), .href = T("/"), .count = 7},
    {.label = T("年度报告"), .href = T("/report")},
    {.label = T("期限计算"), .href = T("/deadline")},
};
static const struct nav_link chapter1[] = {
    {.label = T("述法与部署"), .href = T("/r/duty")},
    {.label = T("会议"), .href = T("/r/meeting")},
    {.label = T("任务督办"), .href = T("/r/task"), .count = 2},
};
static const struct nav_link chapter2[] = {
    {.label = T("“三重一大”事项"), .href = T("/r/major")},
    {.label = T("合法性审核"), .href = T("/r/review"), .count = 3},
    {.label = T("规范性文件"), .href = T("/r/normative")},
};
static const struct nav_link chapter3[] = {
    {.label = T("信访事项"), .href = T("/r/petition"), .count = 5, .current = true},
    {.label = T("人民调解"), .href = T("/r/mediation")},
    {.label = T("矛盾纠纷排查"), .href = T("/r/screening")},
    {.label = T("12345 热线工单"), .href = T("/r/hotline"), .count = 12},
};
static const struct nav_chapter chapters[] = {
    {.label = T("党建引领"), .links = chapter1, .link_count = COUNT(chapter1)},
    {.label = T("依法决策"), .links = chapter2, .link_count = COUNT(chapter2)},
    {.label = T("守牢底线"), .links = chapter3, .link_count = COUNT(chapter3), .open = true},
};
static const struct user_view user = {T("沈雨桐"), T("平安建设办公室 · 信访专员")};
static const struct flash flashes[] = {
    {FLASH_DONE, T("已受理。受理告知书可在附件中下载。")},
    {FLASH_WARN, T("节假日安排已更新，有 3 个未结期限需要重新确认。")},
};
static const struct crumb crumbs[] = {
    {T("工作台"), T("/")}, {T("信访事项"), T("/r/petition")}, {T("跃信〔2024〕7号"), {0, 0}}};

static struct page page_for(const struct request *rq, const char *title)
{
    struct page p = {.title = str_from(title),
                     .office = STR("跃进街道办事处"),
                     .version = STR("0.1.0"),
                     .today = STR("2024年3月15日 星期五"),
                     .token = STR("token"),
                     .user = &user,
                     .top = top_links,
                     .top_count = COUNT(top_links),
                     .chapters = chapters,
                     .chapter_count = COUNT(chapters)};
    p.elder = str_is(request_query(rq, "elder"), "1");
    return p;
}

static void show(struct reply *rp, const struct page *p, size_t from)
{
    struct html body = html_take(rp->body, from);
    tmpl_layout(rp->body, p, body);
}

static const struct tile_view tiles[] = {
    {T("已逾期"), T("1"), T("跃信〔2024〕3号"), T("/late"), BADGE_LATE},
    {T("5日内到期"), T("4"), T("最近 3月18日"), T("/soon"), BADGE_SOON},
    {T("待我审核"), T("3"), T("合法性审核"), T("/review"), BADGE_NORMAL},
    {T("本月办结"), T("26"), T("其中按期 26"), T("/done"), BADGE_DONE},
};
static const struct tab_view tabs[] = {
    {T("全部"), T("/?t=all"), 128, false},
    {T("在办"), T("/?t=open"), 5, true},
    {T("已办结"), T("/?t=done"), 123, false},
    {T("统计"), T("/?t=figures"), -1, false},
};
static const struct option_view channels[] = {
    {T("visit"), T("来访"), 0, false}, {T("letter"), T("来信"), 0, false}, {T("phone"), T("电话"), 0, true},
    {T("net"), T("网上"), 0, false},   {T("other"), T("其他"), 0, false},
};
static const struct option_view orgs[] = {
    {T("1"), T("跃进街道办事处"), 0, false}, {T("2"), T("平安建设办公室"), 1, true},
    {T("3"), T("综合行政执法队"), 1, false}, {T("4"), T("新华社区"), 1, false},
    {T("5"), T("第三网格"), 2, false},
};
static const struct column_view columns[] = {
    {.label = T("编号"), .sort = T("/?sort=number")},
    {.label = T("收到日期"), .sort = T("/?sort=-received"), .sorted = -1},
    {.label = T("形式")},
    {.label = T("诉求内容"), .text = true},
    {.label = T("承办")},
    {.label = T("答复期限"), .sort = T("/?sort=due")},
    {.label = T("状态")},
    {.label = T("用时（天）"), .number = true},
};

static struct html badge_html(struct reply *rp, enum badge_kind kind)
{
    size_t from = rp->body->len;
    tmpl_badge(rp->body, &(struct badge_view){.kind = kind});
    return html_take(rp->body, from);
}

static void put_table(struct reply *rp)
{
    static const char *const texts[] = {"反映新华里 12 号楼地下车库出入口长期被占用，要求物业恢复通行并公示收费依据",
                                        "要求公开老旧小区加装电梯项目的居民表决结果",
                                        "楼上装修违规拆改承重墙",
                                        "沿街餐饮油烟扰民，多次投诉未解决",
                                        "业主委员会换届程序存在疑问，请求街道指导",
                                        "反映停车位划线与消防通道冲突"};
    static const char *const number[] = {"跃信〔2024〕12号", "跃信〔2024〕11号", "跃信〔2024〕9号",
                                         "跃信〔2024〕7号",  "跃信〔2024〕6号",  "跃信〔2024〕3号"};
    enum { ROWS = 6, COLUMNS = COUNT(columns) };
    struct cell_view *cells = arena_new_array(rp->arena, struct cell_view, ROWS * COLUMNS);
    for (int r = 0; r < ROWS; r++) {
        struct cell_view *c = cells + r * COLUMNS;
        c[0] = (struct cell_view){.text = str_from(number[r]), .href = STR("/record")};
        c[1].text = str_printf(rp->arena, "2024-03-%02d", 14 - r * 2);
        c[2].text = channels[r % 5].label;
        c[3].text = str_from(texts[r]);
        c[4].text = orgs[1 + r % 3].label;
        c[5].text = str_printf(rp->arena, "2024-05-%02d", 13 - r * 2);
        c[6].html = badge_html(rp, (enum badge_kind)(1 + r % 5));
        if (r > 2) c[7].text = str_printf(rp->arena, "%d", r * 7);
    }
    tmpl_table(rp->body, &(struct table_view){STR("信访事项"), columns, COLUMNS, cells, ROWS});
}

static void page_list(struct request *rq, struct reply *rp)
{
    struct page p = page_for(rq, "信访事项");
    p.flashes = flashes;
    p.flash_count = COUNT(flashes);
    p.crumbs = (const struct crumb[]){{T("工作台"), T("/")}, {T("信访事项"), {0, 0}}};
    p.crumb_count = 2;
    const struct field_view filters[] = {
        {.kind = INPUT_CODE,
         .name = T("channel"),
         .label = T("信访形式"),
         .options = channels,
         .option_count = COUNT(channels)},
        {.kind = INPUT_ORG, .name = T("org"), .label = T("承办单位"), .options = orgs, .option_count = COUNT(orgs)},
        {.kind = INPUT_DATE, .name = T("from"), .label = T("收到日期从"), .value = T("2024-01-01")},
        {.kind = INPUT_DATE, .name = T("to"), .label = T("至")},
    };
    const struct pair_view chosen[] = {{.label = T("信访形式"), .value = T("电话"), .href = T("/?")},
                                       {.label = T("收到日期从"), .value = T("2024-01-01"), .href = T("/?")}};
    struct buf *b = rp->body;
    buf_puts(b, "<div class=\"heading\"><h1>信访事项</h1><div class=\"buttons\"><a class=\"button\" href=\"/import\">");
    tmpl_icon(b, "upload");
    buf_puts(b, "导入</a><a class=\"button primary\" href=\"/form\">");
    tmpl_icon(b, "plus");
    buf_puts(b, "登记</a></div></div>");
    tmpl_tiles(b, tiles, COUNT(tiles));
    tmpl_tabs(b, tabs, COUNT(tabs));
    tmpl_filter(b, &(struct filter_view){.action = STR("/"),
                                         .search_hint = STR("编号、内容"),
                                         .fields = filters,
                                         .field_count = COUNT(filters),
                                         .chosen = chosen,
                                         .chosen_count = COUNT(chosen)});
    put_table(rp);
    tmpl_pager(b, &(struct pager_view){1, 6, 128, STR(""), STR("/?after=6")});
    buf_puts(b, "<hr><h2>空的时候</h2>");
    tmpl_empty(b, &(struct empty_view){STR("没有符合条件的信访事项"), STR("换一个条件，或登记一件新的。"), STR("/form"),
                                       STR("登记")});
    show(rp, &p, 0);
}

static void page_form(struct request *rq, struct reply *rp)
{
    struct page p = page_for(rq, "登记信访事项");
    const struct file_view files[] = {{T("诉求材料（扫描件）.pdf"), T("/f/1"), T("1.2 MB"), T("1")}};
    const struct form_fault faults[] = {{T("received"), T("收到日期"), T("不能晚于今天")},
                                        {T("yes"), T("是否重复信访"), T("请选择")}};
    const struct field_view fields[] = {
        {.kind = INPUT_TEXT,
         .name = T("title"),
         .label = T("标题"),
         .required = true,
         .value = T("反映车库出入口被占用")},
        {.kind = INPUT_DATE,
         .name = T("received"),
         .label = T("收到日期"),
         .required = true,
         .value = T("2024-03-18"),
         .error = T("不能晚于今天"),
         .cite = T("信访工作条例 第二十二条")},
        {.kind = INPUT_DATETIME, .name = T("visit"), .label = T("来访时间"), .value = T("2024-03-14T09:30")},
        {.kind = INPUT_PERSON,
         .name = T("person"),
         .label = T("信访人"),
         .required = true,
         .is_private = true,
         .help = T("加密保存，查看留痕")},
        {.kind = INPUT_INTEGER, .name = T("people"), .label = T("涉及人数"), .unit = T("人"), .value = T("3")},
        {.kind = INPUT_DECIMAL, .name = T("area"), .label = T("涉及面积"), .unit = T("平方米")},
        {.kind = INPUT_MONEY, .name = T("money"), .label = T("涉及金额"), .unit = T("元")},
        {.kind = INPUT_CODE,
         .name = T("channel"),
         .label = T("信访形式"),
         .options = channels,
         .option_count = COUNT(channels),
         .required = true},
        {.kind = INPUT_ORG, .name = T("org"), .label = T("承办单位"), .options = orgs, .option_count = COUNT(orgs)},
        {.kind = INPUT_PLACE,
         .name = T("place"),
         .label = T("发生地点"),
         .lookup = T("/lookup/place"),
         .help = T("输入几个字，从列表选取")},
        {.kind = INPUT_REFERENCE,
         .name = T("matter"),
         .label = T("关联工单"),
         .lookup = T("/lookup/hotline"),
         .value = T("12345-20240312-0087"),
         .shown = T("车库通行")},
        {.kind = INPUT_YES_NO, .name = T("yes"), .label = T("是否重复信访"), .required = true, .error = T("请选择")},
        {.kind = INPUT_CODE, .name = T("kind"), .label = T("诉求类别"), .options = channels, .option_count = 4},
        {.kind = INPUT_LONG_TEXT,
         .name = T("content"),
         .label = T("诉求内容"),
         .required = true,
         .value = T("新华里 12 号楼地下车库 <出入口> 长期被占用。"),
         .help = T("写清时间、地点、要求；不要写身份证号")},
        {.kind = INPUT_ATTACHMENT,
         .name = T("files"),
         .label = T("附件"),
         .files = files,
         .file_count = 1,
         .multiple = true,
         .help = T("每个文件不超过 32 MB")},
    };
    buf_puts(rp->body, "<div class=\"heading\"><h1>登记信访事项</h1></div><div class=\"sheet\">");
    tmpl_form(rp->body, &(struct form_view){.action = STR("/form"),
                                            .token = p.token,
                                            .submit = STR("登记"),
                                            .cancel = STR("/"),
                                            .fields = fields,
                                            .field_count = COUNT(fields),
                                            .faults = faults,
                                            .fault_count = COUNT(faults),
                                            .upload = true});
    buf_puts(rp->body, "</div>");
    show(rp, &p, 0);
}

/* Fifteen days from 2024-03-28, over the holiday of 清明. */
static struct deadline_view make_deadline(struct arena *a)
{
    enum { DAYS = 26 };
    struct day_view *days = arena_new_array(a, struct day_view, DAYS);
    struct date first;
    date_from_ymd((struct ymd){2024, 3, 28}, &first);
    int64_t number = 0;
    for (int i = 0; i < DAYS; i++) {
        struct date d = date_add_days(first, i);
        struct ymd ymd = date_ymd(d);
        struct day_view *v = &days[i];
        v->date = date_iso(a, d);
        v->label = i == 0 || ymd.day == 1 ? str_printf(a, "%d/%d", ymd.month, ymd.day) : str_printf(a, "%d", ymd.day);
        bool holiday = ymd.month == 4 && ymd.day >= 4 && ymd.day <= 6, weekend = date_weekday(d) % 6 == 0;
        v->makeup = ymd.month == 4 && ymd.day == 7;
        bool paused = ymd.month == 4 && ymd.day >= 16 && ymd.day <= 17;
        v->kind = i == 0                  ? STRIP_START
                  : holiday               ? STRIP_HOLIDAY
                  : paused                ? STRIP_SUSPENDED
                  : weekend && !v->makeup ? STRIP_WEEKEND
                                          : STRIP_COUNTED;
        if (holiday) v->reason = STR("清明节放假，不计入");
        if (v->makeup) v->reason = STR("节假日调休，周日上班，计入");
        if (v->kind == STRIP_COUNTED) v->number = ++number;
        v->today = ymd.month == 4 && ymd.day == 10;
    }
    days[DAYS - 1].last = true;
    return (struct deadline_view){.label = STR("受理期限"),
                                  .due = STR("2024年4月22日"),
                                  .due_strict = STR("2024年4月20日"),
                                  .remaining = STR("还有 6 个工作日"),
                                  .cite = STR("信访工作条例 第二十三条"),
                                  .notice = STR("国办发明电〔2023〕7号"),
                                  .badge = {.kind = BADGE_SOON},
                                  .days = days,
                                  .day_count = DAYS};
}

static const struct step_view steps[] = {
    {T("登记"), T("3月14日"), STEP_DONE},
    {T("受理"), T("3月18日"), STEP_DONE},
    {T("合法性审核"), T("在办 · 司法所"), STEP_NOW},
    {T("延期"), {0, 0}, STEP_SKIPPED},
    {T("答复"), {0, 0}, STEP_TODO},
    {T("办结"), {0, 0}, STEP_TODO},
};

static void put_events(struct buf *b)
{
    static const struct pair_view changes[] = {{.label = T("受理日期"), .value = T("2024-03-18")},
                                               {.label = T("承办单位"), .value = T("综合行政执法队")}};
    static const struct file_view files[] = {{T("受理告知书.pdf"), T("/f/2"), T("86 KB"), {0, 0}}};
    static const struct event_view events[] = {
        {.time = T("2024-03-20 16:02"),
         .actor = T("沈雨桐"),
         .place = T("平安建设办公室"),
         .label = T("答复"),
         .refused = true,
         .text = T("处理意见未经合法性审核"),
         .cite = T("重大行政决策程序暂行条例 第二十五条")},
        {.time = T("2024-03-18 10:20"),
         .actor = T("沈雨桐"),
         .place = T("平安建设办公室"),
         .label = T("受理"),
         .changes = changes,
         .change_count = 2,
         .files = files,
         .file_count = 1},
        {.time = T("2024-03-14 09:41"),
         .actor = T("系统导入"),
         .label = T("登记"),
         .text = T("来自 12345 平台导出表第 37 行")},
    };
    tmpl_timeline(b, events, COUNT(events));
}

static void page_record(struct request *rq, struct reply *rp)
{
    struct page p = page_for(rq, "跃信〔2024〕7号");
    p.crumbs = crumbs;
    p.crumb_count = COUNT(crumbs);
    static const struct pair_view facts[] = {
        {.label = T("收到日期"), .value = T("2024年3月14日")},
        {.label = T("信访形式"), .value = T("电话")},
        {.label = T("信访人"), .value = T("王**"), .masked = true},
        {.label = T("涉及人数"), .value = T("3 人")},
        {.label = T("承办单位"), .value = T("综合行政执法队")},
        {.label = T("来源编号"), .value = T("12345-20240312-0087"), .href = T("/")},
        {.label = T("满意度"), .value = {0, 0}},
        {.label = T("诉求内容"),
         .value = T("新华里 12 号楼地下车库出入口长期被占用，要求物业恢复通行并公示收费依据。"),
         .wide = true}};
    struct deadline_view d = make_deadline(rp->arena);
    struct buf *b = rp->body;
    buf_puts(b, "<div class=\"heading\"><h1>反映车库出入口被占用</h1>");
    tmpl_badge(b, &(struct badge_view){BADGE_SOON, {0, 0}});
    buf_puts(b, "<div class=\"buttons\"><a class=\"button\" href=\"/confirm\">不予受理</a><a class=\"button primary\" "
                "href=\"/form\">答复</a></div></div>");
    tmpl_refusal(b, &(struct refusal_view){STR("处理意见未经合法性审核，不能答复"), STR("XFW-20"),
                                           STR("信访工作条例 第三十一条"),
                                           STR("先提交司法所作合法性审核，审核结论为“合法”后再答复。"), STR("/form"),
                                           STR("提交合法性审核")});
    tmpl_stepper(b, steps, COUNT(steps));
    buf_puts(b, "<div class=\"columns\"><div><section class=\"sheet\"><h2>登记内容</h2>");
    tmpl_facts(b, facts, COUNT(facts));
    buf_puts(b, "</section><section class=\"sheet\"><h2>受理期限逐日计算</h2>");
    tmpl_strip(b, &d);
    buf_puts(b, "</section><section class=\"sheet\"><h2>全过程记录</h2>");
    put_events(b);
    buf_puts(b, "</section></div><aside class=\"sheet\"><h2>期限</h2>");
    tmpl_deadline(b, &d);
    struct deadline_view late = {.label = STR("答复期限"),
                                 .due = STR("2024年3月12日"),
                                 .remaining = STR("已超过 3 日"),
                                 .cite = STR("信访工作条例 第三十四条"),
                                 .badge = {.kind = BADGE_LATE}};
    tmpl_deadline(b, &late);
    struct deadline_view paused = {
        .label = STR("复查期限"), .due = STR("2024年4月30日"), .badge = {.kind = BADGE_PAUSED}};
    tmpl_deadline(b, &paused);
    buf_puts(b, "</aside></div>");
    show(rp, &p, 0);
}

static void page_sign_in(struct request *rq, struct reply *rp)
{
    struct page p = page_for(rq, "登录");
    tmpl_page_sign_in(rp->body, &p, &(struct sign_in_view){.error = STR("用户名或密码不对，还可以再试 3 次。")});
}

static void page_confirm(struct request *rq, struct reply *rp)
{
    struct page p = page_for(rq, "不予受理");
    static const struct pair_view facts[] = {{.label = T("编号"), .value = T("跃信〔2024〕7号")},
                                             {.label = T("标题"), .value = T("反映车库出入口被占用")}};
    tmpl_page_confirm(rp->body, &p,
                      &(struct confirm_view){.title = STR("确定不予受理？"),
                                             .text = STR("告知书将写明理由和救济途径，此后不能撤回。"),
                                             .action = STR("/confirm"),
                                             .token = p.token,
                                             .submit = STR("不予受理"),
                                             .cancel = STR("/record"),
                                             .danger = true,
                                             .facts = facts,
                                             .fact_count = 2});
}

static void page_error(struct request *rq, struct reply *rp)
{
    http_fault(rq, rp, 403, STR("您没有查看这件信访事项的权限。需要时请向承办单位负责人申请。"));
}

static const struct route routes[] = {
    {"GET", "/", page_list, 0},
    {"GET", "/form", page_form, 0},
    {"GET", "/record", page_record, 0},
    {"GET", "/sign-in", page_sign_in, 0},
    {"GET", "/confirm", page_confirm, 0},
    {"GET", "/error", page_error, 0},
    {"GET", "/assets/:name", http_asset, 0},
};

int main(int argc, char **argv)
{
    struct error err;
    struct http_options o = {.listen = argc > 1 ? argv[1] : "127.0.0.1:8090",
                             .routes = routes,
                             .route_count = COUNT(routes),
                             .access_log = stderr};
    http_hold_signals();
    struct http_server *server = http_open(&o, &err);
    if (!server) {
        fprintf(stderr, "%s\n", err.message);
        return 3;
    }
    http_wait_for_signal();
    http_close(server);
    return 0;
}
