/* Rows of the table in test_model.c. Lines and columns are counted by hand in tests/data/definitions. */
#define M "registers/matter.yaml"
#define O "office.yaml"
#define R "roles.yaml"
#define C "codes/base.yaml"
#define G "figures/base.yaml"
#define A "reports/annual.yaml"
/* YAML */
{M, "label: 事项\n", "label: 事项\nlabel: 再\n", M ":3:1", "写了两次"},
{M, "label: 事项\n", "label: &x 事项\n", M ":2:8", "锚点"},
{M, "label: 事项\n", "label: *x\n", M ":2:8", "引用"},
{M, "label: 事项\n", "label: !!str 事项\n", M ":2:8", "标签"},
{M, "label: 事项\n", "label: \t事项: 甲\n", M ":2:11", "YAML 写法不对"},
{O, "office:", "---\noffice:\n---\noffice:", O ":3:1", "第二份文档"},
{O, "  name: 试验街道", "  name: [[[[[[[[[[[[[[[[试验]]]]]]]]]]]]]]]]", O ":3:23", "嵌套太深"},
/* keys and kinds */
{M, "label: 事项\n", "lable: 事项\n", M ":2:1", "是不是 label"},
{M, "title: content", "title: [content]", M ":5:8", "应是一个名称"},
{M, "required: true, initial: today, l", "required: yes, initial: today, l", M ":8:52", "true 或 false"},
{M, "listed: true}", "listed: true, colour: red}", M ":8:88", "没有字段的键“colour”"},
{M, "{label: 收到日期, ", "{", M ":8:16", "字段缺少 label"},
{M, "      set: {channel: letter}\n      require:\n", "      require: 审核\n      inputs:\n", M ":41:7", "写了两次"},
{R, "may: [import]", "may: {import: 1}", R ":2:82", "应是一个名称或名称的列表"},
/* names */
{M, "register: matter", "register: matters", M ":1:11", "与文件名相同"},
{M, "  amount: ", "  Amount: ", M ":12:3", "不合规则"},
{M, "  amount: ", "  actor: ", M ":12:3", "已有别的用处"},
{M, "  amount: ", "  period: ", M ":12:3", "已有别的用处"},
{M, "label: 金额", "label: 内容", M ":12:11", "已经用过"},
{M, "chapter: petition", "chapter: petitions", M ":3:10", "没有篇章“petitions”，是不是 petition"},
{M, "{seq:4}", "{year}", M ":4:9", "应有 {seq}"},
{M, "{seq:4}", "{seq}{day}", M ":4:23", "{year}、{seq}"},
{M, "title: content", "title: contents", M ":5:8", "是不是 content"},
{M, "[-received_on, number]", "[-received_at, number]", M ":6:8", "是不是 received_on"},
{M, "[-received_on, number]", "[number, person]", M ":6:16", "不能用来排序"},
/* fields */
{M, "value: days > 10", "value: \"days > 10 or long\"", M ":16:57", "不能用自己或后面的"},
{M, "value: days > 10", "value: \"exists(review where matter = self) or long\"", M ":16:82", "不能用自己或后面的"},
{M, "type: money", "type: mony", M ":12:29", "是不是 money"},
{M, "codes: channel", "codes: chanel", M ":9:43", "是不是 channel"},
{M, ", codes: channel", "", M ":9:12", "缺少 codes"},
{M, "max: 1000.50", "max: 1000.505", M ":12:49", "这里应是数"},
{M, "min: 0", "min: 2000", M ":12:52", "max 应不小于 min"},
{M, "keep: 10年, ", "", M ":10:46", "private 缺少 keep"},
{M, "mask: name", "mask: nam", M ":10:88", "是不是 name"},
{M, "type: money", "type: money, multiline: true", M ":12:47", "multiline 只用于类型 text"},
{M, "days > 10", "long", M ":16:43", "只能用写在它前面的"},
{M, "initial: today, l", "initial: received_on, l", M ":8:67", "没有记录"},
{M, "initial: today, l", "initial: 12, l", M ":8:67", "应给出日期"},
/* formulas, also inside folded and literal text */
{M, "or closed_on >=", "or closed_at >=", M ":20:10", "没有字段 closed_at"},
{M, "days(received_on, closed_on)", "days(received_on, closed)", M ":15:62", "没有字段 closed"},
{M, "conclusion = lawful", "conclusion = legal", M ":42:68", "不是「结论」的代码"},
{G, "              count(matter))", "              count(mater))", G ":15:15", "没有台账"},
{G, "stage = closed", "stage = close", G ":14:42", "不是「阶段」的代码"},
{M, "set: {channel: letter}", "set: {channel: today}", M ":40:22", ""},
/* stages and acts */
{M, "      to: accepted", "      to: acepted", M ":32:11", "是不是 accepted"},
{M, "      from: registered", "      from: closed", M ":31:13", "终结阶段"},
{M, "    accepted: 已受理\n", "    accepted: 已受理\n    lost: 丢失\n", M ":26:5", "没有动作能到达阶段 lost"},
{M, "by: [clerk]", "by: [clark]", M ":33:12", "是不是 clerk"},
{M, "dated: accepted_on", "dated: closed_on", M ":34:14", "填写项"},
{M, "inputs: {closed_on:", "inputs: {closed:", M ":39:16", "没有字段“closed”"},
{M, "inputs: {closed_on: {required: true}}", "inputs: {days: {}}", M ":39:16", "算出来的"},
{M, "    close:\n", "    note:\n", M ":36:5", "动作不能叫 note"},
{M, "          say: 没有合法的审核\n", "", M ":42:11", "规则缺少 say"},
/* deadlines */
{M, "within: 15 days", "within: 15 dyas", M ":52:20", "数量和单位"},
{M, "within: 15 days", "within: param(nosuch) days", M ":52:20", "没有参数“nosuch”"},
{M, "      start: received_on\n", "      start: content\n", M ":53:14", "应是日期或时刻"},
{M, "      start: received_on\n", "      start: received_on\n      start_act: create\n", M ":49:7", "二者之一"},
{M, "until: accept\n", "until: acept\n", M ":54:14", "是不是 accept"},
{M, "{until: 2023-12-31, within", "{within", M ":51:11", "缺少 until"},
{M, "- {within: 15 days}\n", "- {at_least: 15 days}\n      right: true\n", M ":53:14", "不能用 at_least"},
{M, "roll: law", "roll: laws", M ":56:13", "是不是 law"},
/* figures, reports, codes, roles */
{G, "事项{n}件", "事项{n}件{n}", G ":8:22", "最多有一个 {n}"},
{G, "    meaning: 收到的事项\n", "", G ":3:5", "指标缺少 meaning"},
{G, "  review.count:", "  review:", G ":16:3", "点号"},
{A, "[[matter.rate]]", "[[matter.rat]]", A ":8:10", "是不是 matter.rate"},
{A, "|about 100", "|around 100", A ":7:13", "about 100"},
{A, "{content}", "{person}", A ":15:23", "隐私"},
{A, "{content}", "{year", A ":15:23", "没有结束"},
{A, "  - heading: 一、{year}年", "  - heading: 一、{month}年", A ":5:16", "这里没有 {month}"},
{A, "  - heading: ", "  - headings: ", A ":5:5", ""},
{C, "unlawful: 不合法", "unlawful: 合法", C ":5:57", "写了两次"},
{C, "until: 2023-12-31", "until: 2023-02-29", C ":4:60", "存在的日期"},
{R, "registers: [petition]", "registers: [petitions]", R ":2:48", "是不是 petition"},
{R, "sees: office", "sees: offices", R ":2:28", "是不是 office"},
#undef M
#undef O
#undef R
#undef C
#undef G
#undef A
