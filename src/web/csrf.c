#include "web/csrf.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

struct str csrf_new(struct arena *a)
{
    unsigned char random[32];
    static const char hex[] = "0123456789abcdef";
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random) {
        fputs("fazhi: 取不到随机数，程序停止\n", stderr);
        abort();
    }
    char *s = arena_alloc(a, 2 * sizeof random);
    for (size_t i = 0; i < sizeof random; i++) {
        s[2 * i] = hex[random[i] >> 4];
        s[2 * i + 1] = hex[random[i] & 15];
    }
    return (struct str){s, 2 * sizeof random};
}

bool csrf_same(struct str a, struct str b)
{
    if (a.len != b.len) return false;
    volatile unsigned char differ = 0;
    for (size_t i = 0; i < a.len; i++) differ = (unsigned char)(differ | (a.s[i] ^ b.s[i]));
    return differ == 0;
}

bool csrf_check(const struct request *rq, struct str token)
{
    struct str sent = request_form(rq, "_token");
    if (!sent.len) sent = request_header(rq, "X-Token");
    return token.len && csrf_same(sent, token) && request_same_origin(rq);
}
