/* check_output.h - what the tests of records share: a call that was answered. */
#ifndef TRAWL_TESTS_CHECK_OUTPUT_H
#define TRAWL_TESTS_CHECK_OUTPUT_H

#include "check_main.h"

#include <stdlib.h>

#include "base/mem.h"
#include "output/record.h"

struct sample {
    struct request request;
    struct call call;
    struct record record;
};

static const struct record_options json_only
    __attribute__((unused)) = {.format = RECORD_JSON};

static inline void sample_init_unanswered(struct sample *s, const char *url,
                                          enum http_error error, const char *message)
{
    memset(s, 0, sizeof(*s));
    request_init(&s->request, url);
    s->call.request = &s->request;
    s->record.call = &s->call;
    s->record.error = error;
    if (error)
        response_fail(&s->call.response, error, "%s", message);
}

static inline void sample_header(struct sample *s, const char *line)
{
    headers_add_line(&s->call.response.headers, line, strlen(line));
}

static inline void sample_init(struct sample *s)
{
    struct response *rs = &s->call.response;

    sample_init_unanswered(s, "http://me:pw@h/a/../b?c#d", HTTP_OK, NULL);
    s->call.hop.url = mem_strdup(s->request.url);
    s->call.hop.method = "GET";
    s->call.attempts = 1;
    s->call.queued = 0.0005;
    rs->status = 200;
    strcpy(rs->http_version, "1.1");
    strcpy(rs->remote_ip, "127.0.0.1");
    strcpy(rs->local_ip, "127.0.0.2");
    rs->remote_port = 80;
    rs->local_port = 4242;
    rs->num_connects = 1;
    rs->size_download = 6;
    rs->times = (struct timings){.namelookup = 1,
                                 .connect = 20,
                                 .appconnect = 300,
                                 .pretransfer = 400,
                                 .starttransfer = 50000,
                                 .total = 1600000};
    sample_header(s, "Content-Type: text/plain");
}

static inline void sample_clear(struct sample *s)
{
    for (size_t i = 0; i < s->call.redirect_count; i++)
        free(s->call.redirects[i].url);
    free(s->call.redirects);
    free(s->call.hop.url);
    response_clear(&s->call.response);
    request_clear(&s->request);
}

static inline void expect_record(const struct sample *s, const struct record_options *o,
                                 const char *expected)
{
    struct buf out = BUF_INIT;

    record_append(&out, &s->record, o);
    ck_assert_str_eq(out.data, expected);
    buf_clear(&out);
}

static inline void expect_in_record(const struct sample *s,
                                    const struct record_options *o, const char *part)
{
    struct buf out = BUF_INIT;

    record_append(&out, &s->record, o);
    ck_assert_msg(strstr(out.data, part), "%s\nis not in\n%s", part, out.data);
    buf_clear(&out);
}

#endif
