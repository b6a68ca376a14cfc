#include "gather/document.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"

/* ---- failures ---- */

struct errors {
    struct buf list; /* elements with commas between them */
    bool listed;     /* else they are logged */
    bool missing;    /* of the output's references */
};

static void append_failure(struct buf *out, const char *request, size_t index,
                           const struct failure *f, bool optional)
{
    if (out->len)
        buf_append_char(out, ',');
    buf_append_char(out, '{');
    json_append_key(out, "request");
    json_append_cstr(out, request);
    if (index != NO_INDEX) {
        json_append_key(out, "index");
        buf_append_uint(out, index);
    }
    json_append_key(out, "type");
    json_append_cstr(out, http_error_name(f->error));
    json_append_key(out, "message");
    json_append_cstr(out, f->message);
    json_append_key(out, "status");
    if (f->status)
        buf_append_int(out, f->status);
    else
        buf_append_str(out, "null");
    json_append_key(out, "retriable");
    buf_append_str(out, f->retriable ? "true" : "false");
    json_append_key(out, "optional");
    buf_append_str(out, optional ? "true}" : "false}");
}

static void log_failure(const char *request, size_t index, const struct failure *f)
{
    struct buf where = BUF_INIT;

    buf_append_str(&where, request ? request : "output");
    if (index != NO_INDEX)
        buf_appendf(&where, "[%zu]", index);
    log_error("%s: %s: %s", where.data, http_error_name(f->error), f->message);
    buf_clear(&where);
}

static void tell(struct errors *e, const char *request, size_t index,
                 const struct failure *f, bool optional)
{
    if (e->listed)
        append_failure(&e->list, request, index, f, optional);
    else
        log_failure(request, index, f);
}

static int compare_index(const void *a, const void *b)
{
    size_t one = (*(const struct item_failure *const *)a)->index;
    size_t two = (*(const struct item_failure *const *)b)->index;

    return (one > two) - (one < two);
}

/* By items, as the results are, whichever failed first. */
static void tell_node(struct errors *e, const struct node *n)
{
    const struct item_failure **sorted =
        mem_reallocarray(NULL, n->failure_count + 1, sizeof(*sorted));

    for (size_t i = 0; i < n->failure_count; i++)
        sorted[i] = &n->failures[i];
    qsort(sorted, n->failure_count, sizeof(*sorted), compare_index);
    for (size_t i = 0; i < n->failure_count; i++)
        tell(e, n->rq->name, sorted[i]->index, &sorted[i]->failure, n->rq->optional);
    free(sorted);
}

static void tell_all(struct errors *e, const struct play *p)
{
    for (size_t i = 0; i < p->setup->spec->request_count; i++)
        tell_node(e, &p->nodes[i]);
}

static void missing(const struct reference *r, void *arg)
{
    struct errors *e = arg;
    struct failure f = {0};

    failure_set(&f, HTTP_REFERENCE, "output: {{%s}}: nothing is there", r->text);
    tell(e, NULL, NO_INDEX, &f, false);
    failure_clear(&f);
    e->missing = true;
}

/* ---- the document ---- */

static void append_by_name(struct buf *out, const struct play *p)
{
    buf_append_char(out, '{');
    for (size_t i = 0; i < p->setup->spec->request_count; i++) {
        struct slice value = result_value(&p->results[i]);

        if (i)
            buf_append_char(out, ',');
        json_append_cstr(out, p->nodes[i].rq->name);
        buf_append_char(out, ':');
        buf_append(out, value.data, value.len);
    }
    buf_append_char(out, '}');
}

bool document_lists(const struct spec *spec, bool errors)
{
    return errors && (!spec->output.at || *spec->output.at == '{');
}

/* The closing brace makes room for one member more. */
static void append_errors(struct buf *out, const struct buf *list)
{
    if (!list->len)
        return;
    out->len--;
    json_append_key(out, "errors");
    buf_append_char(out, '[');
    buf_append(out, list->data, list->len);
    buf_append_str(out, "]}");
}

bool document_append(struct buf *out, const struct play *p, bool errors)
{
    const struct spec *spec = p->setup->spec;
    struct errors e = {.listed = document_lists(spec, errors)};
    struct scope scope = {.spec = spec, .results = p->results, .user = p->user};

    tell_all(&e, p);
    if (spec->output.at)
        expand_output(out, &spec->output, &scope, missing, &e);
    else
        append_by_name(out, p);
    append_errors(out, &e.list);
    buf_clear(&e.list);
    return e.missing;
}

/* ---- for people ---- */

static void new_line(struct buf *out, size_t depth)
{
    buf_append_char(out, '\n');
    for (; depth; depth--)
        buf_append_str(out, "  ");
}

/* Behind the string at `s`. */
static const char *append_string(struct buf *out, const char *s, const char *end,
                                 bool terminal)
{
    buf_append_char(out, *s++);
    while (s < end) {
        uint32_t cp;
        size_t n = utf8_decode(s, (size_t)(end - s), &cp);

        if (*s == '\\' && s + 1 < end)
            n = 2;
        else if (terminal && n && !char_is_printable(cp) && cp < 0x10000) {
            buf_appendf(out, "\\u%04x", (unsigned)cp);
            s += n;
            continue;
        }
        buf_append(out, s, n ? n : 1);
        s += n ? n : 1;
        if (n == 1 && s[-1] == '"')
            break;
    }
    return s;
}

static const char *append_token(struct buf *out, const char *s, size_t *depth)
{
    bool opens = *s == '{' || *s == '[', closes = *s == '}' || *s == ']';

    if (opens && (s[1] == '}' || s[1] == ']')) {
        buf_append(out, s, 2);
        return s + 2;
    }
    if (closes)
        new_line(out, --*depth);
    buf_append_char(out, *s);
    if (opens)
        new_line(out, ++*depth);
    else if (*s == ',')
        new_line(out, *depth);
    else if (*s == ':')
        buf_append_char(out, ' ');
    return s + 1;
}

void document_indent(struct buf *out, struct slice json, bool terminal)
{
    const char *s = json.data, *end = s + json.len;
    size_t depth = 0;

    while (s < end)
        s = *s == '"' ? append_string(out, s, end, terminal)
                      : append_token(out, s, &depth);
}
