#include "check_http.h"

#include <unistd.h>

/* What is asked, and where: a request and its first hop. */
struct ask {
    struct request request;
    struct hop hop;
};

static void ask_init(struct ask *a, const char *target)
{
    char url[256];
    const char *why;

    snprintf(url, sizeof(url), "%s%s", *target == '/' ? server.origin : "", target);
    request_init(&a->request, url);
    a->request.keep_body = true;
    a->hop =
        (struct hop){.url = mem_strdup(url), .send_body = true, .credentials = true};
    ck_assert_int_eq(url_origin(url, &a->hop.origin, &why), URL_OK);
}

static async int ask(struct ask *a, double seconds, struct response *rs)
{
    if (!a->hop.method)
        a->hop.method = request_method(&a->request);
    return client_exchange(client, &a->request, &a->hop, seconds, rs);
}

static void ask_clear(struct ask *a)
{
    hop_clear(&a->hop);
    request_clear(&a->request);
}

/* A GET of a target. */
static async int get(const char *target, struct response *rs)
{
    struct ask a;
    int r;

    ask_init(&a, target);
    r = ask(&a, 0, rs);
    ask_clear(&a);
    return r;
}

/* ---- what goes well ---- */

CLIENT_TEST(one_exchange)
{
    struct response rs = {0};
    struct slice length;

    (void)arg;
    setup(answer_by_target);
    make_client();
    ck_assert_int_eq(get("/status/203", &rs), 0);
    ck_assert_int_eq(rs.status, 203);
    ck_assert_int_eq(rs.error, HTTP_OK);
    ck_assert_ptr_null(rs.message);
    ck_assert(body_is(&rs, "203"));
    ck_assert(headers_get(&rs.headers, "content-length", &length));
    ck_assert(slice_eq(length, "3"));
    ck_assert_str_eq(rs.http_version, "1.1");
    ck_assert_str_eq(rs.remote_ip, "127.0.0.1");
    ck_assert_int_eq(rs.remote_port, (int)server.port);
    ck_assert_int_eq(rs.size_download, 3);
    ck_assert_int_eq(rs.num_connects, 1);
    ck_assert_int_gt(rs.times.total, 0);
    ck_assert_int_eq(get("/status/404", &rs), 0); /* a response, not an error */
    ck_assert_int_eq(rs.status, 404);
    response_clear(&rs);
    teardown();
    return 0;
}

CLIENT_TEST(connections_are_reused)
{
    struct response rs = {0};

    (void)arg;
    setup(answer_by_target);
    make_client();
    for (int i = 0; i < 20; i++) {
        ck_assert_int_eq(get("/big/40000", &rs), 0);
        ck_assert_int_eq(rs.size_download, 40000);
        ck_assert_int_eq(rs.num_connects, i == 0);
        ck_assert_int_eq(rs.remote_port, (int)server.port);
    }
    ck_assert_uint_eq(server.connections, 1);
    response_clear(&rs);
    teardown();
    return 0;
}

/* Each kind of request after each other one, on one easy handle. */
struct kind {
    const char *method; /* NULL: as the body says */
    const char *body;
    const char *header;
    const char *sent;   /* the method that must arrive */
    const char *length; /* Content-Length that must arrive, NULL: none */
};

static const struct kind kinds[] = {
    {NULL, NULL, NULL, "GET", NULL},
    {"HEAD", NULL, NULL, "HEAD", NULL},
    {NULL, "hello", NULL, "POST", "5"},
    {"POST", NULL, NULL, "POST", "0"},
    {NULL, "", "X-Mine: yes", "POST", "0"},
    {"PUT", "put", "Content-Type: a/b", "PUT", "3"},
    {"PUT", NULL, NULL, "PUT", "0"},
    {"PATCH", "p", NULL, "PATCH", "1"},
    {"DELETE", NULL, NULL, "DELETE", NULL},
    {"DELETE", "gone", NULL, "DELETE", "4"},
    {"OPTIONS", NULL, "X-Mine: yes", "OPTIONS", NULL},
    {"GET", "with a body", NULL, "GET", "11"},
    {"GET", NULL, "User-Agent: me", "GET", NULL},
    {"PURGE", NULL, NULL, "PURGE", NULL},
};

static async void ask_kind(const struct kind *k)
{
    struct response rs = {0};
    struct ask a;
    char method[32] = "";

    ask_init(&a, "/status/200");
    a.request.method = k->method ? mem_strdup(k->method) : NULL;
    if (k->body)
        request_take_body(&a.request, mem_strdup(k->body), strlen(k->body));
    if (k->header)
        request_add_header(&a.request, k->header);
    ck_assert_int_eq(ask(&a, 0, &rs), 0);
    ck_assert_int_eq(rs.status, 200);
    ck_assert(body_is(&rs, strcmp(k->sent, "HEAD") == 0 ? "" : "200"));
    sscanf(server.last.data, "%31s", method);
    ck_assert_str_eq(method, k->sent);
    ck_assert(same(field(&server.last, "Content-Length"), k->length));
    ck_assert(same(field(&server.last, "X-Mine"),
                   k->header && *k->header == 'X' ? "yes" : NULL));
    ck_assert(same(field(&server.last, "User-Agent"),
                   k->header && *k->header == 'U' ? "me" : "trawl/" PACKAGE_VERSION));
    ck_assert(!field(&server.last, "Transfer-Encoding"));
    ck_assert(!field(&server.last, "Expect"));
    if (!k->body)
        ck_assert(!field(&server.last, "Content-Type") ||
                  strcmp(k->sent, "POST") == 0 || strcmp(k->sent, "PUT") == 0);
    if (k->body)
        ck_assert_str_eq(strstr(server.last.data, "\r\n\r\n") + 4, k->body);
    ask_clear(&a);
    response_clear(&rs);
}

CLIENT_TEST(methods_one_after_the_other)
{
    (void)arg;
    setup(answer_by_target);
    make_client();
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        for (size_t j = 0; j < ARRAY_LEN(kinds); j++) {
            ask_kind(&kinds[i]);
            ask_kind(&kinds[j]);
        }
    ck_assert_uint_eq(server.connections, 1);
    teardown();
    return 0;
}

CLIENT_TEST(bodies_of_bytes)
{
    static const char bytes[] = "\0\1\2\0end";
    struct response rs = {0};
    struct ask a;
    char *body = mem_alloc(sizeof(bytes));

    (void)arg;
    setup(answer_by_target);
    make_client();
    memcpy(body, bytes, sizeof(bytes));
    ask_init(&a, "/echo");
    request_take_body(&a.request, body, sizeof(bytes));
    ck_assert_int_eq(ask(&a, 0, &rs), 0);
    ck_assert_uint_ge(rs.body.len, sizeof(bytes));
    ck_assert_mem_eq(rs.body.data + rs.body.len - sizeof(bytes), bytes, sizeof(bytes));
    ask_clear(&a);
    response_clear(&rs);
    teardown();
    return 0;
}

/* ---- headers and credentials ---- */

static async void check_credentials(bool credentials, bool body)
{
    struct response rs = {0};
    struct ask a;

    ask_init(&a, "/status/200");
    a.hop.credentials = credentials;
    request_add_header(&a.request, "X-Own: 1");
    request_add_header(&a.request, "Accept-Language: de");
    if (body)
        request_take_body(&a.request, mem_strdup("b"), 1);
    ck_assert_int_eq(ask(&a, 0, &rs), 0);
    ck_assert(same(field(&server.last, "X-Api-Key"), credentials ? "secret" : NULL));
    ck_assert(same(field(&server.last, "X-Own"), credentials ? "1" : NULL));
    ck_assert(same(field(&server.last, "Cookie"), credentials ? "a=b" : NULL));
    ck_assert(
        same(field(&server.last, "Authorization"), credentials ? "Basic dTpw" : NULL));
    ck_assert(same(field(&server.last, "Content-Type"), body          ? "text/csv"
                                                        : credentials ? "text/csv"
                                                                      : NULL));
    ck_assert_str_eq(field(&server.last, "Accept-Language"), "de");
    ck_assert_str_eq(field(&server.last, "Accept"), "text/html");
    ask_clear(&a);
    response_clear(&rs);
}

CLIENT_TEST(headers_of_the_first_origin_alone)
{
    static const char *const headers[] = {"X-Api-Key: secret", "Accept: text/html",
                                          "Content-Type: text/csv", NULL};

    (void)arg;
    setup(answer_by_target);
    config.headers = headers;
    config.userpwd = "u:p";
    config.cookies = "a=b";
    make_client();
    for (int i = 0; i < 16; i++) { /* each after each */
        check_credentials(i & 1, i & 2);
        check_credentials(i & 4, i & 8);
    }
    ck_assert_uint_eq(server.connections, 1);
    teardown();
    return 0;
}

/* The host of a request's own Host field must not decide about later cookies. */
CLIENT_TEST(cookies_of_another_host)
{
    char name[] = "/tmp/check_cookies_XXXXXX";
    static const char jar[] = "a.example\tFALSE\t/\tFALSE\t0\tsid\tsecret\n"
                              "127.0.0.1\tFALSE\t/\tFALSE\t0\tmine\tyes\n";
    int fd = mkstemp(name);
    struct response rs = {0};
    struct ask a;

    (void)arg;
    ck_assert_int_eq(write(fd, jar, sizeof(jar) - 1), sizeof(jar) - 1);
    close(fd);
    setup(answer_by_target);
    config.cookie_file = name;
    make_client();
    ask_init(&a, "/status/200");
    request_add_header(&a.request, "Host: a.example");
    ck_assert_int_eq(ask(&a, 0, &rs), 0);
    ck_assert_str_eq(field(&server.last, "Cookie"), "sid=secret");
    ck_assert_int_eq(get("/status/200", &rs), 0);
    ck_assert_str_eq(field(&server.last, "Cookie"), "mine=yes");
    unlink(name);
    ask_clear(&a);
    response_clear(&rs);
    teardown();
    return 0;
}

/* ---- times ---- */

CLIENT_TEST(time_limit_of_one_exchange)
{
    struct response rs = {0};
    struct ask a;

    (void)arg;
    setup(answer_by_target);
    make_client();
    ask_init(&a, "/hang");
    ck_assert_int_eq(ask(&a, 0.05, &rs), HTTP_TIMEOUT);
    ck_assert_int_ge(rs.times.total, 50000);
    ask_clear(&a);
    ask_init(&a, "/half");
    ck_assert_int_eq(ask(&a, 0.05, &rs), HTTP_TIMEOUT);
    ck_assert_int_eq(rs.status, 200);
    ask_clear(&a);
    ck_assert_int_eq(get("/slow/150", &rs),
                     0); /* the limit was that of the one before */
    response_clear(&rs);
    teardown();
    return 0;
}

CLIENT_TEST(stalls)
{
    struct response rs = {0};

    (void)arg;
    setup(answer_by_target);
    config.stall_timeout = 0.1;
    make_client();
    ck_assert_int_eq(get("/hang", &rs), HTTP_STALLED);
    ck_assert_int_ge(rs.times.total, 100000);
    ck_assert_int_eq(get("/half", &rs), HTTP_STALLED);
    ck_assert_int_eq(rs.status, 200);
    ck_assert_int_eq(rs.size_download, 3);
    ck_assert_int_eq(get("/status/200", &rs), 0);
    response_clear(&rs);
    teardown();
    return 0;
}

CLIENT_TEST(connecting_takes_too_long)
{
    struct response rs = {0};
    struct deaf deaf;
    char url[64];

    (void)arg;
    setup(answer_by_target);
    config.connect_timeout = 0.1;
    make_client();
    deaf_start(&deaf);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/", deaf.port);
    ck_assert_int_eq(get(url, &rs), HTTP_CONNECT_TIMEOUT);
    deaf_stop(&deaf);
    response_clear(&rs);
    teardown();
    return 0;
}

static async int get_pair(void *arg)
{
    struct response rs = {0};
    int r = get("/pair", &rs);

    (void)arg;
    response_clear(&rs);
    return r;
}

/* The second request must not wait for the first response of its host. */
CLIENT_TEST(side_by_side_from_the_start)
{
    struct task *a, *b;

    (void)arg;
    setup(answer_by_target);
    make_client();
    a = task_create(get_pair, NULL);
    b = task_create(get_pair, NULL);
    ck_assert_int_eq(task_await(a), 0);
    ck_assert_int_eq(task_await(b), 0);
    task_unref(a);
    task_unref(b);
    ck_assert_uint_eq(server.most, 2);
    teardown();
    return 0;
}

/* ---- cancelling ---- */

static struct response one; /* of the task below */

static async int get_one(void *target)
{
    return get(target, &one);
}

/* Cancels an exchange once `*count` is `n`. */
static async void cancel_at(const char *target, const unsigned *count, unsigned n)
{
    struct task *t = task_create(get_one, WORD(target));

    UNTIL(*count >= n);
    settle();
    ck_assert_int_eq(cancel_and_await(t), -ECANCELED);
    ck_assert_int_eq(one.error, HTTP_CANCELLED);
    ck_assert_str_eq(one.message, "cancelled");
}

CLIENT_TEST(cancelled_in_every_phase)
{
    static const unsigned none = 0;
    struct response rs = {0};
    struct deaf deaf;
    char url[64];

    (void)arg;
    setup(answer_by_target);
    make_client();
    deaf_start(&deaf);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/", deaf.port);
    for (unsigned i = 0; i < 3; i++) {
        cancel_at(url, &none, 0); /* connecting */
        cancel_at("/hang", &server.requests, server.requests + 1);
        UNTIL(server.open == 0);
        cancel_at("/half", &server.requests, server.requests + 1);
        UNTIL(server.open == 0); /* given up, not kept */
        ck_assert_int_eq(get("/status/200", &rs), 0);
    }
    deaf_stop(&deaf);
    response_clear(&rs);
    response_clear(&one);
    teardown();
    return 0;
}

static async int cancels_itself(void *arg)
{
    (void)arg;
    task_cancel(task_current());
    return get("/status/200", &one);
}

/* Cancelled before libcurl has begun: the handle still holds the numbers of the one
 * before. */
CLIENT_TEST(cancelled_before_it_begins)
{
    struct task *t;

    (void)arg;
    setup(answer_by_target);
    make_client();
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(get("/status/200", &one), 0);
        ck_assert_str_eq(one.remote_ip, "127.0.0.1");
        t = task_create(cancels_itself, NULL);
        ck_assert_int_eq(task_await(t), -ECANCELED);
        task_unref(t);
        ck_assert_int_eq(one.error, HTTP_CANCELLED);
        ck_assert_str_eq(one.remote_ip, "");
        ck_assert_int_eq(one.remote_port, 0);
        ck_assert_int_eq(one.times.starttransfer, 0);
        ck_assert_int_eq(one.num_connects, 0);
    }
    response_clear(&one);
    teardown();
    return 0;
}

/* A request that comes when the response is there already takes nothing away. */
static async int get_then_sleep(void *arg)
{
    int r = get("/status/200", &one);

    (void)arg;
    note("%d", r);
    return task_sleep(AGES);
}

CLIENT_TEST(cancelled_after_the_end)
{
    struct task *t;

    (void)arg;
    setup(answer_by_target);
    make_client();
    t = task_create(get_then_sleep, NULL);
    while (!*journal()->text)
        task_yield();
    ck_assert_int_eq(cancel_and_await(t), -ECANCELED);
    ck_assert_journal("0");
    response_clear(&one);
    teardown();
    return 0;
}

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
        {"HTTP/1.1  200 OK\r\nContent-Length: 3\r\n\r\nabc", HTTP_OK, 200},
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

CLIENT_TEST(throttled)
{
    struct response rs = {0};

    (void)arg;
    setup(answer_by_target);
    config.limit_rate = 400000;
    config.stall_timeout = 0.05; /* a wait of ours is no stall */
    make_client();
    ck_assert_int_eq(get("/big/100000", &rs), 0);
    ck_assert_int_eq(rs.size_download, 100000);
    ck_assert_uint_eq(rs.body.len, 100000);
    ck_assert_int_ge(rs.times.total, 100000);
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
    config.limit_rate = 100000;
    config.max_size = 1;
    config.stall_timeout = 5;
    make_client();
    ck_assert_int_eq(get("/big/1", &rs), 0);
    ck_assert_int_eq(get("/half", &rs), HTTP_TOO_LARGE);
    response_clear(&rs);
    teardown();
    return 0;
}

static Suite *suite(void)
{
    return CHECK_SUITE(
        "http_client", one_exchange, connections_are_reused,
        methods_one_after_the_other, bodies_of_bytes, headers_of_the_first_origin_alone,
        cookies_of_another_host, time_limit_of_one_exchange, stalls,
        connecting_takes_too_long, side_by_side_from_the_start,
        cancelled_in_every_phase, cancelled_before_it_begins, cancelled_after_the_end,
        wrong_answers, redirect_that_is_not_followed, headers_without_end, sizes,
        nobody_there, private_addresses, closed_while_kept, closed_under_the_request,
        throttled, throttled_and_too_large);
}

int main(void)
{
    return check_main(suite);
}
