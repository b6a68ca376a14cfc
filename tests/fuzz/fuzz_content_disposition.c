/* A name that a server proposes is UTF-8 and not empty, and proposed again, encoded, it
 * is the same. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "http/content_disposition.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int holds)
{
    if (!holds)
        abort();
}

static void require_same(const char *value, const char *name)
{
    char *again = content_disposition_filename(slice_str(value));

    require(again && !strcmp(again, name));
    free(again);
}

static void require_again(const char *name)
{
    struct buf encoded = BUF_INIT, quoted = BUF_INIT;

    buf_append_str(&encoded, "attachment; filename=x; filename*=UTF-8''");
    buf_append_str(&quoted, "attachment; filename=\"");
    for (const char *s = name; *s; s++) {
        buf_appendf(&encoded, "%%%02x", (unsigned char)*s);
        if (*s == '"' || *s == '\\')
            buf_append_char(&quoted, '\\');
        buf_append_char(&quoted, *s);
    }
    buf_append_char(&quoted, '"');
    require_same(encoded.data, name);
    require_same(quoted.data, name);
    buf_clear(&quoted);
    buf_clear(&encoded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char *name = content_disposition_filename((struct slice){(const char *)data, n});

    if (name) {
        require(*name && utf8_valid(name, strlen(name)));
        require_again(name);
    }
    free(name);
    return 0;
}
