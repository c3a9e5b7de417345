/* Matching paths against the table of routes. */
#include "web/http.h"

/* Takes the first part of a path (behind its '/') off it. */
static struct str next_part(struct str *path)
{
    struct str t = str_slice(*path, 1, path->len);
    size_t end = str_find(t, STR("/"), 0);
    *path = str_slice(t, end, t.len);
    return str_slice(t, 0, end);
}

bool http_match(const char *pattern, struct str path, struct str arg[REQUEST_MAX_ARGS], size_t *arg_count)
{
    struct str rest = str_from(pattern);
    *arg_count = 0;
    while (rest.len && path.len) {
        struct str want = next_part(&rest);
        bool all = str_is(want, "*"), any = want.len > 1 && want.s[0] == ':';
        struct str all_of_it = str_slice(path, 1, path.len);
        struct str have = next_part(&path);
        if (!all && !any && !str_eq(want, have)) return false;
        if (any && !have.len) return false;
        if ((all || any) && *arg_count < REQUEST_MAX_ARGS) arg[(*arg_count)++] = all ? all_of_it : have;
        if (all) return true;
    }
    return !rest.len && !path.len;
}
