/* Private fields at rest: SM4-CTR with HMAC-SM3 over the place and the ciphertext (encrypt-then-MAC, two keys).
 *
 * The key lies in the data folder's file `key` (0600), outside the database; without it the office does not open.
 * OpenSSL 3.0 has no SM4-GCM, hence the pair (security checklist S-45). Equal texts give different seals; a seal
 * moved to another register or field does not open. */
#ifndef FAZHI_OFFICE_SEAL_H
#define FAZHI_OFFICE_SEAL_H

#include "base/error.h"

struct seal;

/* Reads DIR/key; makes it when it is missing and `create`. */
struct seal *seal_open(const char *folder, bool create, struct error *err);
void seal_close(struct seal *s); /* wipes the keys */

/* "s1:" and base64. `place` is register/field. */
struct str seal_text(const struct seal *s, struct arena *a, struct str place, struct str plain);
/* False when it is no seal, was changed, or belongs to another place. */
bool seal_reveal(const struct seal *s, struct arena *a, struct str place, struct str sealed, struct str *plain);

/* `bytes` random bytes as hex. */
struct str random_hex(struct arena *a, size_t bytes);

#endif
