/* SM3 (GM/T 0004) of bytes, as 64 lower-case hex digits. */
#ifndef FAZHI_BASE_SM3_H
#define FAZHI_BASE_SM3_H

#include "base/str.h"

/* The digest, in the arena. Without SM3 in the machine's OpenSSL nothing can be proved: the program stops. */
struct str sm3_hex(struct arena *a, struct str bytes);
/* The same in portions: sm3_end frees it. */
struct sm3;
struct sm3 *sm3_start(void);
void sm3_add(struct sm3 *sum, struct str bytes);
struct str sm3_end(struct sm3 *sum, struct arena *a);
/* Any bytes as lower-case hex digits, in the arena, with a zero behind them. */
struct str hex_text(struct arena *a, const unsigned char *bytes, size_t count);

#endif
