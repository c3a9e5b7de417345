/* The border for text from outside: bytes of a file → valid UTF-8, and back to GB 18030 for programs that expect it.
 *
 * Nothing is ever replaced by '?' or U+FFFD: bytes that fit no encoding are a fault with their line. */
#ifndef FAZHI_BASE_ENCODING_H
#define FAZHI_BASE_ENCODING_H

#include "base/error.h"

enum encoding {
    ENCODING_UTF8,
    ENCODING_UTF8_BOM,
    ENCODING_UTF16_LE, /* "Unicode text" of Excel */
    ENCODING_UTF16_BE,
    ENCODING_GB18030, /* also GB 2312 and GBK, which it contains */
};

/* For messages: UTF-8, UTF-16, GB 18030 … */
const char *encoding_name(enum encoding encoding);

/* Decodes by byte order mark; without one as UTF-8 when it is valid, else as GB 18030. Text that is evidently
 * UTF-8 with damaged places is refused, not read as GB 18030, which would turn all of it into other characters.
 * The mark is left out of `text`; UTF-8 is not copied but points into `bytes`. NUL is refused. */
bool encoding_decode(struct arena *a, struct str bytes, struct str *text, enum encoding *encoding, struct error *err);

/* Valid UTF-8 → GB 18030, which has a place for every assigned character. A few code points for private use have none
 * (the standard gave their places to real characters since): a fault with its line. */
bool encoding_to_gb18030(struct arena *a, struct str text, struct str *bytes, struct error *err);

#endif
