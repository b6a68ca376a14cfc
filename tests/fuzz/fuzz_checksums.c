/* The first line is a path, what follows a list. It is read or gives a message with a
 * line's number; what a path leads to is an end of that path, inside the folder, and is
 * found by its name; the same list again, or with CRLF ends, says the same. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "download/checksums.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int holds)
{
    if (!holds)
        abort();
}

static int same(const struct expected *a, const struct expected *b)
{
    return a->kinds == b->kinds && !memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

static void require_inside(const char *name)
{
    struct slice rest = slice_str(name), part;

    require(*name && name[strlen(name) - 1] != '/');
    while (slice_next(&rest, '/', &part))
        require(part.len && !slice_eq(part, ".") && !slice_eq(part, ".."));
}

static void check_path(const struct checksums *c, const char *path)
{
    struct expected by_path, by_name;
    const char *name;
    size_t before;

    if (!checksums_by_path(c, path, &by_path, &name)) {
        require(!checksums_by_name(c, path, &by_name));
        return;
    }
    require_inside(name);
    require(strlen(name) <= strlen(path));
    before = strlen(path) - strlen(name);
    require(!strcmp(path + before, name) && (!before || path[before - 1] == '/'));
    require(by_path.kinds && by_path.kinds < 1u << DIGEST_KINDS);
    require(checksums_by_name(c, name, &by_name) && same(&by_path, &by_name));
}

static void check_again(struct checksums *c, struct slice text)
{
    size_t count = checksums_count(c);
    struct buf crlf = BUF_INIT, why = BUF_INIT;

    for (size_t i = 0; i < text.len; i++)
        buf_append(&crlf, text.data[i] == '\n' ? "\r\n" : text.data + i,
                   text.data[i] == '\n' ? 2 : 1);
    require(!checksums_add(c, text, &why));
    if (text.len && !memchr(text.data, '\r', text.len))
        require(!checksums_add(c, (struct slice){crlf.data, crlf.len}, &why));
    require(checksums_count(c) == count && !why.len);
    buf_clear(&crlf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct slice rest = {(const char *)data, n}, first;
    struct checksums *c = checksums_new();
    struct buf why = BUF_INIT;
    char *path;

    if (slice_next(&rest, '\n', &first)) {
        path = slice_dup(first);
        if (checksums_add(c, rest, &why))
            require(str_starts(why.data, "line "));
        else
            check_again(c, rest);
        check_path(c, path);
        free(path);
    }
    checksums_free(c);
    buf_clear(&why);
    return 0;
}
