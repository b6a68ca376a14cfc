#include "check_output.h"

#include <cjson/cJSON.h>

#include "output/summary.h"

/* ---- histogram ---- */

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

static uint64_t random_state = 1;

static uint64_t random_bits(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    return random_state ^= random_state << 17;
}

/* The nearest-rank percentile of what was really added. */
static uint64_t exact(const uint64_t *sorted, size_t n, double percent)
{
    size_t rank = (size_t)(percent / 100 * (double)n);

    rank += (double)rank < percent / 100 * (double)n;
    return sorted[rank ? rank - 1 : 0];
}

START_TEST(within_one_percent)
{
    static const double percents[] = {0, 1, 25, 50, 90, 99, 99.9, 100};
    uint64_t *values = mem_alloc(5000 * sizeof(*values));

    for (int round = 0; round < 200; round++) {
        size_t n = 1 + random_bits() % 5000;
        int bits = (int)(random_bits() % 64);
        struct histogram h = {0};

        for (size_t i = 0; i < n; i++) {
            values[i] = random_bits() >> bits >> random_bits() % 8;
            histogram_add(&h, values[i]);
        }
        qsort(values, n, sizeof(*values), compare);
        ck_assert_uint_eq(h.max, values[n - 1]);
        for (size_t i = 0; i < ARRAY_LEN(percents); i++) {
            double is = (double)histogram_percentile(&h, percents[i]);
            double ought = (double)exact(values, n, percents[i]);

            ck_assert_double_le(is, ought * 1.01 + 0.5);
            ck_assert_double_ge(is, ought * 0.99 - 0.5);
        }
        histogram_clear(&h);
    }
    free(values);
}
END_TEST

START_TEST(edges)
{
    static const uint64_t values[] = {0, 1, 127, 128, 129, 255, 256, UINT64_MAX};
    struct histogram h = {0};

    ck_assert_uint_eq(histogram_percentile(&h, 50), 0);
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        double is;

        histogram_add(&h, values[i]);
        is = (double)histogram_percentile(&h, 50);
        ck_assert_double_le(is, (double)values[i] * 1.01);
        ck_assert_double_ge(is, (double)values[i] * 0.99);
        histogram_clear(&h);
    }
}
END_TEST

/* ---- summary ---- */

static void add_some(struct summary *s)
{
    struct sample one;

    summary_init(s);
    sample_init(&one);
    one.call.attempts = 3;
    one.call.redirect_count = 0;
    summary_add(s, &one.record);
    one.record.error = HTTP_STATUS;
    one.call.response.status = 503;
    summary_add(s, &one.record);
    sample_clear(&one);
    sample_init_unanswered(&one, "x", HTTP_BAD_INPUT, "no");
    summary_add(s, &one.record);
    sample_clear(&one);
    sample_init_unanswered(&one, "x", HTTP_CANCELLED, "no");
    summary_add(s, &one.record);
    sample_clear(&one);
    s->skipped = 9;
}

static double number(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

    ck_assert_msg(cJSON_IsNumber(item), "%s", name);
    return item->valuedouble;
}

START_TEST(as_json)
{
    struct buf out = BUF_INIT;
    struct summary s;
    const cJSON *part;
    cJSON *all;

    add_some(&s);
    s.began -= 1.0;
    summary_append_json(&out, &s);
    ck_assert_int_eq(out.data[out.len - 1], '\n');
    all = cJSON_Parse(out.data);
    ck_assert_ptr_nonnull(all);
    ck_assert_double_eq(number(all, "schema"), 1);
    ck_assert_double_eq(number(all, "requests"), 4);
    ck_assert_double_eq(number(all, "succeeded"), 1);
    ck_assert_double_eq(number(all, "failed"), 2);
    ck_assert_double_eq(number(all, "cancelled"), 1);
    ck_assert_double_eq(number(all, "skipped"), 9);
    ck_assert_double_eq(number(all, "retries"), 4);
    ck_assert_double_eq(number(all, "redirects"), 0);
    ck_assert_double_eq(number(all, "connections"), 2);
    ck_assert_double_eq(number(all, "bytes"), 12);
    ck_assert_double_eq_tol(number(all, "request_time"), 3.2, 1e-9);
    ck_assert_double_ge(number(all, "wall_time"), 1);
    ck_assert_double_eq_tol(number(all, "gain") * number(all, "wall_time"), 3.2, 1e-4);
    part = cJSON_GetObjectItemCaseSensitive(all, "time_total");
    ck_assert_double_eq_tol(number(part, "p50"), 1.6, 0.016);
    part = cJSON_GetObjectItemCaseSensitive(all, "time_starttransfer");
    ck_assert_double_eq_tol(number(part, "p99"), 0.05, 0.0005);
    part = cJSON_GetObjectItemCaseSensitive(all, "statuses");
    ck_assert_int_eq(cJSON_GetArraySize(part), 2);
    ck_assert_double_eq(number(part, "2xx"), 1);
    ck_assert_double_eq(number(part, "5xx"), 1);
    part = cJSON_GetObjectItemCaseSensitive(all, "errors");
    ck_assert_int_eq(cJSON_GetArraySize(part), 3);
    ck_assert_double_eq(number(part, "http_status"), 1);
    ck_assert_double_eq(number(part, "bad_input"), 1);
    ck_assert_double_eq(number(part, "cancelled"), 1);
    cJSON_Delete(all);
    buf_clear(&out);
    summary_clear(&s);
}
END_TEST

START_TEST(as_text)
{
    struct buf out = BUF_INIT;
    struct summary s;

    add_some(&s);
    s.began -= 0.1;
    summary_append_text(&out, &s);
    ck_assert(str_starts(out.data, "4 requests, 3.2 s of waiting in 1"));
    ck_assert_ptr_nonnull(strstr(out.data, " ms: 3"));
    ck_assert_ptr_nonnull(strstr(out.data,
                                 "x\n1 succeeded, 2 failed (1 http_status, "
                                 "1 bad_input), 1 cancelled, 9 answered before"
                                 "; 12 B, 2 connections, 4 retries\n"));
    ck_assert_ptr_nonnull(
        strstr(out.data, "\nfirst byte: p50 50 ms, p90 50 ms, p99 50 ms\n"));
    buf_clear(&out);
    summary_clear(&s);
}
END_TEST

START_TEST(of_nothing)
{
    struct buf out = BUF_INIT;
    struct summary s;
    cJSON *all;

    summary_init(&s);
    summary_append_json(&out, &s);
    all = cJSON_Parse(out.data);
    ck_assert_ptr_nonnull(all);
    ck_assert_double_eq(number(all, "gain"), 0);
    cJSON_Delete(all);
    buf_reset(&out);
    summary_append_text(&out, &s);
    ck_assert(str_starts(out.data, "0 requests, 0.0 ms of waiting in "));
    buf_clear(&out);
    summary_clear(&s);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("summary", within_one_percent, edges, as_json, as_text,
                       of_nothing);
}

int main(void)
{
    return check_main(suite);
}
