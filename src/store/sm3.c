#include <openssl/evp.h>

#include "store/inside.h"

bool sm3_of(struct str bytes, struct sm3_hex *digest, struct error *err)
{
    unsigned char raw[EVP_MAX_MD_SIZE];
    unsigned int n = 0;
    if (EVP_Digest(bytes.s ? bytes.s : "", bytes.len, raw, &n, EVP_sm3(), NULL) != 1 || n != 32)
        return error_set(err, ERR_STORE, "不能计算 SM3 摘要：这台机器的 OpenSSL 不支持 SM3");
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < 32; i++) {
        digest->hex[2 * i] = digits[raw[i] >> 4];
        digest->hex[2 * i + 1] = digits[raw[i] & 15];
    }
    digest->hex[64] = '\0';
    return true;
}
