#include "base/mask.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"

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

void mask_append_url(struct buf *out, const char *url)
{
    size_t n = strlen(url), secret = strstr(url, "//") ? 0 : userinfo_length(url, n);

    if (secret)
        buf_append_str(out, MASK "@");
    mask_append(out, url + secret, n - secret);
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
