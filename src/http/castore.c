#include "http/castore.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/mem.h"

struct castore {
    X509_STORE *x509;
};

/* Keeps why a file is of no use; false. */
static bool refuse(const char **why, const char *file, const char *reason)
{
    static _Thread_local char text[4096 + 64];

    snprintf(text, sizeof(text), "%s: %s", file, reason);
    *why = text;
    return false;
}

static bool holds_certificate(const X509_STORE *x509)
{
    const STACK_OF(X509_OBJECT) *all = X509_STORE_get0_objects((X509_STORE *)x509);

    for (int i = 0; i < sk_X509_OBJECT_num(all); i++)
        if (X509_OBJECT_get_type(sk_X509_OBJECT_value(all, i)) == X509_LU_X509)
            return true;
    return false;
}

static bool load_file(X509_STORE *x509, const char *file, const char **why)
{
    X509_LOOKUP *lookup = X509_STORE_add_lookup(x509, X509_LOOKUP_file());

    if (!lookup)
        mem_exhausted();
    /* OpenSSL's own reasons speak of BIOs; the system's are better known. */
    if (access(file, R_OK) < 0)
        return refuse(why, file, strerror(errno));
    int found = X509_load_cert_crl_file(lookup, file, X509_FILETYPE_PEM);
    ERR_clear_error(); /* or libcurl takes what is left there for its own trouble */
    if (found <= 0 || !holds_certificate(x509))
        return refuse(why, file, "no certificate in PEM form");
    return true;
}

static bool load_directory(X509_STORE *x509, const char *directories)
{
    X509_LOOKUP *lookup = X509_STORE_add_lookup(x509, X509_LOOKUP_hash_dir());

    if (!lookup || !X509_LOOKUP_add_dir(lookup, directories, X509_FILETYPE_PEM))
        mem_exhausted();
    return true;
}

static const char *env(const char *name)
{
    const char *value = getenv(name);

    return value && *value ? value : NULL;
}

const char *castore_environment(void)
{
    const char *file = env("CURL_CA_BUNDLE");

    return file ? file : env("SSL_CERT_FILE");
}

static bool load_system(X509_STORE *x509, const char *default_file, const char **why)
{
    const char *file = castore_environment(), *directories = env("SSL_CERT_DIR");

    if (file || directories)
        return (!file || load_file(x509, file, why)) &&
               (!directories || load_directory(x509, directories));
    if (default_file && access(default_file, F_OK) == 0)
        return load_file(x509, default_file, why);
    X509_STORE_set_default_paths(x509);
    ERR_clear_error();
    return true;
}

struct castore *castore_new(const char *cacert, const char *default_file,
                            const char **why)
{
    struct castore *store = mem_zalloc(sizeof(*store));

    store->x509 = X509_STORE_new();
    if (!store->x509)
        mem_exhausted();
    /* As libcurl sets its own: an intermediate that is trusted ends the chain. */
    X509_STORE_set_flags(store->x509,
                         X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
    if (cacert ? load_file(store->x509, cacert, why)
               : load_system(store->x509, default_file, why))
        return store;
    castore_free(store);
    return NULL;
}

void castore_free(struct castore *store)
{
    if (!store)
        return;
    X509_STORE_free(store->x509);
    free(store);
}

/* In place of a question on the terminal, which nobody may be there to answer. */
static int no_passphrase(char *text, int size, int writing, void *arg)
{
    (void)text, (void)size, (void)writing;
    *(bool *)arg = true;
    return -1;
}

static const char *pair_wrong(SSL_CTX *ctx, const char *cert, const char *key)
{
    bool encrypted = false, used;

    SSL_CTX_set_default_passwd_cb(ctx, no_passphrase);
    SSL_CTX_set_default_passwd_cb_userdata(ctx, &encrypted);
    if (SSL_CTX_use_certificate_chain_file(ctx, cert) != 1)
        return "the file holds no certificate in PEM form";
    used = SSL_CTX_use_PrivateKey_file(ctx, key ? key : cert, SSL_FILETYPE_PEM) == 1;
    if (used && SSL_CTX_check_private_key(ctx) == 1)
        return NULL;
    if (encrypted)
        return "its key has a passphrase, which cannot be given";
    if (used || ERR_GET_LIB(ERR_peek_last_error()) == ERR_LIB_X509)
        return "the key is another certificate's";
    return key ? "the file of the key (--key) holds none in PEM form"
               : "the file holds no key in PEM form; give one with --key";
}

const char *castore_pair_wrong(const char *cert, const char *key)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    const char *why;

    if (!ctx)
        mem_exhausted();
    why = pair_wrong(ctx, cert, key);
    SSL_CTX_free(ctx);
    ERR_clear_error();
    return why;
}

void castore_apply(const struct castore *store, void *ssl_ctx)
{
    SSL_CTX_set1_cert_store(ssl_ctx, store->x509);
}
