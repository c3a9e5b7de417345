/* Any valid text: phrases lie in the text, in order, without overlap, and their bounds make sense. */
#include "base/utf8.h"
#include "figures/numerals.h"
#include "figures/text_check.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    if (!utf8_valid(text)) return 0;
    auto_arena a = arena_open();
    struct numbers found = numerals_find(a, text);
    size_t behind = 0;
    for (size_t i = 0; i < found.count; i++) {
        const struct number *n = &found.items[i];
        FUZZ_MUST(n->at >= behind && n->len > 0 && n->len <= size - n->at);
        FUZZ_MUST(n->numeral_at <= size && n->numeral_len <= size - n->numeral_at);
        FUZZ_MUST(n->least <= n->most);
        behind = n->at + n->len;
    }
    struct findings told = text_check(a, text);
    for (size_t i = 0; i < told.count; i++) {
        FUZZ_MUST(told.items[i].at <= size && told.items[i].len <= size - told.items[i].at);
        FUZZ_MUST(told.items[i].message.len > 0);
    }
    return 0;
}
