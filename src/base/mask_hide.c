/* Secrets that are known by their bytes, wherever they stand. */
#include <stdlib.h>
#include <string.h>

#include "base/mask.h"
#include "base/mem.h"
#include "base/percent.h"

enum { SHORTEST = 3, SHORT = 8 };

static struct {
    struct slice *list; /* owned, the longest first: one may be a part of another */
    size_t count;
} hidden;

static void forget(void)
{
    for (size_t i = 0; i < hidden.count; i++)
        free((void *)hidden.list[i].data);
    free(hidden.list);
    hidden.list = NULL;
    hidden.count = 0;
}

static void hide_slice(struct slice secret)
{
    size_t i = hidden.count;

    if (secret.len < SHORTEST)
        return;
    for (size_t k = 0; k < hidden.count; k++)
        if (slice_same(hidden.list[k], secret))
            return;
    if (!hidden.count)
        atexit(forget);
    hidden.list = mem_reallocarray(hidden.list, hidden.count + 1, sizeof(*hidden.list));
    for (; i > 0 && hidden.list[i - 1].len < secret.len; i--)
        hidden.list[i] = hidden.list[i - 1];
    hidden.list[i] = (struct slice){slice_dup(secret), secret.len};
    hidden.count++;
}

/* Host, with and without its port, and path come in messages without each other. */
static void hide_parts(const char *url)
{
    const char *rest = url + strcspn(url, "/?#"),
               *at = memrchr(url, '@', (size_t)(rest - url));
    const char *host = at ? at + 1 : url;

    hide_slice((struct slice){host, (size_t)(rest - host)});
    hide_slice((struct slice){host, strcspn(host, ":/?#")});
    hide_slice(slice_str(rest));
}

void mask_hide(const char *secret)
{
    const char *slashes = strstr(secret, "://");
    struct buf encoded = BUF_INIT;

    hide_slice(slice_str(secret));
    percent_encode(&encoded, slice_str(secret));
    hide_slice((struct slice){encoded.data, encoded.len});
    buf_clear(&encoded);
    if (slashes)
        hide_parts(slashes + 3);
}

bool mask_hides(void)
{
    return hidden.count > 0;
}

static bool is_word(char c)
{
    char lower = char_lower(c);

    return char_is_digit(c) || (lower >= 'a' && lower <= 'z');
}

/* Length of the secret that stands at `at`, or 0. */
static size_t secret_at(const char *text, size_t n, size_t at)
{
    for (size_t i = 0; i < hidden.count; i++) {
        size_t len = hidden.list[i].len;
        bool there = len <= n - at && !memcmp(text + at, hidden.list[i].data, len);
        bool inside = there && ((at > 0 && is_word(text[at - 1])) ||
                                (at + len < n && is_word(text[at + len])));

        if (there && !(inside && len < SHORT))
            return len;
    }
    return 0;
}

void mask_append_hidden(struct buf *out, const char *text, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t secret = secret_at(text, n, i);

        if (secret)
            buf_append_str(out, MASK);
        else
            buf_append_char(out, text[i]);
        i += secret ? secret : 1;
    }
}
