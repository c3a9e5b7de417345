/* The office as data: definitions/ read, checked and made into one immutable model.
 *
 * docs/definitions.md is the manual of the files. Loading reports all faults at once, each with file:line:column,
 * what is wrong and what was expected. Everything here lives in the model's arena, never changes after loading and
 * may be read from any thread. Lists keep the order of the files. */
#ifndef FAZHI_MODEL_MODEL_H
#define FAZHI_MODEL_MODEL_H

#include "base/error.h"
#include "base/value.h"
#include "formula/formula.h"
#include "model/calendar.h"

struct reg;

/* ---- code lists (definitions/codes/…) ---- */

struct code {
    struct str key;
    struct str label;
    struct date until; /* withdrawn after this day; day 0 when current */
};

struct code_list {
    struct str name;
    struct str label;
    const struct code *codes;
    size_t count;
};

/* NULL when the key is not in the list. */
const struct code *code_by_key(const struct code_list *list, struct str key);
const struct code *code_by_label(const struct code_list *list, struct str label);

/* ---- citations ---- */

struct citation {
    struct str rule;   /* id in the rule base, e.g. XFW-20; may be empty */
    struct str text;   /* 信访工作条例 第三十四条; empty when there is none */
    bool verified;     /* false: shown as 参考口径, never as 法定 */
};

/* ---- registers ---- */

enum field_type {
    FIELD_TEXT,
    FIELD_INTEGER,
    FIELD_DECIMAL,
    FIELD_MONEY,
    FIELD_DATE,
    FIELD_MOMENT,
    FIELD_YESNO,
    FIELD_CODE,
    FIELD_ORG,
    FIELD_PLACE,
    FIELD_PERSON,
    FIELD_REF,
    FIELD_ATTACHMENT,
};

/* ---- parameters that offices above may set ---- */

struct parameter_kind {
    struct str name;
    struct str label;
    struct str help;
    struct str unit;
    enum field_type type;    /* FIELD_INTEGER or FIELD_DECIMAL */
    int64_t otherwise;       /* where nobody has issued a value; decimals in ten-thousandths, as the next two */
    int64_t least, most;
    bool own;                /* a township-level unit may set its own */
    struct citation cite;
};

struct privacy {
    struct str purpose; /* 处理目的 */
    struct str basis;   /* 合法性基础 */
    struct str keep;    /* 保存期限 */
    enum { MASK_NAME, MASK_ID, MASK_PHONE, MASK_ADDRESS, MASK_ALL } mask;
};

struct field {
    struct formula_field as_formula; /* name, label, type for formulas */
    struct str name;
    struct str label;
    struct str help;
    struct str unit;
    enum field_type type;
    bool required;      /* at creation */
    bool multiline;
    bool searched;      /* part of the text search */
    bool listed;        /* a column of the register's list */
    bool unique;        /* no two records of the office may have the same value */
    bool assigns;       /* FIELD_ORG: the organisation may see and work on the record */
    bool counted;       /* a figure asks for it in the records of a period, by the day that they are sorted by, or in all */
    bool at_create;     /* may be given at creation (false: only by acts that name it) */
    bool import_only;   /* not on forms: source platform and number */
    const struct code_list *codes;
    const struct reg *target;
    const struct privacy *private_; /* NULL: not private */
    const struct formula *derived;  /* computed after each act; never an input */
    const struct formula *initial;  /* default on forms and at creation */
    bool has_min, has_max;
    int64_t min, max;   /* in the stored unit; for text: characters */
};

struct rule {
    const struct formula *that;
    struct str say;        /* refusal, Chinese */
    struct str remedy;     /* what would satisfy it */
    struct citation cite;
};

struct act_input {
    const struct field *field;
    bool required;
    const struct formula *initial; /* default: a formula about the record; NULL for none */
};

struct act_set {
    const struct field *field;
    const struct formula *value; /* computed after the inputs were applied */
};

enum act_kind {
    ACT_CREATE, /* makes the record */
    ACT_STEP,   /* an act of the procedure */
    ACT_AMEND,  /* 更正: changes fields, with a reason */
    ACT_VOID,   /* 作废, with a reason */
    ACT_VIEW,   /* 查看隐私信息: unmasks, changes nothing */
    ACT_NOTE,   /* 备注: a remark in the 全过程记录 */
};

struct act {
    enum act_kind kind;
    struct str name;
    struct str label;
    struct str help;
    const struct str *from; /* stage keys; count 0: from any stage that is not final */
    size_t from_count;
    struct str to;          /* empty: the stage stays */
    const struct str *by;   /* role names; count 0: everyone who may see the register */
    size_t by_count;
    const struct act_input *inputs;
    size_t input_count;
    const struct act_set *sets;
    size_t set_count;
    const struct rule *require;
    size_t require_count;
    const struct field *dated; /* the input that says on which day it happened; NULL: the day of entry */
    struct citation cite;
    bool confirm;              /* the page asks once more */
};

struct deadline_version { /* the law's number as it stood for starts between from and until */
    struct date valid_from;  /* first start day; very early when open */
    struct date valid_until; /* last start day; very late when open */
    struct period_length length;
    const struct parameter_kind *param; /* the amount is this parameter's value on the start day; NULL: as in `length`,
                                         * which has the parameter's default otherwise */
    struct citation cite;
};

enum deadline_direction { DEADLINE_WITHIN, DEADLINE_AT_LEAST };

struct deadline {
    struct str name;
    struct str label;
    enum deadline_direction direction; /* AT_LEAST: the until-acts may not happen on or before the due day */
    const struct field *start;         /* starts when this date (or moment) field gets a value … */
    struct str start_act;              /* … or on the day of this act; one of the two */
    const struct formula *when;        /* only when this holds at the start; NULL always */
    const struct deadline_version *versions;
    size_t version_count;
    const struct field *given;         /* date field that, when filled, replaces the counted due date (载明期限) */
    enum period_roll roll;
    const struct str *until;           /* acts that meet it */
    size_t until_count;
    const struct str *stop;            /* acts that end it without meeting or missing it */
    size_t stop_count;
    struct period_length extend_by;    /* amount 0: cannot be extended */
    struct str extend_on;              /* act */
    struct str suspend_from, suspend_to; /* acts; time between is deducted */
    struct period_length warn;         /* lead of the warning before the strict date */
    const struct parameter_kind *warn_param; /* as `param` of a version */
    bool told;                         /* told to a citizen: recomputing never moves it to their harm */
    bool right;                        /* of what somebody may do: it lapses, and is never overdue */
};

struct stage {
    struct str key;
    struct str label;
    bool final;  /* the matter is closed: no act but amend, void, view, note */
};

struct reg {
    struct formula_register as_formula;
    struct str name;
    struct str label;
    struct str chapter;       /* key of struct chapter */
    struct str help;          /* what it is for, one or two sentences */
    struct str number;        /* pattern: {mark}信〔{year}〕{seq}号; {seq} {seq:4} {year} {mark} */
    const struct field *title; /* the field that names a record in lists and links */
    bool open;                /* everyone signed in may see all records (lists, catalogues) */
    struct str file;          /* the definition file, for messages */
    const struct field *fields; /* without the built-in ones */
    size_t field_count;
    const struct stage *stages; /* at least one */
    size_t stage_count;
    const struct act *acts;     /* create first, then the procedure's, then amend, void, view (when it has private fields), note */
    size_t act_count;
    const struct deadline *deadlines;
    size_t deadline_count;
    const struct rule *always;  /* must hold after every act */
    size_t always_count;
    struct citation cite;
    const struct str *natural_key; /* names of fields that recognise a repeated import row; default source_platform + source_number, when both are given */
    size_t natural_key_count;
    const struct str *sort;      /* default order of lists: field names, "-" before for descending */
    size_t sort_count;
};

const struct field *reg_field(const struct reg *reg, struct str name);
/* Is its value free text (of a text, a place, a person)? Private ones are kept sealed. */
bool field_is_text(const struct field *f);
const struct act *reg_act(const struct reg *reg, struct str name);
const struct stage *reg_stage(const struct reg *reg, struct str key);
/* May a step start from this stage? Without `from`: from every one that is not final. */
bool act_leads_from(const struct act *act, const struct stage *s);
const struct deadline *reg_deadline(const struct reg *reg, struct str name);
/* The field with this name or this Chinese label; also "阶段" etc. are not fields. */
const struct field *reg_field_by_header(const struct reg *reg, struct str header);

/* ---- figures ---- */

struct figure {
    struct str name;   /* petition.registered */
    struct str label;
    struct str unit;
    struct str chapter;
    struct str meaning; /* 口径: in words, written by the author */
    const struct formula *value;
    enum formula_type type;
    int decimals;       /* places shown, for FT_NUMBER and FT_PERCENT (default 1; 100% prints without places) */
    struct citation cite;
    const struct str *wording; /* patterns for checking a written report: text with {n} for the number and … for a gap */
    size_t wording_count;
};

/* ---- reports ---- */

enum report_part { REPORT_HEADING, REPORT_PARAGRAPH, REPORT_LIST };

/* Prose with figures: literal text and figures in turn. */
struct prose_piece {
    struct str text;              /* literal, when figure and formula are NULL */
    const struct figure *figure;  /* [[petition.registered]] */
    struct str field;             /* in a list's template: {title} */
    enum { SHOW_VALUE, SHOW_ABOUT /* 2100余: rounded down to a round number */, SHOW_CHINESE /* 十六 */ } show;
    int about;                    /* the round number for SHOW_ABOUT: 100 */
};

struct prose {
    const struct prose_piece *pieces;
    size_t count;
};

struct report_item {
    enum report_part part;
    int level;               /* of a heading: 1 一、 2 （一） 3 1. */
    struct prose text;       /* heading, paragraph; of a list: what stands before it */
    const struct formula *when; /* paragraph only when this holds (a figure formula giving yes/no); NULL always */
    /* a list drawn from records */
    const struct reg *from;
    const struct formula *where; /* about the record (self) with period */
    const struct str *order;     /* field names, "-" descending */
    size_t order_count;
    struct prose each;       /* template: {field} {ordinal} 一是二是 */
    struct str between;      /* 、 or ； ; empty: each a paragraph of its own */
    struct prose after;      /* behind the list, in the same paragraph */
    struct prose none;       /* when there is no record */
};

struct report {
    struct str name;
    struct str label;
    struct prose title;
    const struct report_item *items;
    size_t item_count;
    struct citation cite;
};

/* ---- what the offices above see of those below ---- */

struct tree_view { /* figures shown side by side */
    struct str name;
    struct str label;
    const struct figure **figures;
    size_t count;
};

struct tree_step {
    struct str label;         /* 报送 */
    const struct field *date; /* when it was done */
    int month, day;           /* of the year after: it must be done before this day */
    struct citation cite;
};

struct tree_report { /* a report that every office owes each year */
    struct str label;
    const struct reg *reg;
    const struct formula *where; /* which of its records; NULL: all */
    const struct field *year;    /* the year it is about */
    const struct report *report; /* whose fixed text can be read; NULL: none */
    const struct tree_step *steps;
    size_t step_count;
};

/* ---- roles, chapters, office ---- */

struct role {
    struct str name;
    struct str label;
    struct str help;
    bool sees_office;         /* all records of the office, else those of the own organisations */
    bool all_registers;
    const struct str *registers; /* names of registers (chapters are expanded) it may see */
    size_t register_count;
    const struct str *unmask;    /* registers whose private fields it may view (by an act) */
    size_t unmask_count;
    bool may_manage_users;
    bool may_import;
    bool may_act_any;         /* 历史数据补录: every act, by import or command line */
    bool may_fix_report;      /* 定稿 */
    bool may_audit;           /* sees the act log of the office */
    bool may_recompute;       /* recompute deadlines when the calendar changed */
    bool may_issue;           /* issues parameters for the own office and all below */
    bool may_see_tree;        /* sees the offices below the own one: figures, records without private fields, reports */
};

struct chapter {
    struct str key;
    struct str label;
};

/* A calendar to count with: the national one, or that with one region's days laid over it. */
struct calendar_choice {
    struct str name;  /* of the overlay's file: guangxi; empty: national */
    struct str label; /* 全国；全国，加上壮族三月三 */
    const struct calendar *calendar;
};

struct office_settings {
    struct str key;     /* the tenant: part of every primary and unique key */
    struct str name;    /* 跃进街道 */
    struct str full_name; /* 柳州市柳北区人民政府跃进街道办事处 */
    struct str code;    /* 450205008 */
    struct str mark;    /* 发文代字, {mark} in numbers; by default the name without 街道, 镇 … */
    struct str region;  /* overlay calendars used: names joined by comma, empty for none */
};

/* A definition file: path below definitions/ and its text. */
struct definition_file {
    struct str path;
    struct str text;
};

struct model {
    struct arena *arena;
    struct office_settings office;
    const struct chapter *chapters;
    size_t chapter_count;
    const struct code_list *code_lists;
    size_t code_list_count;
    const struct reg *regs;
    size_t reg_count;
    const struct figure *figures;
    size_t figure_count;
    const struct report *reports;
    size_t report_count;
    const struct parameter_kind *parameters;
    size_t parameter_count;
    const struct tree_view *tree_views;
    size_t tree_view_count;
    const struct tree_report *tree_reports;
    size_t tree_report_count;
    const struct role *roles;
    size_t role_count;
    const struct calendar *calendar; /* the office's */
    const struct calendar_choice *calendars; /* all that the definitions have; the national one first */
    size_t calendar_count;
    struct formula_schema schema;
    const struct definition_file *files; /* all that were read, by path */
    size_t file_count;
    struct str digest;  /* of all files read: the version of the definitions */
};

/* The files compiled into the binary, or those of a folder. */
size_t model_built_in_files(const struct definition_file **files);
bool model_read_folder(struct arena *a, const char *folder, struct definition_file **files, size_t *count,
                       struct error *err);

/* SM3 over paths and texts, of files in the order of their paths. */
struct str definition_files_digest(struct arena *a, const struct definition_file *files, size_t count);
/* By path. */
void definition_files_sort(struct definition_file *files, size_t count);

/* NULL when there is any fault; `faults` then holds them all, sorted by file and line. */
struct model *model_load(const struct definition_file *files, size_t count, struct errors *faults);
void model_close(struct model *m);

const struct reg *model_reg(const struct model *m, struct str name);
const struct figure *model_figure(const struct model *m, struct str name);
const struct report *model_report(const struct model *m, struct str name);
const struct role *model_role(const struct model *m, struct str name);
const struct code_list *model_codes(const struct model *m, struct str name);
const struct parameter_kind *model_parameter(const struct model *m, struct str name);
const struct chapter *model_chapter(const struct model *m, struct str key);

/* Level of a division by its code: 2 digits a province, 4 a city, 6 a district, 9 a township-level unit. */
enum office_level { LEVEL_NONE, LEVEL_PROVINCE, LEVEL_CITY, LEVEL_DISTRICT, LEVEL_TOWNSHIP };
/* LEVEL_NONE: no such code. */
enum office_level office_level_of(struct str code);
/* The name without its last word of kind: 跃进 of 跃进街道. */
struct str office_short_name(struct str name);

/* ---- values of fields ---- */

/* What a person typed → the stored value. Code by key or label, yes/no as 是/否/yes/no/1/0, money as yuan with
 * at most two decimals (千分位逗号 allowed), dates as date_parse reads them. Empty text gives VALUE_NULL.
 * References and organisations are not resolved here (the text stays VALUE_TEXT): the office does that.
 * Checks length, range and the code list; err->where is the field's name. */
bool field_parse(struct arena *a, const struct field *f, struct str typed, struct value *value, struct error *err);
/* The stored value for people: code's label, 是/否, 12,345.60 yuan, 2024-03-01. No masking here. */
struct str field_show(struct arena *a, const struct field *f, struct value value);
/* Text that field_parse reads back: what a form shows. */
struct str field_edit(struct arena *a, const struct field *f, struct value value);
/* Masked for whoever may not see it (security checklist S-67). */
struct str field_mask(struct arena *a, const struct field *f, struct str shown);
/* A parameter's value for people, with its unit: 60学时. */
struct str parameter_show(struct arena *a, const struct parameter_kind *p, int64_t value);
/* Reads what a person typed; ERR_INPUT when it is no number or out of range. */
bool parameter_parse(struct arena *a, const struct parameter_kind *p, struct str typed, int64_t *value, struct error *err);
/* A figure's value for people: "12", "100%", "96.9%", "不适用"; money in yuan. */
struct str figure_show(struct arena *a, const struct figure *f, struct value value);

#endif
