/* Bytes as text (RFC 4648, with padding, without line breaks). */
#ifndef FAZHI_BASE_BASE64_H
#define FAZHI_BASE_BASE64_H

#include "base/str.h"

/* At most 1 GiB; more is a programming error. */
struct str base64_encode(struct arena *a, struct str bytes);
/* False when it is no such text. */
bool base64_decode(struct arena *a, struct str text, struct str *bytes);

#endif
