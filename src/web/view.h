/* View: what the templates under web/templates show, as plain text and numbers.
 *
 * Page handlers fill these from the engine's types; templates know nothing else. Text that is left zero is not
 * shown. */
#ifndef FAZHI_WEB_VIEW_H
#define FAZHI_WEB_VIEW_H

#include "web/html.h"

/* ---- the frame of a page ---- */

struct nav_link {
    struct str label, href;
    int64_t count; /* shown behind the label when above 0 */
    bool current;
};

struct nav_chapter {
    struct str label;
    const struct nav_link *links;
    size_t link_count;
    bool open; /* unfolded; the one with the current link */
};

struct user_view {
    struct str name, place; /* person; organisation and role */
};

enum flash_kind { FLASH_DONE, FLASH_NOTE, FLASH_WARN, FLASH_FAULT };

struct flash {
    enum flash_kind kind;
    struct str text;
};

struct crumb {
    struct str label, href; /* the last one has no href */
};

struct page {
    struct str title;
    struct str office;            /* 跃进街道办事处 */
    struct str version;           /* of the program, in the footer */
    struct str today;             /* 2024年3月1日 星期五 */
    struct str token;             /* of forms */
    struct str search;            /* text in the search box */
    struct str address;           /* path and query, to come back to */
    const struct user_view *user; /* NULL: not signed in */
    const struct nav_link *top;   /* 工作台, 报告 … above the chapters */
    size_t top_count;
    const struct nav_chapter *chapters;
    size_t chapter_count;
    const struct crumb *crumbs;
    size_t crumb_count;
    const struct flash *flashes;
    size_t flash_count;
    bool elder; /* larger type */
};

struct sign_in_view {
    struct str name, error, back; /* back: the path to go to afterwards */
    bool many;                    /* several offices are served: which one is asked too */
    struct str office;
    const struct str *offices; /* names to choose from; none when there are too many */
    size_t office_count;
};

struct fault_view {
    struct str title, message, back, back_label;
};

/* ---- forms ---- */

enum input_kind {
    INPUT_TEXT,
    INPUT_LONG_TEXT,
    INPUT_INTEGER,
    INPUT_DECIMAL,
    INPUT_MONEY, /* in yuan, as a person types it */
    INPUT_DATE,
    INPUT_DATETIME,
    INPUT_YES_NO, /* values "1" and "0" */
    INPUT_CODE,
    INPUT_ORG,
    INPUT_PLACE,
    INPUT_PERSON,
    INPUT_REFERENCE,
    INPUT_ATTACHMENT,
    INPUT_PASSWORD,
};

struct option_view {
    struct str value, label;
    unsigned depth; /* in a tree of organisations or places */
    bool selected;
};

struct file_view {
    struct str name, href, size; /* size: 1.2 MB */
    struct str id;               /* value to keep it by; empty: can't be taken off */
};

struct field_view {
    enum input_kind kind;
    struct str name; /* of the form's field; its element is f-NAME */
    struct str label, help, error;
    struct str value;  /* as the field's input takes it: ISO dates, plain numbers */
    struct str unit;   /* behind the input */
    struct str cite;   /* article that demands it */
    struct str lookup; /* REFERENCE, PERSON, PLACE: address that answers ?q= with <option>s */
    struct str shown;  /* REFERENCE: title of the record referred to */
    const struct option_view *options;
    size_t option_count;
    const struct file_view *files; /* there already */
    size_t file_count;
    struct str kept, kept_name; /* ATTACHMENT: sent with a refused try of the form, and not to be chosen again */
    bool required, disabled, multiple;
    bool is_private; /* personal data: encrypted and masked */
};

struct form_fault {
    struct str name, label, message; /* name empty: of the whole form */
};

struct form_view {
    struct str action, token, submit; /* submit: label of the button */
    struct str cancel;                /* where the way back leads */
    const struct field_view *fields;
    size_t field_count;
    const struct form_fault *faults;
    size_t fault_count;
    const struct pair_view *hidden;
    size_t hidden_count;
    bool upload; /* multipart */
};

/* A rule of law refuses an act. */
struct refusal_view {
    struct str message, rule, cite, remedy;
    struct str remedy_href, remedy_label;
};

/* ---- parts of pages ---- */

struct pair_view {
    struct str label, value;
    struct str href;
    struct html html; /* instead of value */
    struct str note;  /* small, behind the value */
    bool wide;        /* takes the whole line */
    bool masked;      /* private; shown with a lock */
};

enum badge_kind { BADGE_PLAIN, BADGE_NORMAL, BADGE_SOON, BADGE_LATE, BADGE_DONE, BADGE_PAUSED };

struct badge_view {
    enum badge_kind kind;
    struct str label; /* empty: 正常, 临期, 逾期, 已完成, 中止 */
};

enum step_state { STEP_TODO, STEP_NOW, STEP_DONE, STEP_SKIPPED };

struct step_view {
    struct str label, note; /* note: the day, or who */
    enum step_state state;
};

enum strip_kind { STRIP_START, STRIP_COUNTED, STRIP_WEEKEND, STRIP_HOLIDAY, STRIP_SUSPENDED };

struct day_view {
    struct str date;   /* 2024-03-01 */
    struct str label;  /* 1, or 3/1 on the first of a month and of the strip */
    struct str reason; /* 清明节 …, why it doesn't count; for screen readers and the tip */
    int64_t number;    /* the how-manieth day of the period; 0: not counted */
    enum strip_kind kind;
    bool makeup; /* a weekend worked by the holiday notice */
    bool last, today;
};

struct deadline_view {
    struct str label, due, due_strict; /* due_strict: before it rolled over a holiday; empty when the same */
    struct str remaining;              /* 还有3个工作日 */
    struct str cite, notice;           /* article; holiday notice */
    struct badge_view badge;
    const struct day_view *days;
    size_t day_count;
    bool unfolded; /* the strip of days is open at once */
};

struct event_view {
    struct str time, actor, place, label, text; /* place: the actor's organisation */
    struct str cite;
    const struct pair_view *changes; /* fields set */
    size_t change_count;
    const struct file_view *files;
    size_t file_count;
    bool refused;
};

struct tab_view {
    struct str label, href;
    int64_t count; /* -1: none */
    bool current;
};

struct pager_view {
    int64_t from, to; /* numbers of the rows; 0: not known, there are `shown` */
    int64_t shown;
    int64_t total;    /* -1: unknown */
    bool more;        /* than `total` */
    struct str first, previous, next, last; /* addresses; empty: none */
};

struct column_view {
    struct str label, sort; /* sort: address that sorts by it */
    bool number;            /* right-aligned */
    bool text;              /* long: its lines may break */
    int sorted;             /* 1 ascending, -1 descending */
};

struct cell_view {
    struct str text, href;
    struct html html; /* instead of text */
};

struct table_view {
    struct str caption; /* for screen readers */
    const struct column_view *columns;
    size_t column_count;
    const struct cell_view *cells; /* row_count × column_count */
    size_t row_count;
};

struct empty_view {
    struct str title, text, href, action;
};

struct filter_view {
    struct str action, search, search_hint;
    const struct field_view *fields; /* text, date, code … */
    size_t field_count;
    const struct pair_view *hidden; /* label = name: kept in the address */
    size_t hidden_count;
    const struct pair_view *chosen; /* filters in force; href takes one away */
    size_t chosen_count;
};

struct confirm_view {
    struct str title, text, action, token, submit, cancel;
    bool danger;
    const struct pair_view *facts;
    size_t fact_count;
    const struct pair_view *hidden; /* label = name */
    size_t hidden_count;
};

/* 待办 counts at the top of the workbench. */
struct tile_view {
    struct str label, value, note, href;
    enum badge_kind kind;
};

/* The element's id of a step or badge class; used by the templates. */
const char *view_badge_class(enum badge_kind kind);
struct str view_badge_label(const struct badge_view *badge);
const char *view_step_class(enum step_state state);
const char *view_step_word(enum step_state state);
const char *view_day_class(enum strip_kind kind);
const char *view_day_word(enum strip_kind kind);
const char *view_flash_class(enum flash_kind kind);

#endif
