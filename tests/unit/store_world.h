/* A small office made by hand, on a store of its own: what the tests of the store begin with. */
#ifndef FAZHI_TEST_STORE_WORLD_H
#define FAZHI_TEST_STORE_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/people.h"
#include "store/store.h"
#include "database.h"

#define OFFICE STR("yuejin")

/* Two registers made by hand: matters, and reviews that point to them. */
enum { TITLE, BODY, KIND, COST, HAPPENED, UNIT, WHO, SOURCE, FIELDS };
struct world {
    struct arena *arena;
    char *folder;
    char *parent; /* removed at the end */
    struct field matter[FIELDS + 1];
    struct field review[1];
    struct reg regs[2];
    struct model model;
    struct store *store;
    int opened;
};

static const struct code kinds[] = {{.key = {"noise", 5}, .label = {"噪声扰民", 12}}, {.key = {"fee", 3}, .label = {"物业收费", 12}}};
static const struct code_list kind_list = {.codes = kinds, .count = 2};
static const struct privacy secret = {.mask = MASK_NAME};
static const struct deadline reply = {.label = {"答复", 6}};
static const struct str natural[] = {{"source_number", 13}};
static const struct str order[] = {{"-happened_on", 12}};

static inline struct field field(const char *name, const char *label, enum field_type type)
{
    return (struct field){.name = str_from(name), .label = str_from(label), .type = type};
}

static inline void make_model(struct world *w)
{
    w->matter[TITLE] = field("title", "标题", FIELD_TEXT);
    w->matter[TITLE].searched = true;
    w->matter[BODY] = field("body", "内容", FIELD_TEXT);
    w->matter[BODY].searched = w->matter[BODY].multiline = true;
    w->matter[KIND] = field("kind", "类别", FIELD_CODE);
    w->matter[KIND].codes = &kind_list;
    w->matter[KIND].searched = true;
    w->matter[COST] = field("order", "金额", FIELD_MONEY); /* a name that SQL reserves */
    w->matter[HAPPENED] = field("happened_on", "日期", FIELD_DATE);
    w->matter[UNIT] = field("department", "承办单位", FIELD_ORG);
    w->matter[UNIT].assigns = true;
    w->matter[WHO] = field("petitioner", "信访人", FIELD_PERSON);
    w->matter[WHO].private_ = &secret;
    w->matter[WHO].searched = true; /* private: stays out of the index all the same */
    w->matter[SOURCE] = field("source_number", "来源编号", FIELD_TEXT);
    w->matter[FIELDS] = field("later", "新增", FIELD_INTEGER);
    w->regs[0] = (struct reg){.name = STR("matter"), .label = STR("事项"), .fields = w->matter, .field_count = FIELDS,
                              .title = &w->matter[TITLE], .deadlines = &reply, .deadline_count = 1,
                              .natural_key = natural, .natural_key_count = 1, .sort = order, .sort_count = 1};
    w->review[0] = field("matter", "事项", FIELD_REF);
    w->review[0].target = &w->regs[0];
    w->regs[1] = (struct reg){.name = STR("review"), .label = STR("审核"), .fields = w->review, .field_count = 1};
    w->model = (struct model){.office = {.key = OFFICE}, .regs = w->regs, .reg_count = 2, .digest = STR("one")};
}

static inline void fail_with(const struct error *err)
{
    fail_msg("%s %s", err->message, err->where);
}

static inline void open_again(struct world *w)
{
    struct error fault;
    store_close(w->store);
    w->model.digest = str_printf(w->arena, "%d", ++w->opened); /* as if the definitions were new each time */
    w->store = store_open(w->folder, test_database(w->arena, w->folder), &w->model, true, &fault);
    if (!w->store) fail_with(&fault);
}

static inline int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    w->arena = arena_open();
    char path[] = "/tmp/fazhi-store-XXXXXX";
    assert_non_null(mkdtemp(path));
    w->parent = str_cstr(w->arena, str_from(path));
    w->folder = str_cstr(w->arena, str_printf(w->arena, "%s/data", path));
    make_model(w);
    open_again(w);
    *state = w;
    return 0;
}

static inline int tear_down(void **state)
{
    struct world *w = *state;
    store_close(w->store);
    char command[200];
    snprintf(command, sizeof command, "rm -rf %s", w->parent);
    int ignored = system(command);
    (void)ignored;
    arena_close(w->arena);
    free(w);
    return 0;
}

#define OK(call)                                                                                                       \
    do {                                                                                                               \
        struct error err = {0};                                                                                        \
        if (!(call)) fail_with(&err);                                                                                  \
    } while (0)

static inline struct conn *begin_write(struct world *w)
{
    struct error fault;
    struct conn *c = store_write(w->store, OFFICE, &fault);
    if (!c) fail_with(&fault);
    return c;
}

static inline struct conn *begin_read(struct world *w)
{
    struct error fault;
    struct conn *c = store_read(w->store, &fault);
    if (!c) fail_with(&fault);
    return c;
}

#define TEXT(s) value_text(STR(s))

static inline struct record matter(struct world *w, int64_t id, const char *title, const char *body, int64_t org)
{
    struct record r = {.reg = &w->regs[0], .values = arena_new_array(w->arena, struct value, FIELDS + 1)};
    r.head = (struct record_head){.id = id, .number = str_printf(w->arena, "跃信〔2024〕%d号", (int)id),
                                  .stage = STR("registered"), .created_on = STR("2024-03-01"), .org = org, .version = 1};
    r.values[TITLE] = value_text(str_from(title));
    r.values[BODY] = value_text(str_from(body));
    r.values[HAPPENED] = value_text(str_printf(w->arena, "2024-01-%02d", (int)(id % 28) + 1));
    return r;
}

static inline void add(struct world *w, struct record r)
{
    struct conn *c = begin_write(w);
    OK(record_insert(c, OFFICE, &r, &err));
    OK(store_commit(c, &err));
}

static const struct sight everything = {.all = true};

static inline int64_t found(struct world *w, struct list_query q, struct record_list *list)
{
    q.office = OFFICE;
    if (!q.reg) q.reg = &w->regs[0];
    struct conn *c = begin_read(w);
    OK(record_list(c, w->arena, &q, list, &err));
    store_done(c);
    return list->total;
}

static inline int64_t hits(struct world *w, const char *search)
{
    struct record_list list;
    return found(w, (struct list_query){.sight = everything, .search = str_from(search), .limit = 10}, &list);
}

#endif
