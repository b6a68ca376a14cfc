#include "check_main.h"

#include <stdlib.h>

#include "base/mem.h"
#include "http/error.h"
#include "http/request.h"
#include "http/response.h"

START_TEST(names)
{
    ck_assert_ptr_null(http_error_name(HTTP_OK));
    for (enum http_error e = HTTP_OK + 1; e < HTTP_ERRORS; e++) {
        const char *name = http_error_name(e);

        ck_assert_ptr_nonnull(name);
        ck_assert_uint_eq(strspn(name, "abcdefghijklmnopqrstuvwxyz_"), strlen(name));
        for (enum http_error other = HTTP_OK + 1; other < e; other++)
            ck_assert_str_ne(name, http_error_name(other));
    }
    ck_assert_str_eq(http_error_name(HTTP_URL_MALFORMED), "url_malformed");
    ck_assert_str_eq(http_error_name(HTTP_BAD_INPUT), "bad_input");
}
END_TEST

START_TEST(retriable)
{
    static const enum http_error may_pass[] = {
        HTTP_DNS_TEMPORARY,  HTTP_CONNECT_REFUSED, HTTP_CONNECT_TIMEOUT,
        HTTP_CONNECT_FAILED, HTTP_TIMEOUT,         HTTP_STALLED,
        HTTP_RESET,          HTTP_EMPTY_REPLY,     HTTP_TRUNCATED,
    };
    static const enum http_error final[] = {
        HTTP_OK,
        HTTP_URL_MALFORMED,
        HTTP_UNSUPPORTED_SCHEME,
        HTTP_DNS_NOT_FOUND,
        HTTP_PRIVATE_ADDRESS,
        HTTP_TLS_VERIFY,
        HTTP_TOO_LARGE,
        HTTP_TOO_MANY_REDIRECTS,
        HTTP_REDIRECT_REFUSED,
        HTTP_STATUS,
        HTTP_LOCAL_IO,
        HTTP_BAD_INPUT,
    };
    static const int statuses[] = {408, 425, 429, 500, 502, 503, 504};
    size_t found = 0;

    for (size_t i = 0; i < ARRAY_LEN(may_pass); i++)
        ck_assert(http_error_retriable(may_pass[i]));
    for (size_t i = 0; i < ARRAY_LEN(final); i++)
        ck_assert(!http_error_retriable(final[i]));
    for (int status = -1; status < 1000; status++)
        if (http_status_retriable(status))
            ck_assert_int_eq(status, statuses[found++]);
    ck_assert_uint_eq(found, ARRAY_LEN(statuses));
}
END_TEST

START_TEST(requests)
{
    struct request rq;

    request_init(&rq, "http://a.test/");
    ck_assert_str_eq(request_method(&rq), "GET");
    ck_assert(rq.max_time == REQUEST_DEFAULT && rq.retries == REQUEST_DEFAULT);
    request_add_header(&rq, "A: 1");
    request_add_header(&rq, "B: 2");
    ck_assert_uint_eq(rq.header_count, 2);
    ck_assert_str_eq(rq.headers[0], "A: 1");
    ck_assert_str_eq(rq.headers[1], "B: 2");
    request_take_body(&rq, mem_strdup("first"), 5);
    request_take_body(&rq, mem_strdup("x"), 1);
    ck_assert_uint_eq(rq.body_len, 1);
    ck_assert_str_eq(request_method(&rq), "POST");
    rq.method = mem_strdup("PUT");
    ck_assert_str_eq(request_method(&rq), "PUT");
    request_clear(&rq);
    ck_assert(!rq.url && !rq.headers && rq.header_count == 0);
    request_clear(&rq);
}
END_TEST

START_TEST(idempotent)
{
    ck_assert(method_idempotent("GET") && method_idempotent("PUT"));
    ck_assert(method_idempotent("DELETE") && method_idempotent("TRACE"));
    ck_assert(!method_idempotent("POST") && !method_idempotent("PATCH"));
    ck_assert(!method_idempotent("CONNECT") && !method_idempotent("put"));
    ck_assert(!method_idempotent(""));
}
END_TEST

START_TEST(responses)
{
    struct response rs = {.status = 200, .size_download = 7};
    struct slice value;

    headers_add_line(&rs.headers, "A: 1", 4);
    buf_append_str(&rs.body, "body");
    response_fail(&rs, HTTP_TIMEOUT, "after %d s", 30);
    ck_assert_int_eq(rs.error, HTTP_TIMEOUT);
    ck_assert_str_eq(rs.message, "after 30 s");
    response_fail(&rs, HTTP_RESET, "%s, then reset", rs.message);
    ck_assert_str_eq(rs.message, "after 30 s, then reset");

    const char *memory = rs.body.data;
    response_reset(&rs);
    ck_assert(rs.status == 0 && rs.error == HTTP_OK && !rs.message);
    ck_assert(rs.size_download == 0 && rs.body.len == 0 && rs.body.data == memory);
    ck_assert(!headers_get(&rs.headers, "A", &value));
    response_clear(&rs);
    ck_assert_ptr_null(rs.body.data);
    response_clear(&rs);
}
END_TEST

START_TEST(redirecting)
{
    static const int yes[] = {301, 302, 303, 307, 308},
                     no[] = {200, 201, 300, 304, 305, 306, 400};
    struct response rs = {.status = 302};
    struct slice location;

    ck_assert(!response_redirects(&rs, &location));
    headers_add_line(&rs.headers, "Location: /x", 12);
    for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
        rs.status = yes[i];
        ck_assert(response_redirects(&rs, &location) && slice_eq(location, "/x"));
    }
    for (size_t i = 0; i < ARRAY_LEN(no); i++) {
        rs.status = no[i];
        ck_assert(!response_redirects(&rs, &location));
    }
    headers_clear(&rs.headers);
    headers_add_line(&rs.headers, "Location: ", 10);
    rs.status = 302;
    ck_assert(!response_redirects(&rs, &location));
    response_clear(&rs);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("error", names, retriable, requests, idempotent, responses,
                       redirecting);
}

int main(void)
{
    return check_main(suite);
}
