/* YAML as a tree in which every node knows its place: what the definition files are read through.
 *
 * Only the plain part of YAML is taken: maps, lists and scalars. Anchors, aliases, tags, several documents and
 * duplicate keys are faults, and so is anything too deep or too large. Scalars are never interpreted (no "yes" that
 * becomes true): whoever reads a node says what it expects (model/read.h). */
#ifndef FAZHI_MODEL_YAML_H
#define FAZHI_MODEL_YAML_H

#include "base/error.h"

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };
enum yaml_style { YAML_PLAIN, YAML_QUOTED, YAML_DOUBLE_QUOTED, YAML_BLOCK };

enum { YAML_MAX_BYTES = 1 << 20, YAML_MAX_DEPTH = 16, YAML_MAX_NODES = 60000, YAML_MAX_KEYS = 2000 };

/* The text of a file, for messages and for places inside scalars. */
struct yaml_source {
    struct str path;
    struct str text;
};

struct yaml_node {
    const struct yaml_source *source;
    enum yaml_kind kind;
    enum yaml_style style;
    int line, column; /* from 1, in characters */
    size_t at;        /* byte in the source's text where the node starts */
    struct str text;  /* of a scalar */
    struct yaml_node **keys; /* of a map */
    struct yaml_node **kids; /* of a list; values of a map */
    size_t count;
};

/* The tree of one file, or NULL with one or more faults in `faults`. An empty file is a fault. */
struct yaml_node *yaml_read(struct arena *a, const struct yaml_source *source, struct errors *faults);

/* The value of a map's key, or NULL (also when `map` is no map). */
struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);

/* file:line:column of the node; of byte `byte` of the scalar's text, wherever folding, quoting and indentation have
 * put it in the file. */
struct str yaml_place(struct arena *a, const struct yaml_node *node);
struct str yaml_place_in(struct arena *a, const struct yaml_node *node, size_t byte);

#endif
