#include "store/list_words.h"

bool texts_tell(const struct word_term *terms, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (terms[i].kind == TERM_PREFIX) return false;
    return true;
}

/* How many codes of the field have labels that hold the text; they are bound where `bind` is given. */
static size_t codes_with(const struct field *f, struct str text, struct query *bind)
{
    size_t n = 0;
    for (size_t i = 0; f->codes && i < f->codes->count; i++) {
        if (!str_contains(f->codes->codes[i].label, text)) continue;
        if (bind) query_bind_str(bind, f->codes->codes[i].key);
        n++;
    }
    return n;
}

static void put_field(struct buf *sql, const struct field *f, struct str text)
{
    if (f->type != FIELD_CODE) {
        buf_puts(sql, " or instr(self.");
        sql_put_name(sql, f->name);
        buf_puts(sql, ", ?) > 0");
        return;
    }
    size_t codes = codes_with(f, text, NULL);
    if (codes == 0) return;
    buf_puts(sql, " or self.");
    sql_put_name(sql, f->name);
    buf_puts(sql, " in (");
    sql_put_marks(sql, codes);
    buf_putc(sql, ')');
}

void texts_put(struct buf *sql, const struct reg *reg, const struct word_term *terms, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_puts(sql, " and (instr(self.\"number\", ?) > 0");
        for (size_t k = 0; k < reg->field_count; k++)
            if (words_hold(&reg->fields[k])) put_field(sql, &reg->fields[k], terms[i].text);
        buf_putc(sql, ')');
    }
}

void texts_bind(struct query *q, const struct reg *reg, const struct word_term *terms, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        query_bind_str(q, terms[i].text);
        for (size_t k = 0; k < reg->field_count; k++) {
            const struct field *f = &reg->fields[k];
            if (!words_hold(f)) continue;
            if (f->type == FIELD_CODE) codes_with(f, terms[i].text, q);
            else query_bind_str(q, terms[i].text);
        }
    }
}
