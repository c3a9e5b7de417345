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

struct sm3 {
    EVP_MD_CTX *context;
};

struct sm3 *sm3_start(void)
{
    struct sm3 *sum = malloc(sizeof *sum);
    if (!sum || !(sum->context = EVP_MD_CTX_new()) || EVP_DigestInit_ex(sum->context, EVP_sm3(), NULL) != 1) abort();
    return sum;
}

void sm3_add(struct sm3 *sum, struct str bytes)
{
    if (EVP_DigestUpdate(sum->context, bytes.s, bytes.len) != 1) abort();
}

struct str sm3_end(struct sm3 *sum, struct arena *a)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    if (EVP_DigestFinal_ex(sum->context, digest, &n) != 1) abort();
    EVP_MD_CTX_free(sum->context);
    free(sum);
    return hex_text(a, digest, n);
}

struct str sm3_hex(struct arena *a, struct str bytes)
{
    struct sm3 *sum = sm3_start();
    sm3_add(sum, bytes);
    return sm3_end(sum, a);
}
