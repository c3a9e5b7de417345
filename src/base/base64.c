#include "base/base64.h"

#include <openssl/evp.h>
#include <stdlib.h>

static const size_t largest = (size_t)1 << 30;

struct str base64_encode(struct arena *a, struct str bytes)
{
    if (bytes.len > largest) abort();
    char *text = arena_alloc(a, (bytes.len + 2) / 3 * 4 + 1);
    int n = EVP_EncodeBlock((unsigned char *)text, (const unsigned char *)(bytes.s ? bytes.s : ""), (int)bytes.len);
    return (struct str){text, (size_t)n};
}

bool base64_decode(struct arena *a, struct str text, struct str *bytes)
{
    if (text.len % 4 || text.len > 2 * largest - 4) return false;
    char *raw = arena_alloc(a, text.len + 1);
    int n = text.len ? EVP_DecodeBlock((unsigned char *)raw, (const unsigned char *)text.s, (int)text.len) : 0;
    if (n < 0) return false;
    /* EVP_DecodeBlock counts the padding as bytes. */
    size_t padding = 0;
    while (padding < 2 && padding < text.len && text.s[text.len - 1 - padding] == '=') padding++;
    *bytes = (struct str){raw, (size_t)n - padding};
    return true;
}
