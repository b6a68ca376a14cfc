#include "base/mask.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/percent.h"

static bool ends_authority(char c)
{
    return c == '/' || c == '?' || c == '#' || c == '"' || c == '\'' || c == '\n';
}

/* Length of the user name and password at the beginning of an authority, with the "@";
 * 0 without. A password may hold anything, so spaces do not end it. */
static size_t userinfo_length(const char *s, size_t n)
{
    size_t length = 0;

    for (size_t i = 0; i < n && !ends_authority(s[i]); i++)
        if (s[i] == '@')
            length = i + 1;
    return length;
}

void mask_append(struct buf *out, const char *text, size_t n)
{
    size_t i = 0;

    while (i < n) {
        if (n - i > 2 && text[i] == '/' && text[i + 1] == '/') {
            size_t secret = userinfo_length(text + i + 2, n - i - 2);

            buf_append_str(out, secret ? "//" MASK "@" : "//");
            i += 2 + secret;
        } else {
            buf_append_char(out, text[i++]);
        }
    }
}

static bool contains(struct slice s, const char *word)
{
    size_t n = strlen(word);

    for (size_t i = 0; i + n <= s.len; i++)
        if (strncasecmp(s.data + i, word, n) == 0)
            return true;
    return false;
}

bool mask_is_secret_header(struct slice name)
{
    static const char *const words[] = {"auth",   "cookie",  "token",    "key",
                                        "secret", "session", "password", "signature"};

    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (contains(name, words[i]))
            return true;
    return false;
}

/* ---- parameters ---- */

/* The name as a server reads it, with "-" and "." as "_": api%5Fkey, api-key. */
static void append_plain_name(struct buf *out, struct slice name)
{
    size_t at = out->len;

    percent_decode(out, name);
    for (; at < out->len; at++)
        if (out->data[at] == '-' || out->data[at] == '.')
            out->data[at] = '_';
}

static bool ends_in(struct slice s, const char *suffix)
{
    size_t n = strlen(suffix);

    return s.len >= n && strncasecmp(s.data + s.len - n, suffix, n) == 0;
}

bool mask_is_secret_parameter(struct slice name)
{
    static const char *const words[] = {"auth",      "token",      "secret", "session",
                                        "passw",     "passphrase", "pwd",    "jwt",
                                        "signature", "credential", "apikey"};
    static const char *const whole[] = {"key", "pass", "sig", "sid", "pw"};
    struct buf text = BUF_INIT;
    struct slice plain;
    bool secret;

    append_plain_name(&text, name);
    plain = (struct slice){text.data, text.len};
    secret = ends_in(plain, "_key") || ends_in(plain, "accesskey");
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        secret = secret || contains(plain, words[i]);
    for (size_t i = 0; i < ARRAY_LEN(whole); i++)
        secret = secret || slice_eq_nocase(plain, whole[i]);
    buf_clear(&text);
    return secret;
}

/* What begins at the first "?" or "#": query and fragment. */
static void append_parameters(struct buf *out, const char *s)
{
    while (*s) {
        size_t n = 1 + strcspn(s + 1, "?#&;"), name = strcspn(s, "=");

        if (name < n && mask_is_secret_parameter((struct slice){s + 1, name - 1})) {
            buf_append(out, s, name);
            buf_append_str(out, "=" MASK);
        } else {
            buf_append(out, s, n);
        }
        s += n;
    }
}

void mask_append_url(struct buf *out, const char *url)
{
    size_t n = strcspn(url, "?#");
    size_t secret = strstr(url, "//") ? 0 : userinfo_length(url, n);

    if (secret)
        buf_append_str(out, MASK "@");
    mask_append(out, url + secret, n - secret);
    append_parameters(out, url + n);
}

void mask_append_refused_url(struct buf *out, const char *url)
{
    const char *at = strrchr(url, '@'), *slashes = strstr(url, "//");

    if (at) {
        if (slashes && slashes < at)
            buf_append(out, url, (size_t)(slashes + 2 - url));
        buf_append_str(out, MASK "@");
        url = at + 1;
    }
    mask_append_url(out, url);
}
