/* Two functions for SQLite, which let a pass over a register ask for a deadline's state without looking each row up.
 *
 *     fz_states(id, state)   aggregate: a text with the state (0 to 9) of the record with this id at this place
 *     fz_state(states, id)   what stands there; 0 where there is nothing */
#include <stdlib.h>
#include <string.h>

#include "store/sqlite.h"

enum { FIRST_SIZE = 1 << 12, MOST_IDS = 1 << 28 };

struct states {
    char *text; /* of sqlite3_malloc */
    sqlite3_int64 length, room;
};

static bool make_room(struct states *s, sqlite3_int64 length)
{
    sqlite3_int64 room = s->room ? s->room : FIRST_SIZE;
    while (room < length) room *= 2;
    if (room > s->room) {
        char *text = sqlite3_realloc64(s->text, (sqlite3_uint64)room);
        if (!text) return false;
        s->text = text;
        s->room = room;
    }
    if (length > s->length) {
        memset(s->text + s->length, '0', (size_t)(length - s->length));
        s->length = length;
    }
    return true;
}

static void states_step(sqlite3_context *ctx, int count, sqlite3_value **args)
{
    (void)count;
    struct states *s = sqlite3_aggregate_context(ctx, sizeof *s);
    sqlite3_int64 id = sqlite3_value_int64(args[0]), state = sqlite3_value_int64(args[1]);
    if (!s) {
        sqlite3_result_error_nomem(ctx);
        return;
    }
    if (state < 1 || state > 9 || id < 0) return;
    if (id >= MOST_IDS) {
        sqlite3_result_error_toobig(ctx);
        return;
    }
    if (id >= s->length && !make_room(s, id + 1)) {
        sqlite3_result_error_nomem(ctx);
        return;
    }
    s->text[id] = (char)('0' + state);
}

static void states_end(sqlite3_context *ctx)
{
    struct states *s = sqlite3_aggregate_context(ctx, 0);
    if (!s || !s->text) {
        sqlite3_result_text(ctx, "", 0, SQLITE_STATIC);
        return;
    }
    sqlite3_result_text64(ctx, s->text, (sqlite3_uint64)s->length, sqlite3_free, SQLITE_UTF8);
    s->text = NULL;
}

static void state_of(sqlite3_context *ctx, int count, sqlite3_value **args)
{
    (void)count;
    const unsigned char *text = sqlite3_value_text(args[0]);
    sqlite3_int64 id = sqlite3_value_int64(args[1]);
    bool there = text && id >= 0 && id < sqlite3_value_bytes(args[0]);
    sqlite3_result_int(ctx, there ? text[id] - '0' : 0);
}

bool sqlite_add_states(sqlite3 *db)
{
    int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    return sqlite3_create_function_v2(db, "fz_states", 2, flags, NULL, NULL, states_step, states_end, NULL) == SQLITE_OK &&
           sqlite3_create_function_v2(db, "fz_state", 2, flags, NULL, state_of, NULL, NULL, NULL) == SQLITE_OK;
}
