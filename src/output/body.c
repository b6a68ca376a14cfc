/* A body in a record. */
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "http/media_type.h"
#include "output/record_facts.h"

/* ---- what the server says it is (RFC 9110, 8.3) ---- */

static struct slice content_type(const struct response *rs)
{
    struct slice type;

    headers_get(&rs->headers, "Content-Type", &type);
    return type;
}

static bool is_json(struct slice type)
{
    static const char suffix[] = "+json";
    size_t n = sizeof(suffix) - 1;
    struct slice essence = media_type_essence(type);

    if (slice_eq_nocase(essence, "application/json"))
        return true;
    if (essence.len <= n)
        return false;
    return slice_eq_nocase((struct slice){essence.data + essence.len - n, n}, suffix);
}

bool record_body_is_json(const struct response *rs)
{
    return is_json(content_type(rs));
}

/* A name goes to iconv as it is, but "//" would turn options on. */
static iconv_t open_charset(struct slice charset)
{
    char name[64];

    if (!charset.len || charset.len >= sizeof(name) ||
        memchr(charset.data, '/', charset.len))
        return (iconv_t)-1;
    memcpy(name, charset.data, charset.len);
    name[charset.len] = '\0';
    return iconv_open("UTF-8", name);
}

static bool convert(struct buf *out, iconv_t cd, const struct buf *body)
{
    char *from = body->data;
    size_t left = body->len;

    while (left) {
        size_t room = left + left / 2 + 16;
        char *start = buf_reserve(out, room), *to = start;
        size_t n = iconv(cd, &from, &left, &to, &room);

        buf_commit(out, (size_t)(to - start));
        if (n == (size_t)-1 && errno != E2BIG)
            return false; /* not in that charset, or cut within a character */
    }
    return true;
}

static bool convert_from(struct slice charset, const struct buf *body, struct buf *out)
{
    iconv_t cd = open_charset(charset);
    bool ok;

    if (cd == (iconv_t)-1)
        return false;
    ok = convert(out, cd, body);
    iconv_close(cd);
    return ok;
}

/* UTF-8 is believed when it is valid, whatever is declared, unless the charset is one
 * in which the same bytes mean something else. */
static bool means_utf8(struct slice charset, const struct buf *body)
{
    static const char *const others[] = {
        "utf-16",   "utf-16le", "utf-16be",    "utf-32",      "utf-32le",
        "utf-32be", "utf-7",    "iso-2022-jp", "iso-2022-kr", "hz-gb-2312"};

    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        if (slice_eq_nocase(charset, others[i]))
            return false;
    return utf8_valid(body->data, body->len);
}

/* ---- in the record ---- */

bool record_body_text(const struct response *rs, struct buf *scratch,
                      struct slice *text)
{
    struct slice charset = media_type_charset(content_type(rs));

    *text = (struct slice){rs->body.data, rs->body.len};
    if (!text->len) {
        text->data = "";
        return true;
    }
    if (!means_utf8(charset, &rs->body)) {
        if (!convert_from(charset, &rs->body, scratch))
            return false;
        *text = (struct slice){scratch->data, scratch->len};
    }
    return !memchr(text->data, '\0', text->len);
}

static bool append_string(struct buf *out, const struct response *rs)
{
    struct buf scratch = BUF_INIT;
    struct slice text;
    bool ok = record_body_text(rs, &scratch, &text);

    if (ok)
        json_append_string(out, text.data, text.len);
    buf_clear(&scratch);
    return ok;
}

static bool append_json(struct buf *out, const struct response *rs)
{
    struct slice text = {rs->body.data, rs->body.len};

    if (!text.len || !record_body_is_json(rs))
        return false;
    if (text.len >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0) {
        text.data += 3; /* RFC 8259, 8.1: a mark may be passed over */
        text.len -= 3;
    }
    return json_compact(out, text, NULL) == 0;
}

void record_append_body(struct buf *out, const struct response *rs)
{
    size_t start = out->len;

    APPEND_LITERAL(out, ",\"body\":");
    if (rs->error || !rs->status) { /* what came of it is no body */
        APPEND_LITERAL(out, "null");
        return;
    }
    if (append_json(out, rs) || append_string(out, rs))
        return;
    out->len = start;
    APPEND_LITERAL(out, ",\"body_encoding\":\"base64\",\"body\":\"");
    base64_append(out, rs->body.data, rs->body.len);
    buf_append_char(out, '"');
}
