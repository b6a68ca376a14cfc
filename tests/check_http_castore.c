#include "check_main.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "base/mem.h"
#include "http/castore.h"

/* A new certificate that signed itself; the caller frees. */
static X509 *certificate(const char *name)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_ED25519, NULL);
    EVP_PKEY *key = NULL;
    X509 *x = X509_new();

    ck_assert_int_eq(EVP_PKEY_keygen_init(ctx), 1);
    ck_assert_int_eq(EVP_PKEY_keygen(ctx, &key), 1);
    X509_set_version(x, 2);
    X509_gmtime_adj(X509_getm_notBefore(x), -60);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                               (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(x));
    ck_assert_int_ne(X509_sign(x, key, NULL), 0);
    EVP_PKEY_free(key);
    EVP_PKEY_CTX_free(ctx);
    return x;
}

/* Writes a temporary file: text, the certificates' PEM, text. */
static void write_file(char path[32], const char *before, X509 *const *certs, size_t n,
                       const char *after)
{
    strcpy(path, "/tmp/castore-XXXXXX");
    FILE *f = fdopen(mkstemp(path), "w");

    ck_assert_ptr_nonnull(f);
    fputs(before, f);
    for (size_t i = 0; i < n; i++)
        PEM_write_X509(f, certs[i]);
    fputs(after, f);
    fclose(f);
}

/* Whether a connection that was given the store trusts the certificate. */
static bool trusts(const struct castore *store, X509 *x)
{
    SSL_CTX *ssl = SSL_CTX_new(TLS_client_method());
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    bool trusted;

    castore_apply(store, ssl);
    X509_STORE_CTX_init(ctx, SSL_CTX_get_cert_store(ssl), x, NULL);
    trusted = X509_verify_cert(ctx) == 1;
    X509_STORE_CTX_free(ctx);
    SSL_CTX_free(ssl);
    return trusted;
}

START_TEST(named_file)
{
    X509 *certs[] = {certificate("one"), certificate("two")};
    X509 *stranger = certificate("stranger");
    const char *why = NULL;
    char path[32];

    write_file(path, "# a comment\n", certs, 2, "the end\n");
    struct castore *store = castore_new(path, NULL, &why);
    ck_assert_ptr_nonnull(store);
    for (int i = 0; i < 3; i++) { /* the store outlives each connection */
        ck_assert(trusts(store, certs[0]) && trusts(store, certs[1]));
        ck_assert(!trusts(store, stranger));
    }
    castore_free(store);
    unlink(path);
    X509_free(certs[0]);
    X509_free(certs[1]);
    X509_free(stranger);
}
END_TEST

/* No store, and a reason that names the file; nothing is left in OpenSSL's queue. */
static void assert_refused(const char *cacert, const char *default_file,
                           const char *named)
{
    const char *why = NULL;

    ck_assert_ptr_null(castore_new(cacert, default_file, &why));
    ck_assert_ptr_nonnull(why);
    ck_assert_msg(strncmp(why, named, strlen(named)) == 0, "%s", why);
    ck_assert_uint_eq(ERR_peek_error(), 0);
}

START_TEST(useless_files)
{
    X509 *x = certificate("one");
    char path[32];

    assert_refused("/nonexistent/ca.pem", NULL, "/nonexistent/ca.pem: No such file");
    assert_refused("/", NULL, "/: ");
    write_file(path, "", NULL, 0, "");
    assert_refused(path, NULL, path);
    unlink(path);
    write_file(path, "no certificate at all\n", NULL, 0, "");
    assert_refused(path, NULL, path);
    unlink(path);
    write_file(path, "", &x, 1,
               "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    assert_refused(path, NULL, path);
    unlink(path);
    X509_free(x);
}
END_TEST

START_TEST(the_systems)
{
    X509 *ours = certificate("ours"), *theirs = certificate("theirs");
    const char *why = NULL;
    char named[32], standard[32], none[32];
    struct castore *store;

    write_file(named, "", &ours, 1, "");
    write_file(standard, "", &theirs, 1, "");
    write_file(none, "", NULL, 0, "nothing");
    unsetenv("CURL_CA_BUNDLE");
    unsetenv("SSL_CERT_DIR");
    setenv("SSL_CERT_FILE", "", 1);
    store = castore_new(NULL, standard, &why);
    ck_assert(store && trusts(store, theirs) && !trusts(store, ours));
    castore_free(store);
    assert_refused(NULL, none, none);

    setenv("SSL_CERT_FILE", named, 1);
    store = castore_new(NULL, standard, &why);
    ck_assert(store && trusts(store, ours) && !trusts(store, theirs));
    castore_free(store);
    setenv("SSL_CERT_FILE", none, 1);
    assert_refused(NULL, standard, none);

    unsetenv("SSL_CERT_FILE");
    setenv("SSL_CERT_DIR", "/nonexistent", 1);
    store = castore_new(NULL, standard, &why);
    ck_assert(store && !trusts(store, ours) && !trusts(store, theirs));
    castore_free(store);
    unsetenv("SSL_CERT_DIR");
    store = castore_new(NULL, "/nonexistent/ca.pem", &why); /* OpenSSL's paths */
    ck_assert_ptr_nonnull(store);
    castore_free(store);

    unlink(named);
    unlink(standard);
    unlink(none);
    X509_free(ours);
    X509_free(theirs);
    castore_free(NULL);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("castore", named_file, useless_files, the_systems);
}

int main(void)
{
    return check_main(suite);
}
