/* Compacting twice gives the same, what is compact walks to its end, and any bytes make
 * a string that is JSON. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct slice all(const struct buf *b)
{
    return (struct slice){b->data, b->len};
}

static void require(int holds)
{
    if (!holds)
        abort();
}

/* The members as JSON again: the text they came from. */
static void check_members(struct slice compact)
{
    struct json_iter it = json_iter(compact);
    struct buf again = BUF_INIT;
    bool object = json_type(compact) == JSON_OBJECT;

    if (!object && json_type(compact) != JSON_ARRAY)
        return;
    buf_append_char(&again, object ? '{' : '[');
    while (json_next(&it)) {
        if (again.len > 1)
            buf_append_char(&again, ',');
        if (object) {
            buf_append(&again, it.key.data, it.key.len);
            buf_append_char(&again, ':');
        }
        require(!json_compact(NULL, it.value, NULL));
        buf_append(&again, it.value.data, it.value.len);
    }
    buf_append_char(&again, object ? '}' : ']');
    require(again.len == compact.len && !memcmp(again.data, compact.data, again.len));
    buf_clear(&again);
}

static void check_document(struct slice text)
{
    struct buf once = BUF_INIT, twice = BUF_INIT, plain = BUF_INIT;
    size_t where = 0;

    if (json_compact(&once, text, &where)) {
        require(where <= text.len && !once.len);
    } else {
        require(!json_compact(&twice, all(&once), NULL));
        require(once.len == twice.len && !memcmp(once.data, twice.data, once.len));
        check_members(all(&once));
        if (json_type(all(&once)) == JSON_STRING) {
            json_append_unquoted(&plain, all(&once));
            require(utf8_valid(plain.data, plain.len));
        }
    }
    buf_clear(&plain);
    buf_clear(&twice);
    buf_clear(&once);
}

static void check_string(struct slice text)
{
    struct buf json = BUF_INIT, back = BUF_INIT;

    json_append_string(&json, text.data, text.len);
    require(!json_compact(NULL, all(&json), NULL));
    json_append_unquoted(&back, all(&json));
    if (utf8_valid(text.data, text.len))
        require(back.len == text.len &&
                (!text.len || !memcmp(back.data, text.data, back.len)));
    buf_clear(&back);
    buf_clear(&json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct slice text = {(const char *)data, n};

    check_document(text);
    check_string(text);
    return 0;
}
