#include "disk/name.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/mem.h"
#include "base/utf8.h"

enum {
    HASH_BYTES = 8, /* of SHA-256: enough to keep a long list's names apart */
    HASH_DIGITS = 2 * HASH_BYTES,
    EXTENSION_MAX = 1 + 16
};

/* --- what may not stand in a part ------------------------------------------------- */

static void append_clean(struct buf *out, struct slice raw)
{
    while (raw.len) {
        uint32_t cp = 0;
        size_t n = utf8_decode(raw.data, raw.len, &cp);

        if (n && cp != '/' && cp != '\\' && char_is_printable(cp))
            buf_append(out, raw.data, n);
        else
            buf_append_char(out, '_');
        n += !n;
        raw.data += n;
        raw.len -= n;
    }
}

static bool ends_in(struct slice s, const char *suffix)
{
    size_t n = strlen(suffix);

    return s.len >= n && slice_eq_nocase((struct slice){s.data + s.len - n, n}, suffix);
}

static void clean_ends(char *s, size_t n)
{
    static const char *const ours[] = {".part", ".part.json"};

    if (s[0] == '.' || s[0] == '-')
        s[0] = '_';
    if (s[n - 1] == '.' || s[n - 1] == ' ')
        s[n - 1] = '_';
    for (size_t i = 0; i < ARRAY_LEN(ours); i++)
        if (ends_in((struct slice){s, n}, ours[i]))
            s[n - strlen(ours[i])] = '_';
}

/* What Windows takes for a device: no extension, stream or space behind a name makes
 * another of it. */
static bool is_device(struct slice s)
{
    static const char *const single[] = {"CON", "PRN",    "AUX",
                                         "NUL", "CONIN$", "CONOUT$"};
    static const char *const numbers[] = {"1", "2",        "3",        "4",
                                          "5", "6",        "7",        "8",
                                          "9", "\xc2\xb9", "\xc2\xb2", "\xc2\xb3"};
    struct slice port = {s.data, 3};
    size_t n = 0;

    while (n < s.len && s.data[n] != '.' && s.data[n] != ':')
        n++;
    while (n && s.data[n - 1] == ' ')
        n--;
    s.len = n;
    for (size_t i = 0; i < ARRAY_LEN(single); i++)
        if (slice_eq_nocase(s, single[i]))
            return true;
    if (n < 4 || !(slice_eq_nocase(port, "COM") || slice_eq_nocase(port, "LPT")))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        if (slice_eq((struct slice){s.data + 3, n - 3}, numbers[i]))
            return true;
    return false;
}

/* --- what is too long ------------------------------------------------------------- */

static void append_hash(struct buf *out, struct slice whole)
{
    uint8_t bytes[EVP_MAX_MD_SIZE];

    if (!EVP_Digest(whole.data, whole.len, bytes, NULL, EVP_sha256(), NULL))
        mem_exhausted();
    for (size_t i = 0; i < HASH_BYTES; i++)
        buf_appendf(out, "%02x", bytes[i]);
}

/* Length of the extension, with its dot; 0 without. */
static size_t extension_length(struct slice part)
{
    const char *dot = memrchr(part.data, '.', part.len);
    size_t before = dot ? (size_t)(dot - part.data) : 0, n = part.len - before;

    if (!before || n < 2 || n > EXTENSION_MAX || memchr(dot, ' ', n))
        return 0;
    if (before > strlen(".tar") && ends_in((struct slice){part.data, before}, ".tar"))
        n += strlen(".tar");
    return n;
}

/* Appends stem and tail, with the hash of `whole` between them in place of the stem's
 * end when they are too long for a part. */
static void append_fitting(struct buf *out, struct slice stem, struct slice tail,
                           struct slice whole)
{
    size_t keep = NAME_BYTES_MAX - tail.len;

    if (stem.len <= keep) {
        buf_append(out, stem.data, stem.len);
    } else {
        keep -= 1 + HASH_DIGITS;
        while (keep && (stem.data[keep] & 0xc0) == 0x80) /* within a character */
            keep--;
        buf_append(out, stem.data, keep);
        buf_append_char(out, '_');
        append_hash(out, whole);
    }
    buf_append(out, tail.data, tail.len);
}

void name_append_part(struct buf *out, struct slice raw)
{
    struct buf text = BUF_INIT;
    struct slice part;
    size_t n;

    if (!raw.len)
        raw = SLICE("index.html");
    append_clean(&text, raw);
    clean_ends(text.data, text.len);
    part = (struct slice){text.data, text.len};
    if (is_device(part)) {
        buf_append_char(&text, '_');
        memmove(text.data + 1, text.data, text.len - 1);
        text.data[0] = '_';
        part = (struct slice){text.data, text.len};
    }
    n = part.len - extension_length(part);
    append_fitting(out, (struct slice){part.data, n},
                   (struct slice){part.data + n, part.len - n}, raw);
    buf_clear(&text);
}

/* Puts a folder with the hash of `whole` in place of those before the last part that do
 * not fit. */
static void shorten_path(struct buf *out, size_t start, struct slice whole)
{
    char *base = mem_strdup(strrchr(out->data + start, '/') + 1);
    size_t keep = NAME_PATH_MAX - strlen(base) - 1 - HASH_DIGITS;

    while (out->data[start + keep - 1] != '/')
        keep--;
    out->len = start + keep;
    append_hash(out, whole);
    buf_append_char(out, '/');
    buf_append_str(out, base);
    free(base);
}

void name_append_path(struct buf *out, struct slice raw)
{
    size_t start = out->len;
    struct slice rest = raw, part;

    while (slice_next(&rest, '/', &part)) {
        if (!part.len || slice_eq(part, ".") || slice_eq(part, ".."))
            continue;
        if (out->len > start)
            buf_append_char(out, '/');
        name_append_part(out, part);
    }
    if (out->len == start)
        name_append_part(out, SLICE(""));
    if (out->len - start > NAME_PATH_MAX)
        shorten_path(out, start, raw);
}

char *name_numbered(const char *name, unsigned n)
{
    const char *slash = strrchr(name, '/');
    struct slice folder = {name, slash ? (size_t)(slash - name) + 1 : 0};
    struct slice part = slice_str(name + folder.len);
    struct buf tail = BUF_INIT, text = BUF_INIT, out = BUF_INIT;
    size_t stem = part.len - extension_length(part);

    buf_appendf(&tail, ".%u", n);
    buf_append(&tail, part.data + stem, part.len - stem);
    buf_append(&text, folder.data, folder.len);
    append_fitting(&text, (struct slice){part.data, stem},
                   (struct slice){tail.data, tail.len}, part);
    name_append_path(&out,
                     (struct slice){text.data, text.len}); /* it may be too long */
    buf_clear(&text);
    buf_clear(&tail);
    return buf_take(&out);
}
