#include "check_gather.h"

#include <stdlib.h>

#include "gather/plan.h"
#include "http/request.h"

START_TEST(fields)
{
    struct spec *s = read_spec(
        "{\"defaults\":{\"retry\":5,\"max_time\":2.5,\"headers\":{\"A\":\"1\",\"b\":"
        "\"2\"}},"
        "\"requests\":{\"x\":{\"url\":\"http://h/\",\"method\":\"PUT\",\"retry\":0,"
        "\"headers\":{\"B\":\"own\"},\"think\":[1,2],\"optional\":true,\"select\":\"/"
        "a~1b\","
        "\"retry_on\":[404,\"5xx\",\"expect\"],\"expect\":{\"status\":\"200-204\","
        "\"equals\":{\"/a\":1},\"matches\":{\"/b\":\"^x\"}}},"
        "\"y\":{\"url\":\"http://h/\"}}}");
    const struct spec_request *x = &s->requests[0], *y = &s->requests[1];

    ck_assert_uint_eq(s->request_count, 2);
    ck_assert_str_eq(x->name, "x");
    ck_assert_str_eq(x->method, "PUT");
    ck_assert_int_eq(x->retries, 0);
    ck_assert(x->max_time > 2.4 && x->max_time < 2.6);
    ck_assert_uint_eq(x->header_count, 2); /* its own, and the other of the defaults */
    ck_assert_str_eq(x->headers[0].name, "B");
    ck_assert_str_eq(x->headers[1].name, "A");
    ck_assert(x->optional && x->selects && slice_eq(x->select, "/a~1b"));
    ck_assert(x->retry_unexpected && status_set_has(&x->retry_statuses, 404) &&
              status_set_has(&x->retry_statuses, 599) &&
              !status_set_has(&x->retry_statuses, 405));
    ck_assert(status_set_has(&x->expect.statuses, 204) &&
              !status_set_has(&x->expect.statuses, 205));
    ck_assert_uint_eq(x->expect.check_count, 2);
    ck_assert_int_eq(y->retries, 5);
    ck_assert_ptr_null(y->method);
    ck_assert_uint_eq(y->header_count, 2);
    ck_assert(!y->optional);
    spec_free(s);
}
END_TEST

START_TEST(needs_and_stages)
{
    struct spec *s =
        read_spec("{\"vars\":{\"v\":1},\"requests\":{"
                  "\"d\":{\"url\":\"http://h/{{c}}{{a}}{{c#/x}}{{v}}\"},"
                  "\"c\":{\"url\":\"http://h/\",\"headers\":{\"A\":\"{{b.status}}\"}},"
                  "\"b\":{\"url\":\"http://h/\",\"json\":[\"{{a}}\"]},"
                  "\"a\":{\"url\":\"http://h/\"},"
                  "\"e\":{\"foreach\":\"{{b}}\",\"url\":\"http://h/{{item}}\"}}}");
    const unsigned stages[] = {3, 2, 1, 0, 2};
    const size_t needs[] = {2, 1, 1, 0, 1};

    ck_assert_uint_eq(s->stages, 4);
    for (size_t i = 0; i < 5; i++) {
        ck_assert_uint_eq(s->requests[i].stage, stages[i]);
        ck_assert_uint_eq(s->requests[i].need_count, needs[i]);
    }
    ck_assert_uint_eq(s->requests[0].slots, 4);
    spec_free(s);
}
END_TEST

START_TEST(variables)
{
    static const char *const options[] = {"a=5", "extra=x=\"y\"", NULL};
    struct spec_options o = {options};
    struct fault f = {0};
    struct spec *s = spec_new(SLICE("{\"vars\":{\"a\":1,\"b\":[\"{{a}}\",\"<{{a}}>\",{"
                                    "\"k\":\"{{env.CHECK_V}}\"}],"
                                    "\"c\":\"{{b#/2/k}}\",\"token\":\"t\"},"
                                    "\"requests\":{\"r\":{\"url\":\"http://h/\"}}}"),
                              &o, &f);
    const struct variable *b, *c;

    ck_assert_msg(s != NULL, "%s", f.why);
    b = spec_find_variable(s, "b");
    c = spec_find_variable(s, "c");
    ck_assert_str_eq(spec_find_variable(s, "a")->json, "\"5\"");
    ck_assert_str_eq(spec_find_variable(s, "extra")->json, "\"x=\\\"y\\\"\"");
    ck_assert_str_eq(b->json, "[\"5\",\"<5>\",{\"k\":\"s\\\"3\"}]");
    ck_assert_str_eq(c->json, "\"s\\\"3\"");
    ck_assert(b->secret && c->secret && !spec_find_variable(s, "a")->secret);
    ck_assert(spec_find_variable(s, "token")->secret); /* by its name */
    ck_assert_ptr_null(spec_find_variable(s, "d"));
    spec_free(s);
}
END_TEST

START_TEST(places)
{
    check_refused("{\n \"requests\": {\n  \"r\": {\"url\": 5}}}",
                  "3:16: \"url\" must be");
    check_refused("{\"\xe2\x82\xac\xf0\x9f\x98\x80\": 1}", "1:2: field ");
    check_refused("{\"vars\":{\"\xe2\x82\xac\":\"\xe2\x82\xac{{x}}\"},\"requests\":{}}",
                  "1:16: {{x}}");
    check_refused("\xef\xbb\xbf[]", "1:2: a spec must be an object");
    check_refused("\r\n\r\n[", "3:2: the spec ends");
}
END_TEST

static void check_cycle(const char *text, const char *wanted)
{
    struct buf out = refuse_spec(text, strlen(text));

    ck_assert_msg(strstr(out.data, wanted) != NULL, "%s", out.data);
    buf_clear(&out);
}

START_TEST(cycles)
{
    check_cycle("{\"requests\":{\"a\":{\"url\":\"http://h/{{a}}\"}}}", "a needs a");
    check_cycle("{\"requests\":{\"x\":{\"url\":\"http://h/{{b}}\"},"
                "\"c\":{\"url\":\"http://h/{{a}}\"},\"b\":{\"url\":\"http://h/{{c}}\"},"
                "\"a\":{\"foreach\":\"{{b}}\",\"url\":\"http://h/\"},"
                "\"ok\":{\"url\":\"http://h/\"}}}",
                "c needs a, a needs b, b needs c");
}
END_TEST

/* Whatever is cut off, it is refused, with a place, and nothing leaks. */
START_TEST(cut)
{
    static const char text[] =
        "{\"defaults\":{\"headers\":{\"A\":\"b\"},\"expect\":{\"matches\":{\"/"
        "a\":\"x\"}}},"
        "\"vars\":{\"v\":[1,\"{{env.CHECK_V}}\"]},\"requests\":{\"a\":{\"url\":\"http:/"
        "/h/\"},"
        "\"b\":{\"foreach\":\"{{a}}\",\"url\":\"http://h/{{item#/"
        "x}}\",\"json\":{\"k\":\"{{v}}\"},"
        "\"paginate\":{\"cursor\":\"/"
        "c\",\"param\":\"p\"},\"optional\":true,\"default\":[]}},"
        "\"output\":{\"x\":[\"{{b}}\",\"-{{a#/y}}-\"]}}";

    spec_free(read_spec(text));
    for (size_t n = 0; n < sizeof(text) - 1; n++) {
        struct buf out = refuse_spec(text, n);

        buf_clear(&out);
    }
}
END_TEST

START_TEST(plan)
{
    struct spec *s =
        read_spec("{\"requests\":{\"b\":{\"url\":\"http://h/?key={{a#/k}}\"},"
                  "\"a\":{\"url\":\"http://u:p@h/{{env.CHECK_V}}\"}}}");
    struct buf out = BUF_INIT;

    plan_append_text(&out, s);
    ck_assert_str_eq(out.data, "stage 1\n  a  GET http://***@h/***\n"
                               "stage 2\n  b  GET http://h/?key=***; waits for a\n");
    buf_reset(&out);
    plan_append_json(&out, s);
    ck_assert_str_eq(
        out.data,
        "{\"stages\":[[{\"name\":\"a\",\"method\":\"GET\",\"url\":\"http://***@h/***\","
        "\"optional\":false,\"needs\":[]}],[{\"name\":\"b\",\"method\":\"GET\","
        "\"url\":\"http://h/?key=***\",\"optional\":false,\"needs\":[\"a\"]}]]}\n");
    buf_clear(&out);
    spec_free(s);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("gather_spec", fields, needs_and_stages, variables, places,
                       cycles, cut, plan);
}

int main(void)
{
    setenv("CHECK_V", "s\"3", 1);
    return check_main(suite);
}
