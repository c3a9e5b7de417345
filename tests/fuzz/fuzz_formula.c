/* Any text as a formula, about a record and as a figure: faults have a message and a place; what is accepted prints
 * and parses to the same tree, and its SQL has as many `?` as values and no character of the text. */
#include "../unit/formula_schema.h"
#include "fuzz.h"

static void check_sql(struct arena *a, const struct formula *f, enum formula_dialect dialect, bool self_alias)
{
    struct formula_sql sql = formula_to_sql(a, f, dialect, self_alias);
    struct formula_run run = {.office = STR("yj")};
    size_t marks = 0;
    for (size_t i = 0; i < sql.text.len; i++) {
        marks += sql.text.s[i] == '?';
        FUZZ_MUST((unsigned char)sql.text.s[i] >= ' ' && (unsigned char)sql.text.s[i] < 0x7F);
        FUZZ_MUST(sql.text.s[i] != ';');
    }
    FUZZ_MUST(marks == sql.bind_count);
    (void)formula_values(a, &sql, &run);
}

static void check_accepted(struct arena *a, const struct formula *f, const struct formula_context *ctx)
{
    struct error err;
    struct str text = formula_text(a, f);
    struct formula *again = text.len <= 8000 ? formula_parse(a, text, ctx, FT_NONE, &err) : NULL;
    FUZZ_MUST(text.len > 8000 || (again && formula_equal(f, again)));
    FUZZ_MUST(formula_words(a, f).len > 0);
    struct formula_set *sets;
    for (int dialect = DIALECT_SQLITE; dialect <= DIALECT_POSTGRES; dialect++) {
        check_sql(a, f, (enum formula_dialect)dialect, true);
        check_sql(a, f, (enum formula_dialect)dialect, false);
        (void)formula_sets(a, f, (enum formula_dialect)dialect, &sets);
    }
    const struct formula_register *list[8];
    FUZZ_MUST(formula_registers(f, list, 8) <= 4);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct formula_context contexts[] = {
        {.schema = &fake_schema, .self = &mediation_register},
        {.schema = &fake_schema, .has_period = true},
    };
    for (size_t i = 0; i < LENGTH(contexts); i++) {
        auto_arena a = arena_open();
        struct error err = {0};
        struct formula *f = formula_parse(a, text, &contexts[i], FT_NONE, &err);
        if (f)
            check_accepted(a, f, &contexts[i]);
        else
            FUZZ_MUST(err.code != ERR_NONE && err.message[0] && err.where[0]);
    }
    return 0;
}
