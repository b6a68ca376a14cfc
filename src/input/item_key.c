#include "input/item_key.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/mem.h"

/* The digest of the template stands in front of each line. It is kept as the state of a
 * digest begun, which a copy goes on from. */
struct item_keys {
    EVP_MD_CTX *begun, *work;
};

static void must(int ok)
{
    if (!ok)
        mem_exhausted(); /* SHA-256 of bytes in memory fails for no other reason */
}

static void add_field(EVP_MD_CTX *ctx, const char *data, size_t n)
{
    uint64_t len = data ? n + 1 : 0; /* 0: not given, which is not the same as empty */

    must(EVP_DigestUpdate(ctx, &len, sizeof(len)));
    if (data)
        must(EVP_DigestUpdate(ctx, data, n));
}

struct item_keys *item_keys_new(const struct request_template *t)
{
    struct item_keys *k = mem_zalloc(sizeof(*k));
    char json = t->json ? 1 : 0;

    k->begun = EVP_MD_CTX_new();
    k->work = EVP_MD_CTX_new();
    must(k->begun && k->work && EVP_DigestInit_ex(k->begun, EVP_sha256(), NULL));
    if (t->method || t->body) {
        add_field(k->begun, t->method, t->method ? strlen(t->method) : 0);
        add_field(k->begun, t->body, t->body_len);
        must(EVP_DigestUpdate(k->begun, &json, 1));
    }
    return k;
}

void item_keys_free(struct item_keys *k)
{
    if (!k)
        return;
    EVP_MD_CTX_free(k->begun);
    EVP_MD_CTX_free(k->work);
    free(k);
}

void item_key(struct item_keys *k, struct slice line, uint8_t key[16])
{
    unsigned char digest[EVP_MAX_MD_SIZE];

    must(EVP_MD_CTX_copy_ex(k->work, k->begun));
    must(EVP_DigestUpdate(k->work, line.data, line.len));
    must(EVP_DigestFinal_ex(k->work, digest, NULL));
    memcpy(key, digest, 16);
}
