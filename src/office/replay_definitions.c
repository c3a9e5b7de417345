#include "office/replay_definitions.h"

struct proof {
    const struct office *office;
    struct conn *conn;
    struct arena *arena;
    void (*differ)(void *arg, struct str text);
    void *arg;
};

static bool is_text(const json_t *o, const char *key, struct str text)
{
    const json_t *t = json_object_get(o, key);
    return json_is_string(t) && str_eq((struct str){json_string_value(t), json_string_length(t)}, text);
}

/* Each file by its own digest, all of them by the set's. */
static bool same_files(struct proof *p, const struct definitions_row *row, const json_t *said, bool *same,
                       struct error *err)
{
    struct definition_file *files;
    size_t count;
    if (!definitions_files(p->conn, p->arena, row->office, row->digest, &files, &count, err)) return false;
    *same = json_object_size(said) == count && str_eq(definition_files_digest(p->arena, files, count), row->digest);
    for (size_t i = 0; *same && i < count; i++)
        *same = is_text(said, str_cstr(p->arena, files[i].path), definition_files_digest(p->arena, &files[i], 1));
    return true;
}

static bool prove(struct proof *p, const struct definitions_row *row, const json_t *said, struct error *err)
{
    bool same = said && is_text(said, "digest", row->digest) && is_text(said, "valid_from", row->valid_from) &&
                is_text(said, "note", row->note);
    if (same && row->digest.len && !same_files(p, row, json_object_get(said, "files"), &same, err)) return false;
    if (!same)
        p->differ(p->arg, str_printf(p->arena, "下发的定义第 %lld 份：与办理记录不一致", (long long)row->number));
    return true;
}

bool replay_definitions(const struct office *o, struct conn *c, struct arena *a, json_t *said,
                        void (*differ)(void *arg, struct str text), void *arg, struct error *err)
{
    struct proof p = {o, c, a, differ, arg};
    struct definitions_row *list;
    size_t count;
    if (!definitions_of_office(c, a, o->key, &list, &count, err)) return false;
    for (size_t i = 0; i < count; i++) {
        const char *key = str_cstr(a, str_printf(a, "%lld", (long long)list[i].number));
        if (!prove(&p, &list[i], json_object_get(said, key), err)) return false;
        json_object_del(said, key);
    }
    const char *left;
    json_t *value;
    json_object_foreach(said, left, value)
        differ(arg, str_printf(a, "下发的定义第 %s 份：办理记录中有，表中没有", left));
    return true;
}
