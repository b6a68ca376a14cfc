#include "gather/pointer.h"

#include <string.h>

#include "base/json.h"

const char *pointer_wrong(struct slice pointer)
{
    if (pointer.len && pointer.data[0] != '/')
        return "a JSON pointer begins with a slash";
    for (size_t i = 0; i < pointer.len; i++)
        if (pointer.data[i] == '~' &&
            (i + 1 == pointer.len ||
             (pointer.data[i + 1] != '0' && pointer.data[i + 1] != '1')))
            return "in a JSON pointer ~ is written ~0, and / within a name ~1";
    return NULL;
}

/* The name that a token stands for (RFC 6901, 4). */
static void append_name(struct buf *out, struct slice token)
{
    for (size_t i = 0; i < token.len; i++) {
        char c = token.data[i];

        if (c == '~' && i + 1 < token.len)
            c = token.data[++i] == '1' ? '/' : '~';
        buf_append_char(out, c);
    }
}

static bool find_member(struct slice object, struct slice token, struct slice *value)
{
    struct json_iter it = json_iter(object);
    struct buf name = BUF_INIT;
    bool found = false;

    append_name(&name, token);
    while (json_next(&it))
        if (json_string_is(it.key, (struct slice){name.data, name.len})) {
            *value = it.value;
            found = true;
        }
    buf_clear(&name);
    return found;
}

/* Digits without a leading zero (RFC 6901, 4); "-" is behind the last, where nothing
 * is.
 */
static bool find_element(struct slice array, struct slice token, struct slice *value)
{
    struct json_iter it = json_iter(array);
    int64_t index;

    if (slice_parse_digits(token, &index) < 0 || (token.len > 1 && *token.data == '0'))
        return false;
    while (json_next(&it))
        if (index-- == 0) {
            *value = it.value;
            return true;
        }
    return false;
}

/* Cuts the first token off, with its slash. */
static struct slice next_token(struct slice *pointer)
{
    const char *start = pointer->data + 1;
    size_t left = pointer->len - 1;
    const char *slash = left ? memchr(start, '/', left) : NULL;
    size_t n = slash ? (size_t)(slash - start) : left;

    *pointer = (struct slice){start + n, left - n};
    return (struct slice){start, n};
}

bool pointer_find(struct slice document, struct slice pointer, struct slice *value)
{
    struct slice here = slice_trim(document);

    while (pointer.len) {
        struct slice token = next_token(&pointer);
        enum json_type type = json_type(here);

        if (type == JSON_OBJECT
                ? !find_member(here, token, &here)
                : type != JSON_ARRAY || !find_element(here, token, &here))
            return false;
    }
    *value = here;
    return true;
}
