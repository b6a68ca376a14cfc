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
    if (f->item->request.url)
        return "not together with \"urls\"";
    f->item->request.url = text_of(value);
    return f->item->request.url ? NULL : "holds a NUL";
}

bool request_fields_add_url(struct item *item, char *url)
{
    if (!item->request.url) {
        item->request.url = url;
        return true;
    }
    if (item->mirror_count == REQUEST_MIRRORS_MAX) {
        free(url);
        return false;
    }
    item->mirrors =
        mem_reallocarray(item->mirrors, item->mirror_count + 1, sizeof(*item->mirrors));
    item->mirrors[item->mirror_count++] = url;
    return true;
}

/* A string that is not empty, as a C string; NULL with a reason in *wrong. */
static char *some_text(struct slice value, const char **wrong)
{
    char *text = json_type(value) == JSON_STRING ? text_of(value) : NULL;

    *wrong = NULL;
    if (!text)
        *wrong = json_type(value) == JSON_STRING ? "holds a NUL" : "must be a string";
    else if (!*text)
        *wrong = "must not be empty; left out, the URL gives the name";
    if (!*wrong)
        return text;
    free(text);
    return NULL;
}

static const char *read_urls(struct request_fields *f, struct slice value)
{
    struct json_iter it = json_iter(value);
    const char *wrong = NULL;

    if (json_type(value) != JSON_ARRAY)
        return "must be a list of strings";
    if (f->item->request.url)
        return "not together with \"url\"";
    while (!wrong && json_next(&it)) {
        char *url = some_text(it.value, &wrong);

        if (!url)
            wrong = "must hold strings that are not empty and have no NUL";
        else if (!request_fields_add_url(f->item, url))
            wrong = "more than 100 mirrors behind the first URL; leave some out";
    }
    return wrong || f->item->request.url ? wrong : "must hold one URL at least";
}

static const char *read_output(struct request_fields *f, struct slice value)
{
    const char *wrong;

    f->item->output = some_text(value, &wrong);
    return wrong;
}

static const char *read_sha256(struct request_fields *f, struct slice value)
{
    static const char hex[] = "0123456789abcdefABCDEF";
    char *digits = json_type(value) == JSON_STRING ? text_of(value) : NULL;

    if (!digits || strlen(digits) != 64 || digits[strspn(digits, hex)]) {
        free(digits);
        return "must be a string of 64 hex digits";
    }
    for (char *c = digits; *c; c++)
        *c = char_lower(*c);
    f->item->sha256 = digits;
    return NULL;
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
        f->item->request.method = method;
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

bool request_fields_header_reserved(const char *line)
{
    static const char *const reserved[] = {"Range", "If-Range", "Accept-Encoding"};
    struct slice name = {line, strcspn(line, ":;")};

    for (size_t i = 0; i < ARRAY_LEN(reserved); i++)
        if (slice_eq_nocase(name, reserved[i]))
            return true;
    return false;
}

static bool has_reserved(const struct request *rq)
{
    for (size_t i = 0; i < rq->header_count; i++)
        if (request_fields_header_reserved(rq->headers[i]))
            return true;
    return false;
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
            wrong = add_element(&f->item->request, it.value);
        else if (json_type(it.value) != JSON_STRING)
            wrong = "must have strings for values";
        else
            wrong = add_pair(&f->item->request, it.key, it.value);
    }
    if (!wrong && f->files && has_reserved(&f->item->request))
        wrong = "Range, If-Range and Accept-Encoding are set by trawl itself";
    return wrong;
}

static const char *read_body(struct request_fields *f, struct slice value)
{
    struct buf text = BUF_INIT;
    size_t n;

    if (json_type(value) != JSON_STRING)
        return "must be a string";
    if (f->item->request.body)
        return "not together with \"json\"";
    json_append_unquoted(&text, value);
    n = text.len;
    request_take_body(&f->item->request, buf_take(&text), n);
    return NULL;
}

static const char *read_json(struct request_fields *f, struct slice value)
{
    if (f->item->request.body)
        return "not together with \"body\"";
    request_take_body(&f->item->request, slice_dup(value), value.len);
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
    f->item->request.max_time = seconds;
    return NULL;
}

static const char *read_retry(struct request_fields *f, struct slice value)
{
    int64_t n;

    if (slice_parse_digits(value, &n) < 0 || n > MOST_RETRIES)
        return "must be a whole number from 0 on";
    f->item->request.retries = (int)n;
    return NULL;
}

static const char *skip(struct request_fields *f, struct slice value)
{
    (void)f, (void)value; /* item->id has it */
    return NULL;
}

/* Whose lines may have a field. */
enum { FETCH = 1, FILES = 2, ANY = FETCH | FILES };

static const struct {
    const char *name;
    field_reader *read;
    bool nullable; /* null, as jq writes what is missing, leaves it open */
    unsigned whose;
} fields[] = {
    {"url", read_url, false, ANY},
    {"urls", read_urls, false, FILES},
    {"output", read_output, true, FILES},
    {"sha256", read_sha256, true, FILES},
    {"method", read_method, true, FETCH},
    {"headers", read_headers, true, ANY},
    {"body", read_body, true, FETCH},
    {"json", read_json, false, FETCH},
    {"id", skip, false, ANY},
    {"max_time", read_max_time, true, ANY},
    {"retry", read_retry, true, ANY},
};

/* The number of the field's row, or why there is none. */
static const char *find_field(const struct request_fields *f, const char *key,
                              size_t *i)
{
    for (*i = 0; *i < ARRAY_LEN(fields); ++*i) {
        if (strcmp(key, fields[*i].name) != 0)
            continue;
        if (fields[*i].whose & (f->files ? FILES : FETCH))
            return NULL;
        if (f->files)
            return "download only gets files; leave the field out, or use trawl fetch";
    }
    return "not known";
}

static const char *read_field(struct request_fields *f, const char *key,
                              struct slice value)
{
    size_t i;
    const char *wrong = find_field(f, key, &i);

    if (wrong)
        return wrong;
    if (f->given & 1u << i)
        return "given twice";
    f->given |= 1u << i;
    if (fields[i].nullable && json_type(value) == JSON_NULL)
        return NULL;
    return fields[i].read(f, value);
}

/* The record wants them, also behind what is wrong. */
static bool names_url(const char *key)
{
    return key && (strcmp(key, "url") == 0 || strcmp(key, "urls") == 0);
}

/* What is wrong with one member, as request_fields_read says it. */
static char *read_member(struct request_fields *f, const char *key, struct slice value)
{
    struct buf why = BUF_INIT;
    const char *wrong;

    if (!key)
        return mem_strdup("a field's name holds a NUL");
    wrong = read_field(f, key, value);
    if (!wrong)
        return NULL;
    buf_appendf(&why, "field \"%s\": %s", key, wrong);
    return buf_take(&why);
}

char *request_fields_read(struct request_fields *f, struct slice object)
{
    struct json_iter it = json_iter(object);
    char *why = NULL;

    while (json_next(&it)) {
        char *key = text_of(it.key), *wrong = NULL;

        if (!why || names_url(key))
            wrong = read_member(f, key, it.value);
        free(key);
        if (!why)
            why = wrong;
        else
            free(wrong);
    }
    return why;
}
