#include "office/seal.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/buf.h"
#include "base/base64.h"
#include "base/file.h"
#include "base/sm3.h"

enum { SM4_KEY = 16, SM4_IV = 16, SM3_SIZE = 32, MAC_KEY = 32, KEY_BYTES = SM4_KEY + MAC_KEY, KEY_FILE_MOST = 4096 };

/* Looking the algorithms up takes longer than a short text does: they are kept, the MAC with its key taken in. Threads
 * share them and only copy. */
struct seal {
    unsigned char encryption[SM4_KEY];
    EVP_CIPHER *cipher;
    EVP_MAC_CTX *mac;
};

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

static bool unhex(struct str t, unsigned char *bytes, size_t n)
{
    if (t.len != 2 * n) return false;
    for (size_t i = 0; i < n; i++) {
        int high = hex_digit(t.s[2 * i]);
        int low = hex_digit(t.s[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        bytes[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

static void random_bytes(unsigned char *bytes, size_t n)
{
    /* Without randomness nothing here is safe: there is no sensible way on. */
    if (RAND_bytes(bytes, (int)n) != 1) abort();
}

struct str random_hex(struct arena *a, size_t bytes)
{
    unsigned char *r = arena_alloc(a, bytes);
    random_bytes(r, bytes);
    return hex_text(a, r, bytes);
}

static bool make_key(const char *path, struct str *text, struct arena *a, struct error *err)
{
    *text = random_hex(a, KEY_BYTES);
    return file_write(path, *text, true, err);
}

static bool take_keys(struct seal *s, const unsigned char *bytes)
{
    OSSL_PARAM with_sm3[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char[]){"SM3"}, 0), OSSL_PARAM_END};
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    memcpy(s->encryption, bytes, SM4_KEY);
    s->cipher = EVP_CIPHER_fetch(NULL, "SM4-CTR", NULL);
    s->mac = EVP_MAC_CTX_new(hmac);
    EVP_MAC_free(hmac);
    return s->cipher && s->mac && EVP_MAC_init(s->mac, bytes + SM4_KEY, MAC_KEY, with_sm3) == 1;
}

struct seal *seal_open(const char *folder, bool create, struct error *err)
{
    auto_arena a = arena_open();
    char *path = str_cstr(a, str_printf(a, "%s/key", folder));
    struct str text;
    bool ok =
        create && !file_exists(path) ? make_key(path, &text, a, err) : file_read(a, path, KEY_FILE_MOST, &text, err);
    if (!ok) return NULL;
    unsigned char bytes[KEY_BYTES];
    struct seal *s = NULL;
    if (!unhex(str_trim(text), bytes, sizeof bytes)) {
        error_at(err, ERR_STORE, str_from(path), "密钥文件已损坏：请从备份恢复这个文件，没有它无法读取隐私信息");
    } else if (!(s = calloc(1, sizeof *s))) {
        error_set(err, ERR_STORE, "内存不足");
    } else if (!take_keys(s, bytes)) {
        error_set(err, ERR_STORE, "这台机器的 OpenSSL 没有国密算法 SM3、SM4，无法保护隐私信息");
        seal_close(s);
        s = NULL;
    }
    OPENSSL_cleanse(bytes, sizeof bytes);
    if (text.len) OPENSSL_cleanse((char *)(uintptr_t)text.s, text.len);
    return s;
}

void seal_close(struct seal *s)
{
    if (!s) return;
    EVP_CIPHER_free(s->cipher);
    EVP_MAC_CTX_free(s->mac);
    OPENSSL_cleanse(s, sizeof *s);
    free(s);
}

/* CTR mode: the same both ways. */
static bool crypt(const struct seal *s, const unsigned char *iv, const unsigned char *in, size_t n, unsigned char *out)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int done = 0;
    bool ok = ctx && n <= INT32_MAX && EVP_EncryptInit_ex(ctx, s->cipher, NULL, s->encryption, iv) == 1 &&
              EVP_EncryptUpdate(ctx, out, &done, in, (int)n) == 1 && (size_t)done == n;
    EVP_CIPHER_CTX_free(ctx);
    return ok;
}

/* MAC over place NUL iv ciphertext: the place has no NUL, so the parts can't be moved against each other. */
static void make_mac(const struct seal *s, struct str place, const unsigned char *data, size_t n,
                     unsigned char mac[SM3_SIZE])
{
    size_t size = 0;
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_dup(s->mac);
    if (!ctx || EVP_MAC_update(ctx, (const unsigned char *)place.s, place.len) != 1 ||
        EVP_MAC_update(ctx, (const unsigned char *)"", 1) != 1 || EVP_MAC_update(ctx, data, n) != 1 ||
        EVP_MAC_final(ctx, mac, &size, SM3_SIZE) != 1 || size != SM3_SIZE)
        abort();
    EVP_MAC_CTX_free(ctx);
}

struct str seal_text(const struct seal *s, struct arena *a, struct str place, struct str plain)
{
    size_t n = SM4_IV + plain.len + SM3_SIZE;
    unsigned char *raw = arena_alloc(a, n);
    random_bytes(raw, SM4_IV);
    if (plain.len && !crypt(s, raw, (const unsigned char *)plain.s, plain.len, raw + SM4_IV)) abort();
    make_mac(s, place, raw, SM4_IV + plain.len, raw + SM4_IV + plain.len);
    struct str body = base64_encode(a, (struct str){(const char *)raw, n});
    return str_printf(a, "s1:%.*s", STR_ARG(body));
}

bool seal_reveal(const struct seal *s, struct arena *a, struct str place, struct str sealed, struct str *plain)
{
    if (!str_starts(sealed, STR("s1:")) || sealed.len > INT32_MAX) return false;
    struct str bytes;
    if (!base64_decode(a, str_slice(sealed, 3, sealed.len), &bytes) || bytes.len < SM4_IV + SM3_SIZE) return false;
    const unsigned char *raw = (const unsigned char *)bytes.s;
    size_t body = bytes.len - SM3_SIZE;
    unsigned char mac[SM3_SIZE];
    make_mac(s, place, raw, body, mac);
    if (CRYPTO_memcmp(mac, raw + body, SM3_SIZE) != 0) return false;
    unsigned char *out = arena_alloc(a, body - SM4_IV + 1);
    if (body > SM4_IV && !crypt(s, raw, raw + SM4_IV, body - SM4_IV, out)) return false;
    *plain = (struct str){(char *)out, body - SM4_IV};
    return true;
}
