/* Sinks, which take a body as it arrives, or refuse it. */
#include "check_http_sink.h"

/* ---- taking ---- */

CLIENT_TEST(takes_everything)
{
    static const size_t sizes[] = {0, 1, 16383, 16384, 100001, 1 << 20};
    struct response rs = {0};
    struct taker t;
    char target[64];

    (void)arg;
    setup(answer_bytes_too);
    make_client();
    for (unsigned i = 0; i < ARRAY_LEN(sizes) * ARRAY_LEN(framings); i++) {
        size_t n = sizes[i / ARRAY_LEN(framings)];

        taker_init(&t);
        snprintf(target, sizeof(target), "/bytes/%s/%zu/%u",
                 framings[i % ARRAY_LEN(framings)], n, i);
        ck_assert_int_eq(fetch(target, &t, &rs), 0);
        expect_bytes(&t, n, i);
        ck_assert_uint_eq(t.begun, 1);
        ck_assert_int_eq(t.status, 200);
        ck_assert_int_eq(rs.size_download, (int64_t)n);
        taker_clear(&t);
    }
    response_clear(&rs);
    teardown();
    return 0;
}

static struct buf encoded;

static async int answer_encoded(struct exchange *x)
{
    return answer_with(x, 200, "Content-Encoding: gzip\r\n", encoded.data, encoded.len);
}

/* Also what is no gzip at all. */
CLIENT_TEST(codings_are_left_alone)
{
    char text[20000];
    struct response rs = {0};
    struct taker t;

    (void)arg;
    setup(answer_encoded);
    make_client();
    fill(text, sizeof(text), 1);
    for (int i = 0; i < 2; i++) {
        if (i == 0)
            encode("gzip", 9, text, sizeof(text), &encoded);
        else
            buf_append_str(&encoded, "this is not in the coding");
        taker_init(&t);
        ck_assert_int_eq(fetch("/", &t, &rs), 0);
        ck_assert_uint_eq(t.bytes.len, encoded.len);
        ck_assert_mem_eq(t.bytes.data, encoded.data, encoded.len);
        ck_assert_int_eq(rs.size_download, (int64_t)encoded.len);
        taker_clear(&t);
    }
    buf_clear(&encoded);
    response_clear(&rs);
    teardown();
    return 0;
}

CLIENT_TEST(no_more_than_the_largest_size)
{
    struct response rs = {0};
    struct taker t;

    (void)arg;
    setup(answer_bytes_too);
    config.max_size = 50000;
    make_client();
    for (unsigned i = 0; i < ARRAY_LEN(framings); i++) {
        char target[64];

        taker_init_slow(&t, 10000, 0);
        snprintf(target, sizeof(target), "/bytes/%s/50001/1", framings[i]);
        ck_assert_int_eq(fetch(target, &t, &rs), HTTP_TOO_LARGE);
        ck_assert_uint_le(t.bytes.len, 50000);
        taker_clear(&t);
        taker_init_slow(&t, 10000, 0);
        snprintf(target, sizeof(target), "/bytes/%s/50000/1", framings[i]);
        ck_assert_int_eq(fetch(target, &t, &rs), 0);
        expect_bytes(&t, 50000, 1);
        taker_clear(&t);
    }
    response_clear(&rs);
    teardown();
    return 0;
}

/* How much is read at once, and so given at once, is the client's to say. */
CLIENT_TEST(receive_buffer)
{
    static const struct {
        size_t buffer, least, most;
        unsigned total;
    } sizes[] = {{0, 2049, 16384, 64},
                 {1024, 1, 1024, 64},
                 {0, 1, 2048, 2000}, /* thousands at once have small ones */
                 {65536, 2049, SIZE_MAX, 2000}};

    (void)arg;
    setup(answer_bytes_too);
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        struct response rs = {0};
        struct taker t;

        config.receive_buffer = sizes[i].buffer;
        config.limits.total = sizes[i].total;
        make_client();
        taker_init(&t);
        ck_assert_int_eq(fetch("/bytes/length/1000000/3", &t, &rs), 0);
        expect_bytes(&t, 1000000, 3);
        ck_assert_uint_ge(t.largest, sizes[i].least);
        ck_assert_uint_le(t.largest, sizes[i].most);
        taker_clear(&t);
        response_clear(&rs);
        client_free(client);
    }
    make_client();
    teardown();
    return 0;
}

/* ---- begin ---- */

static const char *raw; /* what raw_answer says, before it closes the connection */

static async int raw_answer(struct exchange *x)
{
    answer(x, "%s", raw);
    return -1;
}

#define OK_LINE "HTTP/1.1 200 OK\r\n"

CLIENT_TEST(begins_once_or_never)
{
    static const struct {
        const char *method, *text;
        enum http_error error;
        int begun;        /* the status that it saw; 0: it did not begin */
        const char *body; /* that was given */
    } answers[] = {
        {"GET", OK_LINE "Content-Length: 3\r\n\r\nabc", HTTP_OK, 200, "abc"},
        {"GET", OK_LINE "Content-Length: 0\r\n\r\n", HTTP_OK, 200, ""},
        {"GET", OK_LINE "\r\n", HTTP_OK, 200, ""}, /* up to the end */
        {"GET", OK_LINE "\r\nabc", HTTP_OK, 200, "abc"},
        {"HEAD", OK_LINE "Content-Length: 3\r\n\r\n", HTTP_OK, 200, ""},
        {"HEAD", "HTTP/1.1 404 No\r\nContent-Length: 3\r\n\r\n", HTTP_OK, 404, ""},
        {"GET", "HTTP/1.1 204 None\r\n\r\n", HTTP_OK, 204, ""},
        {"GET", "HTTP/1.1 304 As Before\r\n\r\n", HTTP_OK, 304, ""},
        {"GET",
         "HTTP/1.1 206 Part\r\nContent-Range: bytes 0-2/9\r\n"
         "Content-Length: 3\r\n\r\nabc",
         HTTP_OK, 206, "abc"},
        {"GET",
         "HTTP/1.1 416 No Such Part\r\nContent-Range: bytes */9\r\n"
         "Content-Length: 3\r\n\r\nabc",
         HTTP_OK, 416, "abc"},
        {"GET", "HTTP/1.1 416 No Such Part\r\nContent-Length: 0\r\n\r\n", HTTP_OK, 416,
         ""},
        {"GET", OK_LINE "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
         HTTP_OK, 200, "abc"},
        {"GET", OK_LINE "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", HTTP_OK, 200,
         ""},
        {"GET",
         "HTTP/1.1 103 Early\r\nLink: x\r\n\r\n" OK_LINE "Content-Length: 3\r\n\r\nabc",
         HTTP_OK, 200, "abc"},
        {"GET", "HTTP/1.1 302 Nowhere\r\nContent-Length: 3\r\n\r\nabc", HTTP_OK, 302,
         "abc"},
        /* what is there of a body is given, though more was promised */
        {"GET", OK_LINE "Content-Length: 9\r\n\r\nabc", HTTP_TRUNCATED, 200, "abc"},
        {"GET", OK_LINE "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
         HTTP_TRUNCATED, 200, "abc"},
        /* never */
        {"GET", OK_LINE "Content-Length: 9\r\n\r\n", HTTP_TRUNCATED, 0, ""},
        {"GET", "HTTP/1.1 302 On\r\nLocation: /\r\nContent-Length: 3\r\n\r\nabc",
         HTTP_OK, 0, ""},
        {"GET", "HTTP/1.1 302 On\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", HTTP_OK,
         0, ""},
        {"HEAD", "HTTP/1.1 302 On\r\nLocation: /\r\n\r\n", HTTP_OK, 0, ""},
        {"GET", OK_LINE, HTTP_TRUNCATED, 0, ""},
        {"GET", OK_LINE "Content-Length: 3\r\n", HTTP_TRUNCATED, 0, ""},
        {"GET", OK_LINE "Content-Length: 3\r\nX-Half: a l", HTTP_TRUNCATED, 0, ""},
        {"HEAD", OK_LINE "Content-Length: 3\r\n", HTTP_TRUNCATED, 0, ""},
        {"GET", "HTTP/1.1 204 None\r\nX-Half: a l", HTTP_TRUNCATED, 0, ""},
        {"GET", "HTTP/1.1 103 Early\r\nLink: x\r\n\r\n", HTTP_EMPTY_REPLY, 0, ""},
        {"GET", "HTTP/1.1 103 Early\r\nLink: x\r\n\r\n" OK_LINE, HTTP_TRUNCATED, 0, ""},
        {"GET", OK_LINE "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
         HTTP_PROTOCOL, 0, ""},
        {"GET", "", HTTP_EMPTY_REPLY, 0, ""},
    };
    struct response rs = {0};

    (void)arg;
    setup(raw_answer);
    make_client();
    for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
        struct taker t;
        int r;

        raw = answers[i].text;
        taker_init(&t);
        r = fetch_by(answers[i].method, "/", &t, &rs);
        ck_assert_msg(r == (int)answers[i].error, "%s %s: %s (%s)", answers[i].method,
                      raw, http_error_name((enum http_error)r), rs.message);
        ck_assert_msg(t.begun == (answers[i].begun != 0), "%s %s: %u",
                      answers[i].method, raw, t.begun);
        ck_assert_int_eq(t.status, answers[i].begun);
        ck_assert_msg(
            slice_eq((struct slice){t.bytes.data, t.bytes.len}, answers[i].body), "%s",
            raw);
        taker_clear(&t);
    }
    response_clear(&rs);
    teardown();
    return 0;
}

/* Without redirects to follow, one is a response like any other. */
CLIENT_TEST(redirects)
{
    struct response rs = {0};
    struct request rq;
    struct taker t;
    char url[128];

    (void)arg;
    setup(answer_bytes_too);
    make_client();
    taker_init_slow(&t, 10000, 0);
    snprintf(url, sizeof(url), "%s/to/302//to/307//bytes/length/30000/4",
             server.origin);
    request_init(&rq, url);
    rq.sink = &t.sink;
    ck_assert_int_eq(client_fetch(client, &rq, &rs), 0);
    ck_assert_uint_eq(t.begun, 1);
    expect_bytes(&t, 30000, 4);
    taker_clear(&t);
    client_free(client);
    config.max_redirects = 0;
    make_client();
    taker_init(&t);
    ck_assert_int_eq(client_fetch(client, &rq, &rs), 0);
    ck_assert_int_eq(t.status, 302);
    ck_assert(slice_eq((struct slice){t.bytes.data, t.bytes.len}, "moved"));
    taker_clear(&t);
    request_clear(&rq);
    response_clear(&rs);
    teardown();
    return 0;
}

CLIENT_TEST(error_pages_dropped)
{
    struct response rs = {0};
    struct taker t;

    (void)arg;
    setup(answer_bytes_too);
    make_client();
    for (int i = 0; i < 3; i++) {
        taker_init(&t);
        t.at_begin = BODY_DROP;
        ck_assert_int_eq(fetch(i == 2 ? "/big/200000" : "/status/404", &t, &rs), 0);
        ck_assert_uint_eq(t.begun, 1);
        ck_assert_uint_eq(t.writes, 0);
        ck_assert_int_eq(t.status, i == 2 ? 200 : 404);
        ck_assert_int_eq(rs.size_download, i == 2 ? 200000 : 3);
        taker_clear(&t);
    }
    ck_assert_uint_eq(server.connections, 1); /* they are read to their end */
    response_clear(&rs);
    teardown();
    return 0;
}

/* ---- refusing ---- */

static void expect_refusal(const struct response *rs, enum http_error error,
                           const char *why)
{
    ck_assert_int_eq(rs->error, error);
    ck_assert_str_eq(rs->message, why);
}

CLIENT_TEST(refuses_in_begin)
{
    static const struct {
        const char *method, *target;
    } asked[] = {{"GET", "/bytes/length/100000/1"},
                 {"GET", "/bytes/chunked/100/1"},
                 {"GET", "/bytes/length/0/1"},
                 {"GET", "/status/204"},
                 {"HEAD", "/bytes/length/100/1"}};
    struct response rs = {0};

    (void)arg;
    setup(answer_bytes_too);
    make_client();
    for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
        struct taker t;

        taker_init(&t);
        t.at_begin = BODY_REFUSE;
        t.sink.error = HTTP_RANGE;
        t.sink.why = "not the part that was asked for";
        ck_assert_int_eq(fetch_by(asked[i].method, asked[i].target, &t, &rs),
                         HTTP_RANGE);
        expect_refusal(&rs, HTTP_RANGE, "not the part that was asked for");
        ck_assert_uint_eq(t.begun, 1);
        ck_assert_uint_eq(t.writes, 0);
        taker_clear(&t);
        check_nothing_left();
    }
    response_clear(&rs);
    teardown();
    return 0;
}

/* At once, and as bytes come again after a wait. */
CLIENT_TEST(refuses_in_write)
{
    static const struct {
        size_t from, portion;
        double pause;
    } ways[] = {{0, 0, 0}, {0, 1, 0}, {20000, 0, 0}, {20000, 1, 0}, {20000, 1, 0.001}};
    struct response rs = {0};

    (void)arg;
    setup(answer_bytes_too);
    make_client();
    for (size_t i = 0; i < ARRAY_LEN(ways) * ARRAY_LEN(framings); i++) {
        size_t way = i / ARRAY_LEN(framings);
        struct taker t;
        char target[64];

        taker_init_slow(&t, ways[way].portion, ways[way].pause);
        t.refuse_from = ways[way].from;
        snprintf(target, sizeof(target), "/bytes/%s/100000/2",
                 framings[i % ARRAY_LEN(framings)]);
        ck_assert_int_eq(fetch(target, &t, &rs), HTTP_LOCAL_IO);
        expect_refusal(&rs, HTTP_LOCAL_IO, "the disk is full");
        ck_assert_int_eq(rs.status, 200);
        ck_assert_uint_ge(t.bytes.len, ways[way].from);
        ck_assert_uint_lt(t.bytes.len, 100000);
        taker_clear(&t);
        check_nothing_left();
    }
    response_clear(&rs);
    teardown();
    return 0;
}

/* Reasons name files, and what can be done: they are not cut. */
CLIENT_TEST(long_reasons)
{
    struct response rs = {0};
    struct taker t;
    char why[240];

    (void)arg;
    setup(answer_bytes_too);
    make_client();
    memset(why, 'w', sizeof(why) - 1);
    why[sizeof(why) - 1] = '\0';
    taker_init(&t);
    t.at_begin = BODY_REFUSE;
    t.sink.error = HTTP_LOCAL_IO;
    t.sink.why = why;
    ck_assert_int_eq(fetch("/status/200", &t, &rs), HTTP_LOCAL_IO);
    expect_refusal(&rs, HTTP_LOCAL_IO, why);
    taker_clear(&t);
    response_clear(&rs);
    teardown();
    return 0;
}

/* Refuses the first answers, and takes the next. */
static struct taker again;
static unsigned refusals;

static enum body_use begin_again(struct body_sink *s, const struct response *rs)
{
    (void)rs;
    again.begun++;
    return again.begun <= refusals && s->error ? BODY_REFUSE : BODY_TAKE;
}

static enum body_use take_again(struct body_sink *s, const char *data, size_t n)
{
    (void)s;
    buf_append(&again.bytes, data, n);
    return BODY_TAKE;
}

static async unsigned refused_often(enum http_error error, unsigned times,
                                    enum http_error outcome)
{
    struct response rs = {0};
    struct request rq;
    char url[128];

    taker_init(&again);
    again.sink = (struct body_sink){
        .begin = begin_again, .write = take_again, .error = error, .why = "no"};
    refusals = times;
    snprintf(url, sizeof(url), "%s/bytes/length/1000/7", server.origin);
    request_init(&rq, url);
    rq.sink = &again.sink;
    client_fetch(client, &rq, &rs);
    ck_assert_int_eq(rs.error, outcome);
    if (outcome == HTTP_OK)
        expect_bytes(&again, 1000, 7);
    else
        ck_assert_uint_eq(again.bytes.len, 0);
    taker_clear(&again);
    request_clear(&rq);
    response_clear(&rs);
    return again.begun;
}

CLIENT_TEST(refusals_and_retries)
{
    (void)arg;
    setup(answer_bytes_too);
    config.retry = (struct retry){.retries = 3, .delay = 0.001, .max_delay = 0.01};
    make_client();
    ck_assert_uint_eq(refused_often(HTTP_LOCAL_IO, 9, HTTP_LOCAL_IO), 1);
    ck_assert_uint_eq(refused_often(HTTP_FILE_EXISTS, 9, HTTP_FILE_EXISTS), 1);
    ck_assert_uint_eq(refused_often(HTTP_TOO_LARGE, 9, HTTP_TOO_LARGE), 1);
    ck_assert_uint_eq(refused_often(HTTP_RANGE, 9, HTTP_RANGE), 1);
    ck_assert_uint_eq(refused_often(HTTP_TRUNCATED, 2, HTTP_OK), 3);
    ck_assert_uint_eq(refused_often(HTTP_RESET, 9, HTTP_RESET), 4);
    ck_assert_uint_eq(server.requests, 11);
    teardown();
    return 0;
}

static Suite *suite(void)
{
    return CHECK_SUITE("http_sink", takes_everything, codings_are_left_alone,
                       no_more_than_the_largest_size, receive_buffer,
                       begins_once_or_never, redirects, error_pages_dropped,
                       refuses_in_begin, refuses_in_write, long_reasons,
                       refusals_and_retries);
}

int main(void)
{
    return check_main(suite);
}
