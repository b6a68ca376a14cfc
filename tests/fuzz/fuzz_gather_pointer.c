/* A pointer, a line end, a document: what is found is a part of the document, and a
 * value. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "gather/pager.h"
#include "gather/pointer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int holds)
{
    if (!holds)
        abort();
}

static bool is_part(struct slice part, struct slice whole)
{
    return part.data >= whole.data && part.data + part.len <= whole.data + whole.len;
}

static void check_pointer(struct slice pointer, struct slice document)
{
    struct slice value;

    if (pointer_wrong(pointer) || !pointer_find(document, pointer, &value))
        return;
    require(is_part(value, document));
    if (!json_compact(NULL, document, NULL))
        require(!json_compact(NULL, value, NULL));
}

static void check_parameter(struct slice name, struct slice value)
{
    char *text, *url;

    if (!name.len || memchr(name.data, '\0', name.len))
        return;
    text = slice_dup(name);
    url = pager_set_parameter("http://h/?a=b#c", text, value);
    require(!strncmp(url, "http://h/?a=", 12) && !strcmp(url + strlen(url) - 2, "#c"));
    free(url);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct slice text = {n ? (const char *)data : "", n}, pointer = text;
    const char *end = memchr(text.data, '\n', n);

    if (end) {
        struct slice document = {end + 1, (size_t)(text.data + n - end - 1)};

        pointer.len = (size_t)(end - text.data);
        check_pointer(pointer, document);
        check_parameter(pointer, document);
    }
    return 0;
}
