/* Which column of a sheet fills which field. */
#include <jansson.h>

#include "base/buf.h"
#include "base/sm3.h"
#include "office/chain.h"
#include "office/import.h"
#include "office/seal.h"

static struct import_column by_header(const struct reg *reg, struct str header)
{
    struct import_column c = {.header = header, .what = COLUMN_UNKNOWN};
    if (header.len == 0 || str_is(header, "原因")) {
        c.what = COLUMN_SKIPPED; /* the reason column of a returned sheet may stay in it */
    } else if (str_is(header, "编号") || str_is(header, "number")) {
        c.what = COLUMN_NUMBER;
    } else if (str_is(header, "阶段") || str_is(header, "stage")) {
        c.what = COLUMN_STAGE;
    }
    const struct field *f = reg_field_by_header(reg, header);
    if (f && f->derived)
        c.what = COLUMN_SKIPPED;
    else if (f)
        c = (struct import_column){header, f, COLUMN_FIELD};
    return c;
}

/* The setting under which the mapping of this header is kept. */
static struct str mapping_name(struct arena *a, const struct reg *reg, const struct sheet_in *sheet)
{
    struct buf b = buf_in(a);
    for (size_t i = 0; i < sheet->columns; i++) {
        buf_put(&b, sheet->header[i]);
        buf_putc(&b, '\n');
    }
    return str_printf(a, "import_map/%.*s/%.*s", STR_ARG(reg->name), STR_ARG(sm3_hex(a, buf_str(&b))));
}

/* A field that the register no longer has leaves what the header says: nothing is dropped without a word. */
static void apply_remembered(const struct reg *reg, struct import_column *c, const json_t *target)
{
    struct str name = str_from(json_string_value(target));
    const struct field *f = reg_field(reg, name);
    if (f)
        *c = (struct import_column){c->header, f, COLUMN_FIELD};
    else if (str_is(name, "number"))
        c->what = COLUMN_NUMBER;
    else if (str_is(name, "stage"))
        c->what = COLUMN_STAGE;
    else if (str_is(name, "-"))
        *c = (struct import_column){.header = c->header, .what = COLUMN_SKIPPED};
}

bool import_map(struct office *o, struct conn *c, struct arena *a, const struct reg *reg, const struct sheet_in *sheet,
                struct import_column **columns, struct error *err)
{
    struct str remembered;
    if (!setting_get(c, a, o->key, mapping_name(a, reg, sheet), &remembered, err)) return false;
    json_t *map = remembered.len ? json_loadb(remembered.s, remembered.len, 0, NULL) : NULL;
    *columns = arena_new_array(a, struct import_column, sheet->columns);
    for (size_t i = 0; i < sheet->columns; i++) {
        (*columns)[i] = by_header(reg, sheet->header[i]);
        const json_t *target = json_object_get(map, str_cstr(a, sheet->header[i]));
        if (json_is_string(target)) apply_remembered(reg, &(*columns)[i], target);
    }
    json_decref(map);
    return true;
}

static struct str target_name(const struct import_column *c)
{
    switch (c->what) {
    case COLUMN_FIELD: return c->field->name;
    case COLUMN_NUMBER: return STR("number");
    case COLUMN_STAGE: return STR("stage");
    case COLUMN_SKIPPED:
    case COLUMN_UNKNOWN: break;
    }
    return STR("-");
}

bool import_remember(struct tx *tx, const struct reg *reg, const struct sheet_in *sheet,
                     const struct import_column *columns, struct error *err)
{
    json_t *map = json_object();
    for (size_t i = 0; i < sheet->columns; i++) {
        if (columns[i].what == COLUMN_UNKNOWN) continue; /* nobody decided: it is asked again */
        struct str target = target_name(&columns[i]);
        json_object_set_new(map, str_cstr(tx->arena, sheet->header[i]), json_stringn(target.s, target.len));
    }
    struct str text = chain_canonical(tx->arena, map);
    json_decref(map);
    return setting_put(tx->conn, tx->office->key, mapping_name(tx->arena, reg, sheet), text, err);
}
