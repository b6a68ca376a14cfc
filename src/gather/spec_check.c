/* What is certain to fail is told before anything is sent. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mask.h"
#include "base/url.h"
#include "gather/expand.h"
#include "gather/pointer.h"
#include "gather/spec_internal.h"

static bool is_known(const struct template *t)
{
    const struct reference *r;
    size_t piece = 0;

    while ((r = template_next(t, &piece)))
        if (r->source != FROM_VARIABLE && r->source != FROM_ENV &&
            r->source != FROM_USER)
            return false;
    return true;
}

static int refuse_url(const struct spec *s, const struct template *t, const char *why,
                      struct fault *f)
{
    struct buf shown = BUF_INIT, url = BUF_INIT;

    expand_show(&url, t, s);
    mask_append_refused_url(&shown, url.len ? url.data : "");
    fault_set(f, t->at, "\"%s\" is no URL of http or https: %s",
              shown.len ? shown.data : "", why);
    buf_clear(&shown);
    buf_clear(&url);
    return -EINVAL;
}

static int check_known_url(const struct spec *s, const struct template *t,
                           const struct scope *scope, struct fault *f)
{
    const struct reference *captured;
    struct origin origin = {0};
    struct buf url = BUF_INIT;
    const char *wrong = "";
    char *why = NULL;
    int r = expand_url(&url, t, scope, &captured, &why);

    if (r < 0)
        fault_set(f, t->at, "%s", why);
    else if (url_origin(url.len ? url.data : "", &origin, &wrong) != URL_OK)
        r = refuse_url(s, t, wrong, f);
    origin_clear(&origin);
    buf_clear(&url);
    free(why);
    return r;
}

/* Of a URL that is not known yet there may be a beginning that is wrong. */
static int check_scheme(const struct spec *s, const struct template *t, struct fault *f)
{
    const struct piece *p = t->pieces;

    if (t->count && p->kind == PIECE_LITERAL && strstr(p->literal, "://") &&
        !str_starts_nocase(p->literal, "http://") &&
        !str_starts_nocase(p->literal, "https://"))
        return refuse_url(s, t, "another scheme", f);
    return 0;
}

static int check_header(const struct header_template *h, const struct scope *scope,
                        struct fault *f)
{
    struct buf value = BUF_INIT;
    char *why = NULL;
    int r = 0;

    if (!h->value.at || !is_known(&h->value))
        return 0;
    if (expand_header(&value, &h->value, scope, &why) < 0)
        r = fault_set(f, h->value.at, "header \"%s\": %s", h->name, why);
    buf_clear(&value);
    free(why);
    return r;
}

/* ---- lists ---- */

struct items {
    struct slice list;
    struct fault *fault;
};

static int check_item(const struct reference *r, const struct items *items)
{
    struct json_iter it = json_iter(items->list);
    struct slice found;

    for (size_t i = 0; json_next(&it); i++)
        if (!pointer_find(it.value, (struct slice){r->detail, r->detail_len}, &found))
            return fault_set(items->fault, r->at,
                             "{{%s}}: nothing is there in item %zu", r->text, i);
    return 0;
}

static int check_item_pointers(struct template *t, void *arg)
{
    const struct reference *r;
    size_t piece = 0;

    while ((r = template_next(t, &piece)))
        if (r->source == FROM_ITEM && r->detail && check_item(r, arg) < 0)
            return -EINVAL;
    return 0;
}

/* Of a list that is known; where it is optional, an item may well fail. */
static int check_items(struct spec_request *rq, struct slice list, struct fault *f)
{
    struct items items = {list, f};

    if (json_type(list) != JSON_ARRAY)
        return fault_set(f, rq->foreach.at, "\"foreach\" must be an array");
    return rq->optional ? 0 : spec_each_template(rq, check_item_pointers, &items);
}

static int check_foreach(struct spec_request *rq, const struct scope *scope,
                         struct fault *f)
{
    const struct template *t = &rq->foreach;
    bool reference = t->count == 1 && t->pieces[0].kind == PIECE_VALUE &&
                     t->pieces[0].reference.part == THE_VALUE;
    struct buf list = BUF_INIT;
    char *why = NULL;
    int r = 0;

    if (!t->at)
        return 0;
    if (is_known(t)) {
        if (expand(&list, t, scope, &why) < 0)
            r = fault_set(f, t->at, "%s", why);
        else
            r = check_items(rq, (struct slice){list.data, list.len}, f);
    } else if (!reference && t->at[0] != '[') {
        r = fault_set(f, t->at, "\"foreach\" must be an array, or one reference to it");
    }
    buf_clear(&list);
    free(why);
    return r;
}

int spec_check(struct spec *s, struct fault *f)
{
    struct scope scope = {.spec = s, .user = 1};

    for (size_t i = 0; i < s->request_count; i++) {
        struct spec_request *rq = &s->requests[i];
        int r = is_known(&rq->url) ? check_known_url(s, &rq->url, &scope, f)
                                   : check_scheme(s, &rq->url, f);

        for (size_t k = 0; r == 0 && k < rq->header_count; k++)
            r = check_header(&rq->headers[k], &scope, f);
        if (r == 0)
            r = check_foreach(rq, &scope, f);
        if (r < 0)
            return r;
    }
    return 0;
}
