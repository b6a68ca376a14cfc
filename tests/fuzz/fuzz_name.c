/* Names keep the rules of disk/name.h whatever they are made of; and what keeps them is
 * not changed by cleaning it again. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../name_rules.h"
#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int holds)
{
    if (!holds)
        abort();
}

static void require_idempotent(const char *name)
{
    struct buf again = BUF_INIT;

    name_append_path(&again, slice_str(name));
    require(!strcmp(again.data, name));
    buf_clear(&again);
}

/* Takes the name. */
static void require_fine(char *name)
{
    char *numbered = name_numbered(name, 4294967295u);

    require(!name_breaks(name) && !name_breaks(numbered) && strcmp(name, numbered));
    require_idempotent(name);
    require_idempotent(numbered);
    free(numbered);
    free(name);
}

static void check_raw(struct slice raw)
{
    struct buf part = BUF_INIT, path = BUF_INIT;

    name_append_part(&part, raw);
    name_append_path(&path, raw);
    require(!strchr(part.data, '/'));
    require(strlen(part.data) == part.len && strlen(path.data) == path.len);
    require_fine(buf_take(&part));
    require_fine(buf_take(&path));
}

static void check_url(const char *url, uint64_t index)
{
    const char *why;

    require_fine(name_from_url(url));
    require_fine(name_expand("{host}{path}", url, index, &why));
    require_fine(name_expand("{query}/{index}", url, index, &why));
    require_fine(name_expand("../{{{basename}.{query}", url, index, &why));
}

/* Wrong with a URL is wrong without, and the other way round. */
static void check_template(const char *template, const char *url)
{
    const char *why = NULL;
    char *name = name_expand(template, url, 7, &why);
    char *empty = name_expand(template, NULL, 7, &why);

    require(!name == !empty && (name || why));
    require(!empty || !*empty);
    free(empty);
    if (name)
        require_fine(name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char *text = slice_dup((struct slice){(const char *)data, n}), *garbage;
    struct buf url = BUF_INIT;

    buf_append_str(&url, "http://h/");
    buf_append_str(&url, text);
    check_raw((struct slice){(const char *)data, n});
    check_url(text, n);
    check_url(url.data, n);
    check_template(text, url.data);
    garbage = name_numbered(text, 3); /* not what it is for, but it must be safe */
    require(!name_breaks(garbage));
    free(garbage);
    buf_clear(&url);
    free(text);
    return 0;
}
