/* Servers that are wrong, gone, or slowed down by us. */
#include "check_http.h"

/* ---- wrong answers ---- */

static const char *raw; /* what raw_answer says, before it closes the connection */

static async int raw_answer(struct exchange *x)
{
    answer(x, "%s", raw);
    return -1;
}

static async int get_raw(const char *text, struct response *rs)
{
    raw = text;
    return get("/", rs);
}

CLIENT_TEST(wrong_answers)
{
    static const struct {
        const char *text;
        enum http_error error;
        int status;
    } wrong[] = {
        {"", HTTP_EMPTY_REPLY, 0},
        {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", HTTP_TRUNCATED, 200},
        {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
         HTTP_PROTOCOL, 200},
        {"HTTP/1.1 200 OK\r\nContent-Length: 3, 4\r\n\r\nabcd", HTTP_PROTOCOL, 200},
        {"HTTP/1.1 200 OK\r\nContent-Length: 3x\r\n\r\nabc", HTTP_PROTOCOL, 200},
        {"HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nabc", HTTP_PROTOCOL, 200},
        {"HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nabc", HTTP_PROTOCOL, 200},
        {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\ncontent-length: 3\r\n\r\nabc",
         HTTP_OK, 200},
        {"HTTP/1.1 200 OK\r\n\r\nabc", HTTP_OK, 200}, /* up to the end */
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
         HTTP_TRUNCATED, 200},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
         HTTP_PROTOCOL, 200},
        {"hello, this is no HTTP at all\r\n\r\n", HTTP_PROTOCOL, 0},
        /* status lines where none belong */
        {"HTTP/1.1 200 OK\r\nHTTP/1.1 500 No: x\r\nContent-Length: 3\r\n\r\nabc",
         HTTP_OK, 200},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nHTTP/1.1 500 "
         "No: x\r\n\r\n",
         HTTP_OK, 200},
        {"HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: "
         "3\r\n\r\nabc",
         HTTP_OK, 200},
        {"HTTP/1.1 103 Early\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 OK\r\n"
         "Content-Length: 3\r\n\r\nabc",
         HTTP_OK, 200},
        {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
         HTTP_DECODE, 200},
        {"HTTP/1.1 200 OK\r\nContent-Encoding: rot13\r\nContent-Length: 3\r\n\r\nabc",
         HTTP_DECODE, 200},
        {"HTTP/1.1 302 Found\r\nContent-Encoding: rot13\r\nLocation: "
         "/\r\nContent-Length: 3\r\n\r\nabc",
         HTTP_OK, 302},
    };
    struct response rs = {0};

    (void)arg;
    setup(raw_answer);
    make_client();
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        int r = get_raw(wrong[i].text, &rs);

        ck_assert_msg(r == (int)wrong[i].error, "%s: %s (%s)", wrong[i].text,
                      http_error_name((enum http_error)r), rs.message);
        ck_assert_msg(rs.status == wrong[i].status, "%s: %d", wrong[i].text, rs.status);
        ck_assert_int_eq(rs.error != HTTP_OK, rs.message != NULL);
    }
    response_clear(&rs);
    teardown();
    return 0;
}

/* Without redirects to follow, the body of one is a body like any other. */
CLIENT_TEST(redirect_that_is_not_followed)
{
    struct response rs = {0};

    (void)arg;
    setup(raw_answer);
    config.max_redirects = 0;
    make_client();
    ck_assert_int_eq(get_raw("HTTP/1.1 302 Found\r\nContent-Encoding: rot13\r\n"
                             "Location: /\r\nContent-Length: 3\r\n\r\nabc",
                             &rs),
                     HTTP_DECODE);
    response_clear(&rs);
    teardown();
    return 0;
}

static async int endless_header(struct exchange *x)
{
    int r = answer(x, "HTTP/1.1 200 OK\r\n");

    while (r >= 0)
        r = answer(x, "X-More: %01000d\r\n", 1);
    return r;
}

static async int endless_provisional(struct exchange *x)
{
    int r = 0;

    while (r >= 0)
        r = answer(x, "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
    return r;
}

CLIENT_TEST(headers_without_end)
{
    struct response rs = {0};

    (void)arg;
    setup(endless_header);
    make_client();
    ck_assert_int_eq(get("/", &rs), HTTP_HEADER_TOO_LARGE);
    server.handler = endless_provisional;
    ck_assert_int_eq(get("/", &rs), HTTP_PROTOCOL);
    response_clear(&rs);
    teardown();
    return 0;
}

CLIENT_TEST(sizes)
{
    struct response rs = {0};

    (void)arg;
    setup(answer_by_target);
    config.max_size = 1000;
    make_client();
    ck_assert_int_eq(get("/big/1000", &rs), 0);
    ck_assert_int_eq(get("/big/1001", &rs), HTTP_TOO_LARGE);
    ck_assert_int_eq(get("/big/3000000", &rs), HTTP_TOO_LARGE);
    ck_assert_int_eq(get("/big/1000", &rs), 0);
    response_clear(&rs);
    teardown();
    return 0;
}

CLIENT_TEST(nobody_there)
{
    struct response rs = {0};
    char url[64];

    (void)arg;
    setup(answer_by_target);
    make_client();
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/", port_refused());
    ck_assert_int_eq(get(url, &rs), HTTP_CONNECT_REFUSED);
    response_clear(&rs);
    teardown();
    return 0;
}

CLIENT_TEST(private_addresses)
{
    struct response rs = {0};

    (void)arg;
    setup(answer_by_target);
    config.deny_private = true;
    make_client();
    ck_assert_int_eq(get("/status/200", &rs), HTTP_PRIVATE_ADDRESS);
    ck_assert_uint_eq(server.connections, 0);
    response_clear(&rs);
    teardown();
    return 0;
}

/* Answers, keeps the connection by its words, and closes it. */
static async int answer_and_close(struct exchange *x)
{
    answer_with(x, 200, "", "bye", 3);
    return -1;
}

CLIENT_TEST(closed_while_kept)
{
    struct response rs = {0};

    (void)arg;
    setup(answer_and_close);
    make_client();
    for (unsigned i = 1; i <= 10; i++) {
        ck_assert_int_eq(get("/", &rs), 0);
        ck_assert_uint_eq(server.requests, i);
        if (i % 2)
            UNTIL(server.open == 0);
    }
    response_clear(&rs);
    teardown();
    return 0;
}

/* The request arrives on a kept connection, and that is closed without an answer. */
static async int second_time_closed(struct exchange *x)
{
    if (x->server->requests == 2)
        return -1;
    return answer_with(x, 200, "", "ok", 2);
}

CLIENT_TEST(closed_under_the_request)
{
    struct response rs = {0};

    (void)arg;
    setup(second_time_closed);
    make_client();
    ck_assert_int_eq(get("/", &rs), 0);
    ck_assert_int_eq(get("/", &rs), 0);
    ck_assert_uint_eq(server.requests, 3);
    ck_assert_uint_eq(server.connections, 2);
    response_clear(&rs);
    teardown();
    return 0;
}

/* Serves each connection once; together, so that there are several. */
enum { STALE = 8 };

static async int once_a_connection(struct exchange *x)
{
    if (x->served > 0)
        return -1;
    while (x->server->requests < STALE)
        if (task_sleep(0.001) < 0)
            return -ECANCELED;
    return answer_with(x, 200, "", "ok", 2);
}

static async int get_root(void *arg)
{
    struct response rs = {0};
    int r = get("/", &rs);

    (void)arg;
    response_clear(&rs);
    return r;
}

/* More connections that are kept, and of no use, than libcurl tries by itself. */
CLIENT_TEST(many_closed_under_the_request)
{
    struct response rs = {0};
    struct task *t[STALE];

    (void)arg;
    setup(once_a_connection);
    make_client();
    for (int i = 0; i < STALE; i++)
        t[i] = task_create(get_root, NULL);
    for (int i = 0; i < STALE; i++) {
        ck_assert_int_eq(task_await(t[i]), 0);
        task_unref(t[i]);
    }
    ck_assert_int_eq(get("/", &rs), 0);
    ck_assert_int_eq(rs.num_connects, 1);
    response_clear(&rs);
    teardown();
    return 0;
}

CLIENT_TEST(throttled)
{
    struct response rs = {0};

    (void)arg;
    setup(answer_by_target);
    WITH_LIMITS(limit) /* twelve of them, as a wait of ours is no stall */
    {
        config.limit_rate = (int64_t)(5000 / limit);
        config.stall_timeout = limit;
        make_client();
        if (get("/big/60000", &rs) == 0)
            break;
        ck_assert_int_eq(rs.error, HTTP_STALLED); /* the machine is too slow */
        client_free(client);
    }
    ck_assert_int_eq(rs.error, HTTP_OK);
    ck_assert_int_eq(rs.size_download, 60000);
    ck_assert_uint_eq(rs.body.len, 60000);
    ck_assert_int_ge(rs.times.total, (int64_t)(6 * config.stall_timeout * 1e6));
    response_clear(&rs);
    teardown();
    return 0;
}

/* What was held back is refused when it is brought: that must end the transfer. */
CLIENT_TEST(throttled_and_too_large)
{
    struct response rs = {0};

    (void)arg;
    setup(answer_by_target);
    config.limit_rate = 50000;
    config.max_size = 5000;
    make_client();
    ck_assert_int_eq(get("/big/5000", &rs), 0); /* so that the next has to wait */
    ck_assert_int_eq(get("/part/6000", &rs), HTTP_TOO_LARGE);
    ck_assert_int_lt(rs.times.total, 20000000); /* not for the stall to be noticed */
    response_clear(&rs);
    teardown();
    return 0;
}

static Suite *suite(void)
{
    return CHECK_SUITE("http_faults", wrong_answers, redirect_that_is_not_followed,
                       headers_without_end, sizes, nobody_there, private_addresses,
                       closed_while_kept, closed_under_the_request,
                       many_closed_under_the_request, throttled,
                       throttled_and_too_large);
}

int main(void)
{
    return check_main(suite);
}
