/* A spec of any bytes is refused with a fault at a place in it, or it has a plan, and
 * its templates make of any result what is safe where it stands. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "gather/expand.h"
#include "gather/plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int holds)
{
    if (!holds)
        abort();
}

static struct slice all(const struct buf *b)
{
    return (struct slice){b->len ? b->data : "", b->len};
}

static void check_plan(const struct spec *s)
{
    struct buf plan = BUF_INIT;

    plan_append_text(&plan, s);
    require(!memchr(plan.data, '\x1b', plan.len));
    buf_reset(&plan);
    plan_append_json(&plan, s);
    require(!json_compact(NULL, all(&plan), NULL));
    buf_clear(&plan);
}

/* What expands to JSON is JSON: only the depth of both together may be too much. */
static int check_template(struct template *t, void *arg)
{
    const struct scope *scope = arg;
    const struct reference *captured;
    struct buf out = BUF_INIT;
    char *why = NULL;

    if (!t->at)
        return 0;
    if (!expand(&out, t, scope, &why) && t->json)
        require(json_compact(NULL, all(&out), NULL) != -EINVAL);
    free(why);
    why = NULL;
    buf_reset(&out);
    if (!t->json && !expand_header(&out, t, scope, &why) && out.len)
        require(!memchr(out.data, '\r', out.len) && !memchr(out.data, '\n', out.len));
    free(why);
    why = NULL;
    buf_reset(&out);
    if (!t->json && !expand_url(&out, t, scope, &captured, &why) && out.len)
        require(!memchr(out.data, '\0', out.len));
    free(why);
    buf_clear(&out);
    return 0;
}

static void ignore(const struct reference *r, void *arg)
{
    (void)r, (void)arg;
}

static void check_output(const struct spec *s, const struct scope *scope)
{
    struct buf out = BUF_INIT;

    if (!s->output.at)
        return;
    expand_output(&out, &s->output, scope, ignore, NULL);
    require(json_compact(NULL, all(&out), NULL) != -EINVAL);
    buf_clear(&out);
}

static void check_expansion(struct spec *s)
{
    static const char answer[] =
        "{\"a\":[1,\"x\\r\\n\\u0000\",\"..\",{\"b\":\"http://h\"}],"
        "\"b\":1e400,\"\":\"\\\"\\\\\\ud800\"}";
    struct result *results = mem_zalloc(s->request_count * sizeof(*results));
    struct scope scope = {
        .spec = s, .results = results, .item = SLICE("\"a\\/b\\n\""), .user = 3};

    for (size_t i = 0; i < s->request_count; i++) {
        results[i].state = i % 3 == 2 ? RESULT_FAILED : RESULT_GOOD;
        buf_append_str(&results[i].json, i % 2 ? "\"../x\\n\"" : answer);
        headers_add_line(&results[i].headers, "A: b\x80", 5);
    }
    for (size_t i = 0; i < s->request_count; i++)
        spec_each_template(&s->requests[i], check_template, &scope);
    check_output(s, &scope);
    for (size_t i = 0; i < s->request_count; i++)
        result_clear(&results[i]);
    free(results);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct slice text = {n ? (const char *)data : "", n};
    struct spec_options o = {0};
    struct fault f = {0};
    struct buf place = BUF_INIT;
    struct spec *s = spec_new(text, &o, &f);

    require((s == NULL) == (f.why != NULL));
    if (s) {
        check_plan(s);
        check_expansion(s);
        spec_free(s);
    } else {
        require(f.at >= text.data && f.at <= text.data + n);
        fault_append(&place, &f, text);
        require(!memchr(place.data, '\x1b', place.len));
    }
    buf_clear(&place);
    fault_clear(&f);
    return 0;
}
