/* A pattern gives an error inside itself or at least one expansion; with a backslash
 * before each character it gives itself, once. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/glob.h"
#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int holds)
{
    if (!holds)
        abort();
}

static void check_expansion(const char *pattern)
{
    const char *why = NULL;
    size_t column = 0;
    struct glob *g = glob_new(pattern, &why, &column);
    char *s = g ? glob_next(g) : NULL;

    require(g ? s != NULL : why && column >= 1 && column <= strlen(pattern) + 1);
    for (int i = 0; s && i < 100; i++) {
        free(s);
        s = glob_next(g);
    }
    free(s);
    glob_free(g);
}

static void check_escaped(const char *text)
{
    struct buf pattern = BUF_INIT;
    const char *why;
    size_t column;
    struct glob *g;
    char *s;

    buf_append_str(&pattern, "");
    for (const char *p = text; *p; p++)
        buf_append(&pattern, (char[]){'\\', *p}, 2);
    g = glob_new(pattern.data, &why, &column);
    require(g != NULL);
    s = glob_next(g);
    require(s && !strcmp(s, text) && !glob_next(g));
    free(s);
    glob_free(g);
    buf_clear(&pattern);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char *text = slice_dup((struct slice){(const char *)data, n});

    check_expansion(text);
    check_escaped(text);
    free(text);
    return 0;
}
