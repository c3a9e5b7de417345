#include "base/sm3.h"

#include <stdlib.h>

#include <openssl/evp.h>

struct str hex_text(struct arena *a, const unsigned char *bytes, size_t count)
{
    static const char digits[] = "0123456789abcdef";
    char *s = arena_alloc(a, count * 2 + 1);
    for (size_t i = 0; i < count; i++) {
        s[2 * i] = digits[bytes[i] >> 4];
        s[2 * i + 1] = digits[bytes[i] & 15];
    }
    s[count * 2] = '\0';
    return (struct str){s, count * 2};
}

struct str sm3_hex(struct arena *a, struct str bytes)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    if (EVP_Digest(bytes.s ? bytes.s : "", bytes.len, digest, &n, EVP_sm3(), NULL) != 1) abort();
    return hex_text(a, digest, n);
}
