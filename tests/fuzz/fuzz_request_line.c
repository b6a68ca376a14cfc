/* Lines of input: URLs and JSON requests, with and without a template. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "http/headers.h"
#include "input/request_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int holds)
{
    if (!holds)
        abort();
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
    for (size_t i = 0; i < 2; i++) {
        struct item item = {0};

        request_line_parse(&item, line, &templates[i]);
        check_item(&item);
        item_clear(&item);
    }
    return 0;
}
