#include "cli/cli.h"

#define NO_MORE {NULL, NULL, NULL}

static const struct cli_option init_options[] = {
    {"admin", "账号", "系统管理员的账号名，默认 admin"},
    {"password-file", "文件", "从文件读管理员的密码；不写时随机产生并显示一次"},
    NO_MORE};
static const struct cli_option demo_options[] = {
    {"password", "密码", "演示账号的密码，默认 Yuejin-2024"}, NO_MORE};
static const struct cli_option serve_options[] = {
    {"listen", "ADDR:PORT", "监听的地址，默认 127.0.0.1:8080"},
    {"behind-tls", NULL, "前面有 TLS 代理：Cookie 只走 HTTPS"},
    {"insecure", NULL, "允许不加密地监听本机以外的地址（只用于隔离的试用网络）"},
    {"access-log", NULL, "在标准错误输出上记录每个请求（不含查询内容）"},
    {"writers", "个数", "最多同时办理多少个提交，默认 96；它们等磁盘时合在一起写"},
    {"sheet-limit", "MB", "网页导入的文件最多多大，默认 1024"},
    NO_MORE};
static const struct cli_option import_options[] = {
    {"dry-run", NULL, "只检查，不写入"},
    {"as", "账号", "由谁导入"},
    {"again", NULL, "这个文件导入过也再导入一次"},
    {"map", "列=字段,…", "指定表头与栏目的对应，并记住"},
    {"faulty", "文件", "把有错的行连同原因写到这个 CSV 文件"},
    NO_MORE};
static const struct cli_option list_options[] = {
    {"where", "公式", "条件，如 stage = accepted and received_on in 2024"},
    {"format", "格式", "table、csv 或者 json，默认 table"},
    {"limit", "条数", "最多列出多少条，默认全部"},
    {"sort", "字段", "按这个字段排序，前面加 - 为倒序"},
    NO_MORE};
static const struct cli_option act_options[] = {
    {"as", "账号", "由谁办理"}, {"reason", "理由", "更正、作废、查看隐私信息的理由，备注的内容"}, NO_MORE};
static const struct cli_option figure_options[] = {
    {"period", "统计期", "2024、2024-05、2024-Q1、2024-H1 或者 起..止，默认今年"},
    {"format", "格式", "text 或者 json，默认 text"},
    NO_MORE};
static const struct cli_option report_options[] = {
    {"format", "格式", "text、html、docx、pdf 或者 json，默认 text"},
    {"output", "文件", "写到文件（也可以写 -o），默认标准输出"},
    {"fix", NULL, "定稿：把数字连同办理记录的位置存下来"},
    {"changes", NULL, "列出定稿以后变了的数字"},
    {"as", "账号", "由谁定稿"},
    NO_MORE};
static const struct cli_option trace_options[] = {
    {"limit", "条数", "每组最多列出多少条，默认全部"}, NO_MORE};
static const struct cli_option verify_options[] = {
    {"year", "年", "报告说的是哪一年；不写时只核对报告自身的算术"},
    {"format", "格式", "text 或者 json，默认 text"},
    NO_MORE};
static const struct cli_option workday_options[] = {
    {"calendar", "名称", "national 或者加上地区，如 guangxi；默认按本单位的设置"},
    {"unit", "单位", "workdays（默认）、days、months、years"},
    NO_MORE};
static const struct cli_option recompute_options[] = {
    {"apply", NULL, "真的重算；不写时只列出会变的期限"}, {"as", "账号", "由谁重算"}, NO_MORE};
static const struct cli_option move_options[] = {
    {"from", "来处", "数据文件夹，或者 postgresql:// 地址（密钥在 --data 的文件夹里）"},
    {"to", "去处", "数据文件夹，或者 postgresql:// 地址（密钥写到 --data 的文件夹里）"},
    NO_MORE};
static const struct cli_option schema_options[] = {
    {"citus", NULL, "只显示把各表按单位分布到 Citus 集群的语句"}, NO_MORE};
static const struct cli_option user_options[] = {
    {"person", "姓名", "姓名"},
    {"post", "职务", "职务"},
    {"org", "单位", "单位的名称或者代码"},
    {"roles", "岗位", "岗位，用逗号隔开"},
    {"password-file", "文件", "从文件（- 为标准输入）读密码；不写时随机产生并显示一次"},
    NO_MORE};

static const struct cli_option office_options[] = {
    {"full-name", "名称", "全称；不写时由上级单位的名称组成"},
    {"mark", "代字", "发文代字，用在编号里；不写时用名称去掉街道、镇等字"},
    {"key", "标识", "数据库里的标识；不写时是 o 加区划代码"},
    NO_MORE};

static const struct cli_option definitions_options[] = {
    {"by", "单位", "由哪个单位下发（区划代码或者名称），与 --office 相同"},
    {"as", "账号", "由谁下发"},
    {"from", "日期", "自何日起生效，默认今天"},
    {"note", "说明", "改了什么，依据什么文件"},
    {"files", NULL, "show 时连文件的内容一起显示"},
    NO_MORE};

const struct cli_command cli_commands[] = {
    {"init", "", "建立新的数据文件夹和系统管理员账号", 0, 0, init_options, cli_init},
    {"demo", "", "装入演示单位：机构、账号和一年的台账", 0, 0, demo_options, cli_demo},
    {"check", "", "检查定义文件，列出全部错误", 0, 0, NULL, cli_check},
    {"serve", "", "启动网页服务", 0, 0, serve_options, cli_serve},
    {"import", "台账 文件", "导入 CSV 或者 XLSX，全部成功才写入", 2, 2, import_options, cli_import},
    {"list", "台账", "列出台账的记录", 1, 1, list_options, cli_list},
    {"act", "记录 动作 [字段=值 …]", "办理一个动作；记录写编号或者 台账/序号，新建时写台账名", 2, 200, act_options, cli_act},
    {"figure", "名称", "计算一个数字", 1, 1, figure_options, cli_figure},
    {"tree", "单位 [数字 …]", "并列计算一个单位下面各单位的数字，如 fazhi tree 450205 petition.registered", 1, 200, figure_options,
     cli_tree},
    {"report", "报告 统计期", "生成报告，如 fazhi report annual 2024 --format pdf -o 报告.pdf", 2, 2, report_options, cli_report},
    {"trace", "报告 统计期 数字", "列出一个数字后面的记录", 3, 3, trace_options, cli_trace},
    {"verify-report", "文件", "核对一份写好的报告里的数字", 1, 1, verify_options, cli_verify_report},
    {"workday", "add [日期 天数]", "推算工作日；不写日期时从标准输入逐行读 日期,天数", 1, 3, workday_options, cli_workday},
    {"replay", "", "核对办理记录的哈希链，并由办理记录重建全部记录来比对", 0, 0, NULL, cli_replay},
    {"recompute", "", "节假日数据改变以后，预览或者重算未到期的期限", 0, 0, recompute_options, cli_recompute},
    {"user", "add|password|disable|enable|list [账号]", "管理账号", 1, 2, user_options, cli_user_command},
    {"office", "list [代码] | add 代码 名称 | rename 单位 新名称 | close|reopen 单位 | import 文件", "管理同一个数据库里的多个单位", 1, 3,
     office_options, cli_office},
    {"definitions", "issue 文件夹 | check [文件夹] | withdraw | list | show 份 | diff 份 [份]",
     "下发共用的定义：文件夹里的定义文件盖在程序自带的上面，对下发单位和它下面的单位生效", 1, 3, definitions_options,
     cli_definitions},
    {"backup", "文件夹", "把数据完整地备份到新文件夹，服务运行时也可以", 1, 1, NULL, cli_backup},
    {"move", "", "把一个单位从数据文件夹搬到 PostgreSQL，或者搬回来；原处不动", 0, 0, move_options, cli_move},
    {"schema", "", "显示 PostgreSQL 的建表语句", 0, 0, schema_options, cli_schema},
    {"help", "[命令]", "显示命令的列表或者一个命令的用法", 0, 1, NULL, cli_help},
};
const size_t cli_command_count = sizeof cli_commands / sizeof *cli_commands;
