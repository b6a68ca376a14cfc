#include "gather/tally.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "output/record_facts.h"

static const int percents[] = {50, 90, 99};

void tally_add(struct tally *t, struct summary *s, const struct call *call,
               enum http_error error)
{
    struct record record = {.call = call, .error = error};
    struct timings times = record_times(&record);

    summary_add(s, &record);
    t->requests++;
    t->failed += error != HTTP_OK;
    if (call->attempts && times.total > 0)
        histogram_add(&t->total, (uint64_t)times.total);
}

static void append_line(struct buf *out, const struct tally *t, const char *name)
{
    str_append_printable(out, name, strlen(name));
    buf_appendf(out, ": %llu", (unsigned long long)t->requests);
    if (t->failed)
        buf_appendf(out, ", %llu failed", (unsigned long long)t->failed);
    for (size_t i = 0; i < ARRAY_LEN(percents); i++) {
        buf_appendf(out, "%s p%d ", i ? "," : ";", percents[i]);
        str_append_duration(out, (double)histogram_percentile(&t->total, percents[i]) *
                                     1e-6);
    }
    buf_append_char(out, '\n');
}

void tally_append_text(struct buf *out, const struct tally *tallies,
                       const struct spec *s)
{
    for (size_t i = 0; i < s->request_count; i++)
        if (tallies[i].requests)
            append_line(out, &tallies[i], s->requests[i].name);
}

static void append_object(struct buf *out, const struct tally *t)
{
    char key[8];

    buf_append_char(out, '{');
    json_append_key(out, "requests");
    buf_append_uint(out, t->requests);
    json_append_key(out, "failed");
    buf_append_uint(out, t->failed);
    json_append_key(out, "time_total");
    buf_append_char(out, '{');
    for (size_t i = 0; i < ARRAY_LEN(percents); i++) {
        snprintf(key, sizeof(key), "p%d", percents[i]);
        json_append_key(out, key);
        buf_append_seconds(out, (int64_t)histogram_percentile(&t->total, percents[i]));
    }
    buf_append_str(out, "}}");
}

void tally_append_json(struct buf *out, const struct tally *tallies,
                       const struct spec *s)
{
    json_append_key(out, "by_name");
    buf_append_char(out, '{');
    for (size_t i = 0; i < s->request_count; i++) {
        buf_append_str(out, i ? "," : "");
        json_append_cstr(out, s->requests[i].name);
        buf_append_char(out, ':');
        append_object(out, &tallies[i]);
    }
    buf_append_char(out, '}');
}

void tally_clear(struct tally *tallies, const struct spec *s)
{
    for (size_t i = 0; i < s->request_count; i++)
        histogram_clear(&tallies[i].total);
}
