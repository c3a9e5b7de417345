/* move, schema: the database as such. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cli/cli.h"
#include "office/replay.h"
#include "store/move.h"
#include "store/schema_text.h"

/* One end of a move: a data folder, or a server's database and the folder with its key. */
struct end {
    const char *folder, *database;
    struct store *store;
    struct definition_sets *sets;
};

static struct end end_of(const struct cli *cli, const char *place)
{
    bool server = strstr(place, "://") != NULL;
    return (struct end){.folder = server ? cli->data : place, .database = server ? place : NULL};
}

static bool same_place(const struct end *a, const struct end *b)
{
    if (!a->database || !b->database) return !a->database && !b->database && strcmp(a->folder, b->folder) == 0;
    return strcmp(a->database, b->database) == 0;
}

static char *key_path(struct arena *a, const char *folder)
{
    return str_cstr(a, str_printf(a, "%s/key", folder));
}

/* Private fields are read with the key they were sealed with: it goes along. Another key that is there already is the
 * key of other records. */
static bool bring_key(struct cli *cli, const struct end *from, const struct end *to, struct error *err)
{
    enum { KEY_MOST = 4096 };
    struct str key, there;
    if (strcmp(from->folder, to->folder) == 0) return true;
    if (!file_read(cli->arena, key_path(cli->arena, from->folder), KEY_MOST, &key, err)) return false;
    const char *path = key_path(cli->arena, to->folder);
    if (!file_exists(path)) return file_write(path, key, true, err);
    if (!file_read(cli->arena, path, KEY_MOST, &there, err)) return false;
    return str_eq(key, there) ||
           error_at(err, ERR_CONFLICT, str_from(path), "去处已有另一把密钥，它下面的隐私信息要用它来读。请换一个 --data 文件夹");
}

/* What arrived is proved by its own log. */
static bool prove(struct cli *cli, const struct end *to, struct str office, struct replay_report *r, struct error *err)
{
    struct office *o = office_open(to->store, to->sets, office, cli->clock, false, err);
    if (!o) return false;
    bool ok = replay_check(o, cli->arena, r, err);
    office_close(o);
    if (!ok) return false;
    return (!r->broken_at && r->difference_total == 0) || error_set(err, ERR_STORE, "移入后的核对不一致，请不要使用去处的数据");
}

static bool move_one(struct cli *cli, struct end *from, struct end *to, struct str office, struct error *err)
{
    struct move_counts counts;
    struct replay_report r;
    if (!store_copy_office(from->store, to->store, office, &counts, err) || !prove(cli, to, office, &r, err)) return false;
    printf("%.*s：已搬 %lld 行，附件 %lld 个；核对一致：办理记录 %lld 条，记录 %lld 件，链尾哈希 %.*s\n", STR_ARG(office),
           (long long)counts.rows, (long long)counts.attachments, (long long)r.acts, (long long)r.records, STR_ARG(r.head));
    return true;
}

static bool move_all(struct cli *cli, struct end *from, struct end *to, struct error *err)
{
    struct str *offices;
    size_t count;
    struct conn *c = store_read(from->store, err);
    bool ok = c && store_offices(c, cli->arena, &offices, &count, err);
    if (c) store_done(c);
    for (size_t i = 0; ok && i < count; i++) ok = move_one(cli, from, to, offices[i], err);
    return ok;
}

int cli_move(struct cli *cli)
{
    struct error err;
    const char *from_place = cli_option(cli, "from"), *to_place = cli_option(cli, "to");
    if (!from_place || !to_place) return cli_usage(cli, "请用 --from 和 --to 说明从哪里搬到哪里");
    struct end from = end_of(cli, from_place), to = end_of(cli, to_place);
    if (same_place(&from, &to)) return cli_usage(cli, "--from 和 --to 是同一处");
    if (!cli_load_model(cli)) return EXIT_NO;
    from.store = store_open(from.folder, from.database, cli->base, false, &err);
    if (from.store) to.store = store_open(to.folder, to.database, cli->base, true, &err);
    if (to.store) to.sets = definition_sets_open(to.store);
    bool ok = to.store && bring_key(cli, &from, &to, &err) && move_all(cli, &from, &to, &err);
    definition_sets_close(to.sets);
    store_close(from.store);
    store_close(to.store);
    return ok ? EXIT_YES : cli_fail(cli, &err);
}

int cli_schema(struct cli *cli)
{
    struct error err;
    struct buf tables = buf_in(cli->arena), citus = buf_in(cli->arena);
    if (!cli_load_model(cli)) return EXIT_NO;
    if (!schema_text(cli->model, &tables, &err)) return cli_fail(cli, &err);
    schema_citus(buf_str(&tables), &citus);
    cli_print(buf_str(cli_option(cli, "citus") ? &citus : &tables));
    return EXIT_YES;
}
