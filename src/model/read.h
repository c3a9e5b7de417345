/* Checked reading of YAML nodes: what is expected stands in tables, every difference becomes a fault with its place.
 *
 * Reading goes on after a fault; a value that is missing or of the wrong kind is NULL or empty afterwards. */
#ifndef FAZHI_MODEL_READ_H
#define FAZHI_MODEL_READ_H

#include "base/date.h"
#include "model/yaml.h"

enum { READ_MAX_FAULTS = 500, NAME_MAX_BYTES = 40 };

struct reader {
    struct arena *arena;
    struct errors *faults;
};

/* Adds a fault at the node, at a byte of its text, and with a name and the names that would have been right. */
void fault_at(struct reader *r, const struct yaml_node *n, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void fault_in(struct reader *r, const struct yaml_node *n, size_t byte, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* `what`: 角色, 字段 … . Suggests the nearest of the names, or lists some. */
void fault_unknown(struct reader *r, const struct yaml_node *n, const char *what, const struct str *names,
                   size_t count);

/* What stands under a key. */
enum expect {
    EXPECT_ANY,
    EXPECT_TEXT,  /* a scalar that is not empty */
    EXPECT_EMPTY_TEXT, /* a scalar, perhaps empty */
    EXPECT_NAME,  /* [a-z][a-z0-9_]*, at most NAME_MAX_BYTES */
    EXPECT_YESNO, /* true or false */
    EXPECT_MAP,
    EXPECT_LIST,
    EXPECT_NAMES, /* a name or a list of names */
    EXPECT_TEXTS, /* a text or a list of texts */
};

struct key {
    const char *name;
    enum expect expect;
    bool required;
};

/* Checks that `map` is a map with only these keys and puts their values into `out` (one for each key, NULL when missing
 * or wrong). `what` names the thing in messages: 字段, 期限. False when it is no map at all. */
bool read_map(struct reader *r, const struct yaml_node *map, const char *what, const struct key *keys, size_t count,
              const struct yaml_node **out);

/* The scalar's text, empty for NULL. */
struct str read_text(const struct yaml_node *n);
bool read_yesno(const struct yaml_node *n, bool otherwise);
/* A whole number in [min, max]; false with a fault otherwise. */
bool read_integer(struct reader *r, const struct yaml_node *n, int64_t min, int64_t max, int64_t *value);
bool read_date(struct reader *r, const struct yaml_node *n, struct date *date);
bool is_name(struct str t);
bool check_name(struct reader *r, const struct yaml_node *n, const char *what);

/* One scalar or a list of scalars as nodes; their number. NULL gives none. */
size_t read_items(struct arena *a, const struct yaml_node *n, const struct yaml_node ***items);

/* A word of a fixed table; the index or -1 with a fault. */
int read_word(struct reader *r, const struct yaml_node *n, const char *what, const char *const *words, size_t count);

#endif
