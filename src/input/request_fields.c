#include "input/request_fields.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "http/headers.h"

/* A century, as for --max-time. */
#define LONGEST_TIME (100.0 * 366 * 24 * 3600)
#define MOST_RETRIES 1000000
/* More than any server takes; libcurl walks their list once for each of them. */
#define MOST_HEADERS 1000

/* Reads a field's value; a static reason, "must be a string", or NULL. */
typedef const char *field_reader(struct request_fields *f, struct slice value);

/* What a JSON string stands for, as a C string; NULL when it holds a NUL. */
static char *text_of(struct slice value)
{
    struct buf text = BUF_INIT;
    bool whole;

    json_append_unquoted(&text, value);
    whole = !text.len || !memchr(text.data, '\0', text.len);
    if (whole)
        return buf_take(&text);
    buf_clear(&text);
    return NULL;
}

static const char *read_url(struct request_fields *f, struct slice value)
{
    if (json_type(value) != JSON_STRING)
        return "must be a string";
    f->request->url = text_of(value);
    return f->request->url ? NULL : "holds a NUL";
}

/* A token (RFC 9110, 9.1 and 5.6.2): a line break in it would be a header. */
static const char *read_method(struct request_fields *f, struct slice value)
{
    struct buf line = BUF_INIT;
    bool token;
    char *method;

    if (json_type(value) != JSON_STRING)
        return "must be a string";
    method = text_of(value);
    if (!method)
        return "holds a NUL";
    buf_appendf(&line, "%s:", method);
    token = !strchr(method, ':') && !headers_line_wrong(line.data);
    buf_clear(&line);
    if (token)
        f->request->method = method;
    else
        free(method);
    return token ? NULL : "not a method's name";
}

static const char *add_line(struct request *rq, const char *line)
{
    const char *wrong = headers_line_wrong(line);

    if (wrong)
        return wrong;
    if (rq->header_count == MOST_HEADERS)
        return "more than 1000 headers";
    request_add_header(rq, line);
    return NULL;
}

/* A line with nothing behind the colon would take a header away, as with curl; an empty
 * value is sent by a semicolon. */
static const char *add_pair(struct request *rq, struct slice name, struct slice value)
{
    struct buf line = BUF_INIT;
    char *n = text_of(name), *v = text_of(value);
    const char *wrong = "holds a NUL";

    if (n && v) {
        buf_appendf(&line, *v ? "%s: %s" : "%s;", n, v);
        wrong = strpbrk(n, ":;") ? "a header's name holds a colon or semicolon"
                                 : add_line(rq, line.data);
    }
    buf_clear(&line);
    free(n);
    free(v);
    return wrong;
}

static const char *add_string(struct request *rq, struct slice value)
{
    char *line = text_of(value);
    const char *wrong = line ? add_line(rq, line) : "holds a NUL";

    free(line);
    return wrong;
}

/* The two strings of a [name, value]. */
static bool is_pair(struct slice list, struct slice pair[2])
{
    struct json_iter it = json_iter(list);
    size_t n = 0;

    for (; json_next(&it); n++) {
        if (n == 2 || json_type(it.value) != JSON_STRING)
            return false;
        pair[n] = it.value;
    }
    return n == 2;
}

static const char *add_element(struct request *rq, struct slice element)
{
    struct slice pair[2];

    if (json_type(element) == JSON_STRING)
        return add_string(rq, element);
    if (json_type(element) == JSON_ARRAY && is_pair(element, pair))
        return add_pair(rq, pair[0], pair[1]);
    return "must hold [name, value] pairs or \"Name: value\" strings";
}

static const char *read_headers(struct request_fields *f, struct slice value)
{
    enum json_type type = json_type(value);
    struct json_iter it = json_iter(value);
    const char *wrong = NULL;

    if (type == JSON_NULL)
        return NULL;
    if (type != JSON_OBJECT && type != JSON_ARRAY)
        return "must be an object or a list";
    while (!wrong && json_next(&it)) {
        if (!it.object)
            wrong = add_element(f->request, it.value);
        else if (json_type(it.value) != JSON_STRING)
            wrong = "must have strings for values";
        else
            wrong = add_pair(f->request, it.key, it.value);
    }
    return wrong;
}

static const char *read_body(struct request_fields *f, struct slice value)
{
    struct buf text = BUF_INIT;
    size_t n;

    if (json_type(value) != JSON_STRING)
        return "must be a string";
    if (f->request->body)
        return "not together with \"json\"";
    json_append_unquoted(&text, value);
    n = text.len;
    request_take_body(f->request, buf_take(&text), n);
    return NULL;
}

static const char *read_json(struct request_fields *f, struct slice value)
{
    if (f->request->body)
        return "not together with \"body\"";
    request_take_body(f->request, slice_dup(value), value.len);
    f->json = true;
    return NULL;
}

/* JSON's numbers are a part of what strtod reads, in the C locale. */
static const char *read_max_time(struct request_fields *f, struct slice value)
{
    char *text = slice_dup(value);
    double seconds = strtod(text, NULL);

    free(text);
    if (json_type(value) != JSON_NUMBER)
        return "must be a number of seconds";
    if (!(seconds >= 0 && seconds <= LONGEST_TIME))
        return "must not be negative, nor over a century";
    f->request->max_time = seconds;
    return NULL;
}

static const char *read_retry(struct request_fields *f, struct slice value)
{
    int64_t n;

    if (slice_parse_digits(value, &n) < 0 || n > MOST_RETRIES)
        return "must be a whole number from 0 on";
    f->request->retries = (int)n;
    return NULL;
}

static const char *skip(struct request_fields *f, struct slice value)
{
    (void)f, (void)value; /* item->id has it */
    return NULL;
}

static const struct {
    const char *name;
    field_reader *read;
    bool nullable; /* null, as jq writes what is missing, leaves it open */
} fields[] = {
    {"url", read_url, false},          {"method", read_method, true},
    {"headers", read_headers, true},   {"body", read_body, true},
    {"json", read_json, false},        {"id", skip, false},
    {"max_time", read_max_time, true}, {"retry", read_retry, true},
};

static char *complain(const char *name, const char *wrong)
{
    struct buf why = BUF_INIT;

    buf_appendf(&why, "field \"%s\": %s", name, wrong);
    return buf_take(&why);
}

static char *read_field(struct request_fields *f, const char *key, struct slice value)
{
    const char *wrong;

    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        if (strcmp(key, fields[i].name) != 0)
            continue;
        if (f->given & 1u << i)
            return complain(key, "given twice");
        f->given |= 1u << i;
        if (fields[i].nullable && json_type(value) == JSON_NULL)
            return NULL;
        wrong = fields[i].read(f, value);
        return wrong ? complain(key, wrong) : NULL;
    }
    return complain(key, "not known");
}

char *request_fields_read(struct request_fields *f, struct slice object)
{
    struct json_iter it = json_iter(object);
    char *why = NULL;

    while (json_next(&it)) {
        char *key = text_of(it.key), *wrong;

        if (why && (!key || strcmp(key, "url") != 0)) {
            free(key);
            continue; /* only the url is still wanted, for the record */
        }
        wrong = key ? read_field(f, key, it.value)
                    : mem_strdup("a field's name holds a NUL");
        free(key);
        if (!why)
            why = wrong;
        else
            free(wrong);
    }
    return why;
}
