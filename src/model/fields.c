/* registers/…: names of all registers first, then their fields. */
#include "base/utf8.h"
#include "model/load.h"
#include "model/register.h"

const struct key register_keys[REGISTER_KEY_COUNT] = {
    {"register", EXPECT_NAME, true},
    {"label", EXPECT_TEXT, true},
    {"chapter", EXPECT_NAME, true},
    {"help", EXPECT_TEXT, false},
    {"number", EXPECT_TEXT, false},
    {"title", EXPECT_NAME, false},
    {"open", EXPECT_YESNO, false},
    {"key", EXPECT_NAMES, false},
    {"sort", EXPECT_TEXTS, false},
    {"fields", EXPECT_MAP, true},
    {"always", EXPECT_LIST, false},
    {"procedure", EXPECT_MAP, false},
    CITATION_KEYS,
};

static const struct key field_keys[] = {
    {"label", EXPECT_TEXT, true},      {"type", EXPECT_NAME, true},       {"help", EXPECT_TEXT, false},
    {"unit", EXPECT_TEXT, false},      {"required", EXPECT_YESNO, false}, {"multiline", EXPECT_YESNO, false},
    {"searched", EXPECT_YESNO, false}, {"listed", EXPECT_YESNO, false},   {"unique", EXPECT_YESNO, false},
    {"assigns", EXPECT_YESNO, false},  {"initial", EXPECT_TEXT, false},   {"value", EXPECT_TEXT, false},
    {"codes", EXPECT_NAME, false},     {"register", EXPECT_NAME, false},  {"min", EXPECT_TEXT, false},
    {"max", EXPECT_TEXT, false},       {"private", EXPECT_MAP, false},
};
enum {
    F_LABEL,
    F_TYPE,
    F_HELP,
    F_UNIT,
    F_REQUIRED,
    F_MULTILINE,
    F_SEARCHED,
    F_LISTED,
    F_UNIQUE,
    F_ASSIGNS,
    F_INITIAL,
    F_VALUE,
    F_CODES,
    F_REGISTER,
    F_MIN,
    F_MAX,
    F_PRIVATE,
    F_COUNT,
};

static const char *const type_words[] = {
    [FIELD_TEXT] = "text",
    [FIELD_INTEGER] = "integer",
    [FIELD_DECIMAL] = "decimal",
    [FIELD_MONEY] = "money",
    [FIELD_DATE] = "date",
    [FIELD_MOMENT] = "moment",
    [FIELD_YESNO] = "yesno",
    [FIELD_CODE] = "code",
    [FIELD_ORG] = "organisation",
    [FIELD_PLACE] = "place",
    [FIELD_PERSON] = "person",
    [FIELD_REF] = "reference",
    [FIELD_ATTACHMENT] = "attachment",
};

enum { TEXT_MOST = 200, MULTILINE_MOST = 5000, TEXT_LIMIT = 100000 };

/* --- names of the registers --- */

/* registers/petition.yaml → petition. The file is named like its register, so that a register is found, and its
 * name known even when the file can't be read. */
static struct str name_of_file(struct str path)
{
    return str_slice(path, sizeof "registers/" - 1, path.len - (sizeof ".yaml" - 1));
}

static void name_register(struct loader *l, const struct parsed_file *f, struct reg_work *w, struct reg *reg)
{
    w->reg = reg;
    w->root = f->root;
    w->keys = arena_new_array(l->arena, const struct yaml_node *, REGISTER_KEY_COUNT);
    reg->file = f->source.path;
    reg->name = reg->label = name_of_file(f->source.path);
    if (!f->root) return;
    read_map(&l->reader, f->root, "台账", register_keys, REGISTER_KEY_COUNT, w->keys);
    const struct yaml_node *name = w->keys[R_REGISTER], *chapter = w->keys[R_CHAPTER];
    if (name && (str_starts(name->text, STR("fz_")) || formula_reserved(name->text)))
        fault_at(&l->reader, name, "台账不能叫 %.*s，这个名称已有别的用处", STR_ARG(name->text));
    if (name && !str_eq(name->text, reg->name))
        fault_at(&l->reader, name, "台账名称应与文件名相同：%.*s", STR_ARG(reg->name));
    reg->label = read_text(w->keys[R_LABEL]);
    reg->help = read_text(w->keys[R_HELP]);
    reg->chapter = read_text(chapter);
    reg->open = read_yesno(w->keys[R_OPEN], false);
    reg->cite = read_citation(&w->keys[R_CITE]);
    check_chapter(l, chapter);
}

void check_chapter(struct loader *l, const struct yaml_node *n)
{
    if (!n || l->model->chapter_count == 0 || model_chapter(l->model, n->text)) return;
    struct str *names = arena_new_array(l->arena, struct str, l->model->chapter_count);
    for (size_t i = 0; i < l->model->chapter_count; i++) names[i] = l->model->chapters[i].key;
    fault_unknown(&l->reader, n, "篇章", names, l->model->chapter_count);
}

/* Files by their chapter's place in the menu, then as they come. */
static size_t chapter_place(const struct loader *l, const struct parsed_file *f)
{
    const struct chapter *c = model_chapter(l->model, read_text(yaml_get(f->root, "chapter")));
    return c ? (size_t)(c - l->model->chapters) : l->model->chapter_count;
}

void load_register_names(struct loader *l)
{
    struct model *m = l->model;
    struct reg *regs = arena_new_array(l->arena, struct reg, l->file_count);
    l->works = arena_new_array(l->arena, struct reg_work, l->file_count);
    for (size_t place = 0; place <= m->chapter_count; place++) {
        const struct parsed_file *f;
        for (size_t at = 0; (f = next_file(l, "registers/", &at));) {
            if (!str_ends(f->source.path, STR(".yaml")) || chapter_place(l, f) != place) continue;
            name_register(l, f, &l->works[l->work_count], &regs[l->work_count]);
            l->work_count++;
        }
    }
    m->regs = regs;
    m->reg_count = l->work_count;
}

/* --- one field --- */

/* A bound in the unit in which the field is stored. */
static bool read_bound(struct loader *l, const struct yaml_node *n, const struct field *f, int64_t *bound)
{
    struct value v;
    struct error err;
    if (field_is_text(f))
        return read_integer(&l->reader, n, 0, TEXT_LIMIT, bound);
    if (f->type != FIELD_INTEGER && f->type != FIELD_DECIMAL && f->type != FIELD_MONEY) {
        fault_at(&l->reader, n, "类型 %s 不能有 min 和 max", type_words[f->type]);
        return false;
    }
    struct field unbound = {.type = f->type};
    if (!field_parse(l->arena, &unbound, n->text, &v, &err) || v.kind != VALUE_INT) {
        fault_at(&l->reader, n, "这里应是数，如 100");
        return false;
    }
    *bound = v.i;
    return true;
}

static void read_bounds(struct loader *l, const struct yaml_node *const *v, struct field *f)
{
    bool text = field_is_text(f);
    f->has_min = v[F_MIN] && read_bound(l, v[F_MIN], f, &f->min);
    f->has_max = v[F_MAX] && read_bound(l, v[F_MAX], f, &f->max);
    if (f->has_min && f->has_max && f->min > f->max) fault_at(&l->reader, v[F_MAX], "max 应不小于 min");
    if (!text || v[F_MAX]) return;
    f->has_max = true;
    f->max = f->multiline ? MULTILINE_MOST : TEXT_MOST;
}

static const struct privacy *read_privacy(struct loader *l, const struct yaml_node *map, const struct field *f)
{
    static const struct key keys[] = {{"purpose", EXPECT_TEXT, true},
                                      {"basis", EXPECT_TEXT, true},
                                      {"keep", EXPECT_TEXT, true},
                                      {"mask", EXPECT_NAME, true}};
    static const char *const masks[] = {"name", "id", "phone", "address", "all"};
    const struct yaml_node *v[4];
    struct privacy *p = arena_new(l->arena, struct privacy);
    if (!read_map(&l->reader, map, "private ", keys, 4, v)) return p;
    *p = (struct privacy){.purpose = read_text(v[0]), .basis = read_text(v[1]), .keep = read_text(v[2])};
    int mask = v[3] ? read_word(&l->reader, v[3], "遮盖方式", masks, KEY_COUNT(masks)) : MASK_ALL;
    p->mask = mask < 0 ? MASK_ALL : (unsigned)mask;
    if (!field_is_text(f))
        fault_at(&l->reader, map, "只有 text、person、place 类型的字段能加密保存，不能在 %s 上写 private",
                 type_words[f->type]);
    return p;
}

/* Keys that only some types take. */
static void check_fit(struct loader *l, const struct yaml_node *const *v, enum field_type type)
{
    static const struct {
        int key;
        enum field_type type;
    } only[] = {{F_CODES, FIELD_CODE}, {F_REGISTER, FIELD_REF}, {F_MULTILINE, FIELD_TEXT}, {F_ASSIGNS, FIELD_ORG}};
    for (size_t i = 0; i < KEY_COUNT(only); i++)
        if (v[only[i].key] && type != only[i].type)
            fault_at(&l->reader, v[only[i].key], "%s 只用于类型 %s，这里的类型是 %s", field_keys[only[i].key].name,
                     type_words[only[i].type], type_words[type]);
}

static void read_target(struct loader *l, const struct yaml_node *map, const struct yaml_node *const *v,
                        struct field *f)
{
    struct model *m = l->model;
    if (f->type == FIELD_CODE && !yaml_get(map, "codes")) fault_at(&l->reader, map, "类型 code 缺少 codes（代码表）");
    if (f->type == FIELD_REF && !yaml_get(map, "register"))
        fault_at(&l->reader, map, "类型 reference 缺少 register（所引用的台账）");
    if (v[F_CODES] && !(f->codes = model_codes(m, v[F_CODES]->text)) && !l->unreadable) {
        struct str *names = arena_new_array(l->arena, struct str, m->code_list_count);
        for (size_t i = 0; i < m->code_list_count; i++) names[i] = m->code_lists[i].name;
        fault_unknown(&l->reader, v[F_CODES], "代码表", names, m->code_list_count);
    }
    if (v[F_REGISTER] && !(f->target = model_reg(m, v[F_REGISTER]->text))) fault_register_name(l, v[F_REGISTER]);
}

void fault_register_name(struct loader *l, const struct yaml_node *n)
{
    struct str *names = arena_new_array(l->arena, struct str, l->work_count);
    for (size_t i = 0; i < l->work_count; i++) names[i] = l->works[i].reg->name;
    fault_unknown(&l->reader, n, "台账", names, l->work_count);
}

static void read_formulas(struct loader *l, struct reg_work *w, const struct yaml_node *const *v, size_t index)
{
    struct field *f = &w->fields[index];
    if (v[F_INITIAL]) later_value(l, v[F_INITIAL], NULL, f, &f->initial);
    if (!v[F_VALUE]) return;
    struct pending_formula *p = later_value(l, v[F_VALUE], w->reg, f, &f->derived);
    p->derived_of = w;
    p->derived = index;
    if (v[F_INITIAL] || v[F_REQUIRED] || f->private_)
        fault_at(&l->reader, v[F_VALUE], "算出的字段（value）不能再有 initial、required 或 private");
}

static void read_field(struct loader *l, struct reg_work *w, const struct yaml_node *name, const struct yaml_node *map,
                       size_t index)
{
    const struct yaml_node *v[F_COUNT];
    struct field *f = &w->fields[index];
    f->name = f->label = name->text;
    w->field_nodes[index] = map;
    if (check_name(&l->reader, name, "字段") && (is_reserved_field(name->text) || formula_reserved(name->text)))
        fault_at(&l->reader, name, "字段不能叫 %.*s，这个名称已有别的用处", STR_ARG(name->text));
    if (!read_map(&l->reader, map, "字段", field_keys, F_COUNT, v)) return;
    int type = v[F_TYPE] ? read_word(&l->reader, v[F_TYPE], "类型", type_words, KEY_COUNT(type_words)) : -1;
    f->type = type < 0 ? FIELD_TEXT : (enum field_type)type;
    f->label = read_text(v[F_LABEL]);
    f->help = read_text(v[F_HELP]);
    f->unit = read_text(v[F_UNIT]);
    f->required = read_yesno(v[F_REQUIRED], false);
    f->multiline = read_yesno(v[F_MULTILINE], false);
    f->searched = read_yesno(v[F_SEARCHED], false);
    f->listed = read_yesno(v[F_LISTED], false);
    f->unique = read_yesno(v[F_UNIQUE], false);
    f->assigns = read_yesno(v[F_ASSIGNS], false);
    if (type >= 0) {
        check_fit(l, v, f->type);
        read_target(l, map, v, f);
        read_bounds(l, v, f);
    }
    if (v[F_PRIVATE]) f->private_ = read_privacy(l, v[F_PRIVATE], f);
    read_formulas(l, w, v, index);
}

bool is_reserved_field(struct str name)
{
    static const char *const words[] = {"id",      "office", "number",   "stage", "created_on", "created_at", "org",
                                        "version", "voided", "register", "act",   "actor",      "reason"};
    for (size_t i = 0; i < KEY_COUNT(words); i++)
        if (str_is(name, words[i])) return true;
    return false;
}

/* --- the fields of a register --- */

static void check_labels(struct loader *l, const struct reg_work *w)
{
    for (size_t i = 0; i < w->reg->field_count; i++) {
        struct str label = w->fields[i].label;
        bool twice = str_is(label, "编号") || str_is(label, "阶段");
        for (size_t j = 0; j < i; j++) twice = twice || (label.len && str_eq(w->fields[j].label, label));
        if (twice && w->field_nodes[i])
            fault_at(&l->reader, w->field_nodes[i], "名称“%.*s”已经用过；表头靠名称认字段，各字段的名称应不同",
                     STR_ARG(label));
    }
}

/* Where a record came from: every register has these two, unless it says so itself. */
static void add_source(struct reg_work *w, const char *name, const char *label)
{
    struct reg *reg = w->reg;
    struct field *known = NULL;
    for (size_t i = 0; i < reg->field_count; i++)
        if (str_is(w->fields[i].name, name)) known = &w->fields[i];
    if (known) return;
    w->fields[reg->field_count++] = (struct field){.name = str_from(name),
                                                   .label = str_from(label),
                                                   .type = FIELD_TEXT,
                                                   .import_only = true,
                                                   .has_max = true,
                                                   .max = TEXT_MOST};
}

static void read_fields(struct loader *l, struct reg_work *w)
{
    const struct yaml_node *map = w->keys[R_FIELDS];
    size_t count = map ? map->count : 0;
    struct reg *reg = w->reg;
    w->fields = arena_new_array(l->arena, struct field, count + 2);
    w->field_nodes = arena_new_array(l->arena, const struct yaml_node *, count + 2);
    w->named_by_act = arena_new_array(l->arena, bool, count + 2);
    for (size_t i = 0; i < count; i++) read_field(l, w, map->keys[i], map->kids[i], i);
    reg->field_count = count;
    add_source(w, "source_platform", "来源平台");
    add_source(w, "source_number", "来源编号");
    reg->fields = w->fields;
    check_labels(l, w);
}

static void read_title(struct loader *l, struct reg_work *w)
{
    struct reg *reg = w->reg;
    const struct yaml_node *n = w->keys[R_TITLE];
    if (n) reg->title = find_field(l, reg, n);
    for (size_t i = 0; !n && i < reg->field_count && !reg->title; i++)
        if (reg->fields[i].type == FIELD_TEXT && !reg->fields[i].private_) reg->title = &reg->fields[i];
    if (n && reg->title && reg->title->private_) fault_at(&l->reader, n, "有隐私的字段不能作记录的名称");
}

static void check_number(struct loader *l, struct reg_work *w)
{
    const struct yaml_node *n = w->keys[R_NUMBER];
    w->reg->number = n ? read_text(n) : str_printf(l->arena, "%.*s〔{year}〕{seq}号", STR_ARG(w->reg->label));
    if (!n) return;
    bool seq = false;
    for (size_t at = 0; (at = str_find(n->text, STR("{"), at)) != SIZE_MAX;) {
        size_t end = str_find(n->text, STR("}"), at);
        struct str part = str_slice(n->text, at + 1, end == SIZE_MAX ? n->text.len : end);
        bool sized = part.len == 5 && str_starts(part, STR("seq:")) && part.s[4] >= '1' && part.s[4] <= '9';
        bool other = str_is(part, "year") || str_is(part, "mark");
        if (end == SIZE_MAX || (!other && !str_is(part, "seq") && !sized))
            fault_in(&l->reader, n, at, "编号里应是 {mark}、{year}、{seq} 或 {seq:4}");
        seq = seq || str_is(part, "seq") || sized;
        if (end == SIZE_MAX) break;
        at = end + 1;
    }
    if (!seq) fault_at(&l->reader, n, "编号里应有 {seq}（顺序号）");
}

static void read_natural_key(struct loader *l, struct reg_work *w)
{
    static const struct str usual[] = {{"source_platform", 15}, {"source_number", 13}};
    const struct yaml_node **items;
    struct reg *reg = w->reg;
    size_t count = read_items(l->arena, w->keys[R_KEY], &items);
    struct str *names = arena_new_array(l->arena, struct str, count);
    for (size_t i = 0; i < count; i++) {
        const struct field *f = find_field(l, reg, items[i]);
        names[i] = items[i]->text;
        if (f && (f->derived || f->private_)) fault_at(&l->reader, items[i], "这个字段不能用来认出重复的行");
    }
    reg->natural_key = count ? names : usual;
    reg->natural_key_count = count ? count : 2;
}

void load_fields(struct loader *l)
{
    for (size_t i = 0; i < l->work_count; i++) read_fields(l, &l->works[i]);
    for (size_t i = 0; i < l->work_count; i++) {
        struct reg_work *w = &l->works[i];
        read_title(l, w);
        check_number(l, w);
        read_natural_key(l, w);
        w->reg->sort = read_order(l, w->reg, w->keys[R_SORT], &w->reg->sort_count);
    }
}
