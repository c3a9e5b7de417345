/* Any text as one of the definition files, beside good ones: the first byte says which. Either a model comes out or
 * faults that each have a message and a place; places inside scalars lie within the file. */
#include "fuzz.h"
#include "model/model.h"
#include "model/yaml.h"

static const char office[] = "office: {key: t, name: 试, full_name: 试验, code: \"1\"}\nchapters: {a: 甲}\n";
static const char roles[] = "roles:\n  clerk: {label: 专干, registers: [a], unmask: [r]}\n";
static const char codes[] = "codes:\n  kind: {label: 种类, codes: {x: 甲, y: 乙}}\n";
static const char reg[] =
    "register: r\nlabel: 事项\nchapter: a\nfields:\n  on: {label: 日期, type: date}\n"
    "  kind: {label: 种类, type: code, codes: kind}\n  name: {label: 名称, type: text}\n"
    "procedure:\n  stages: {open: 办理, done: {label: 办结, final: true}}\n"
    "  acts:\n    end: {label: 办结, to: done, by: clerk, inputs: {on: {required: true}}, dated: on}\n"
    "  deadlines:\n    d: {label: 期限, within: 5 days, start: on, until: end}\n";
static const char figures[] =
    "figures:\n  r.n: {label: 数, chapter: a, meaning: 数, value: count(r where on in period)}\n";
static const char report[] = "report: y\nlabel: 报告\ntitle: \"{year}\"\nbody:\n  - paragraph: 共[[r.n]]件\n";
static const char calendar[] = "date,kind,name,notice\n2024-01-01,holiday,元旦,通知\n";

enum { FILES = 7, REPLACEABLE = 7 };

static void check_places(struct arena *a, const struct yaml_node *n)
{
    for (size_t i = 0; n->kind == YAML_SCALAR && i <= n->text.len && i < 40; i++) {
        struct str where = yaml_place_in(a, n, i);
        FUZZ_MUST(where.len > 4 && where.len < 40);
    }
    for (size_t i = 0; i < n->count; i++) {
        if (n->kind == YAML_MAP) check_places(a, n->keys[i]);
        check_places(a, n->kids[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;
    auto_arena a = arena_open();
    struct definition_file files[FILES] = {
        {STR("registers/r.yaml"), STR(reg)},
        {STR("figures/f.yaml"), STR(figures)},
        {STR("reports/y.yaml"), STR(report)},
        {STR("codes/c.yaml"), STR(codes)},
        {STR("roles.yaml"), STR(roles)},
        {STR("office.yaml"), STR(office)},
        {STR("calendar/national.csv"), STR(calendar)},
    };
    struct str text = {(const char *)data + 1, size - 1};
    files[(data[0] + REPLACEABLE - '0' % REPLACEABLE) % REPLACEABLE].text = text;
    struct errors faults = errors_in(a), yaml_faults = errors_in(a);
    struct yaml_source source = {STR("f"), text};
    struct yaml_node *root = yaml_read(a, &source, &yaml_faults);
    FUZZ_MUST(root || yaml_faults.count > 0);
    if (root) check_places(a, root);
    struct model *m = model_load(files, FILES, &faults);
    FUZZ_MUST((m != NULL) == (faults.count == 0));
    for (size_t i = 0; i < faults.count; i++) FUZZ_MUST(faults.items[i].message[0] && faults.items[i].where[0]);
    model_close(m);
    return 0;
}
