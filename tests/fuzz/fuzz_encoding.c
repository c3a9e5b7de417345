/* Any bytes either become valid text or are refused; text survives the way to GB 18030 and back. */
#include "base/encoding.h"
#include "base/utf8.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    auto_arena a = arena_open();
    struct str text, bytes, again;
    enum encoding encoding;
    struct error err = {0};
    if (!encoding_decode(a, (struct str){(const char *)data, size}, &text, &encoding, &err)) {
        FUZZ_MUST(err.code != ERR_NONE && utf8_valid(str_from(err.message)));
        return 0;
    }
    FUZZ_MUST(utf8_valid(text));
    if (!encoding_to_gb18030(a, text, &bytes, &err)) return 0;
    /* Bytes that happen to be UTF-8 or to begin with a mark are read as such: no fault of the conversion. */
    if (encoding_decode(a, bytes, &again, &encoding, &err) && encoding == ENCODING_GB18030)
        FUZZ_MUST(str_eq(text, again));
    return 0;
}
