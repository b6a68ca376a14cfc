#include "check_http.h"

#include <unistd.h>

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

static Suite *suite(void)
{
    return CHECK_SUITE("http_client", one_exchange, connections_are_reused,
                       methods_one_after_the_other, bodies_of_bytes,
                       headers_of_the_first_origin_alone, cookies_of_another_host);
}

int main(void)
{
    return check_main(suite);
}
