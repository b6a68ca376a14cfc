/* castore.h - the certificates that are trusted, read once for all connections.
 *
 * libcurl reads the whole store again for each new TLS connection where a CA path is
 * set: 22 to 31 ms of CPU each time, against 2 with one store that all share. */
#ifndef TRAWL_HTTP_CASTORE_H
#define TRAWL_HTTP_CASTORE_H

struct castore;

/* Reads the PEM file `cacert`; or, where that is NULL, what CURL_CA_BUNDLE or
 * SSL_CERT_FILE, and SSL_CERT_DIR, name, else `default_file` (libcurl's own; NULL or
 * missing is fine), else OpenSSL's default paths. Takes some 20 ms for a system's
 * store. NULL with *why when a file that was named cannot be used, or holds no
 * certificate; the text is good until the next call. */
struct castore *castore_new(const char *cacert, const char *default_file,
                            const char **why);

/* The file that CURL_CA_BUNDLE or SSL_CERT_FILE name, or NULL. */
const char *castore_environment(void);

/* Connections that were given the store keep it alive. NULL is allowed. */
void castore_free(struct castore *store);

/* Whether the certificate in the PEM file `cert` can be shown with the key in `key`
 * (NULL: in the same file). NULL when it can; else why not, a static text. */
const char *castore_pair_wrong(const char *cert, const char *key);

/* Has an SSL_CTX verify against this store, in place of its own. */
void castore_apply(const struct castore *store, void *ssl_ctx);

#endif
