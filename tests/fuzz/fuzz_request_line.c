/* Lines of input: URLs and JSON requests, of files too, with and without a template. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "http/headers.h"
#include "input/request_fields.h"
#include "input/request_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int holds)
{
    if (!holds)
        abort();
}

/* Nothing of it without `files`. */
static void check_file(const struct item *item, int files)
{
    require(files || (!item->mirrors && !item->output && !item->sha256));
    require(item->mirror_count <= REQUEST_MIRRORS_MAX);
    for (size_t i = 0; i < item->mirror_count; i++)
        require(item->mirrors[i][0]);
    require(!item->output || item->output[0]);
    require(!item->sha256 || (strlen(item->sha256) == 64 &&
                              strspn(item->sha256, "0123456789abcdef") == 64));
}

/* What must hold of every item: a request that can be sent, or a reason. */
static void check_item(const struct item *item)
{
    const struct request *rq = &item->request;

    require(rq->url != NULL);
    if (item->id)
        require(json_compact(NULL, slice_str(item->id), NULL) == 0 &&
                !strchr(item->id, '\n'));
    if (item->why)
        return;
    for (size_t i = 0; i < rq->header_count; i++)
        require(headers_line_wrong(rq->headers[i]) == NULL);
    require(!rq->method || !strpbrk(rq->method, " \r\n\t:"));
    require(rq->retries >= REQUEST_DEFAULT);
    require(rq->max_time >= 0 || rq->max_time == REQUEST_DEFAULT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const struct request_template templates[] = {
        {0}, {.method = "PUT", .body = "a\0b", .body_len = 3, .json = true}};
    struct slice line = slice_trim((struct slice){(const char *)data, n});

    if (!line.len)
        return 0;
    for (size_t i = 0; i < 4; i++) {
        struct item item = {0};

        request_line_parse(&item, line, &templates[i % 2], i >= 2);
        check_item(&item);
        check_file(&item, i >= 2);
        item_clear(&item);
    }
    return 0;
}
