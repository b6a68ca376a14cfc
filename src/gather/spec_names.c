/* Names: variables and the environment, and what each reference stands for. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mask.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "gather/expand.h"
#include "gather/pointer.h"
#include "gather/spec_internal.h"

/* ---- variables ---- */

const struct variable *spec_find_variable(const struct spec *s, const char *name)
{
    for (size_t i = 0; i < s->variable_count; i++)
        if (!strcmp(s->variables[i].name, name))
            return &s->variables[i];
    return NULL;
}

/* Takes name and value over. */
static struct variable *add_variable(struct spec *s, char *name, struct buf *json)
{
    struct variable *v;

    s->variables =
        mem_reallocarray(s->variables, s->variable_count + 1, sizeof(*s->variables));
    v = &s->variables[s->variable_count++];
    *v = (struct variable){.name = name, .len = json->len};
    v->json = buf_take(json);
    return v;
}

/* Hides a value that is a string: one that is none holds nothing to be hidden. */
static void hide(const struct variable *v)
{
    struct buf text = BUF_INIT;

    if (json_type((struct slice){v->json, v->len}) == JSON_STRING) {
        json_append_unquoted(&text, (struct slice){v->json, v->len});
        if (text.len && !memchr(text.data, '\0', text.len))
            mask_hide(text.data);
    }
    buf_clear(&text);
}

/* As its name says, which is all that is known of it. */
static void judge_secret(struct variable *v)
{
    v->secret = v->secret || mask_is_secret_parameter(slice_str(v->name));
    if (v->secret)
        hide(v);
}

/* The variable that stands for one of the environment, which is read once. */
static int find_env(struct spec *s, const struct reference *r, size_t *target,
                    struct fault *f)
{
    struct buf key = BUF_INIT, json = BUF_INIT;
    const char *value = getenv(r->name);
    const struct variable *known;
    struct variable *v;

    buf_appendf(&key, "env.%s", r->name);
    known = spec_find_variable(s, key.data);
    if (known || !value) {
        buf_clear(&key);
        *target = known ? (size_t)(known - s->variables) : 0;
        return known ? 0
                     : fault_set(f, r->at, "{{%s}} is not set in the environment",
                                 r->text);
    }
    if (!utf8_valid(value, strlen(value))) {
        buf_clear(&key);
        return fault_set(f, r->at, "{{%s}} is not UTF-8", r->text);
    }
    json_append_cstr(&json, value);
    v = add_variable(s, buf_take(&key), &json);
    v->secret = true;
    hide(v);
    *target = (size_t)(v - s->variables);
    return 0;
}

/* What is wrong with a name that is to be one of a request or a variable, or NULL. */
static const char *name_wrong(const char *name)
{
    static const char *const reserved[] = {"env", "item", "index", "user"};

    for (size_t i = 0; i < ARRAY_LEN(reserved); i++)
        if (!strcmp(name, reserved[i]))
            return "is a name of trawl's own";
    return template_name_good(slice_str(name))
               ? NULL
               : "is no name: braces, quotes, #, dots and white space are in none";
}

static int check_name(const char *name, const char *at, struct fault *f)
{
    const char *wrong = name_wrong(name);

    return wrong ? fault_set(f, at, "\"%s\" %s", name, wrong) : 0;
}

/* What is wrong with --var, whose value begins behind the sign, or NULL. */
static const char *option_fault(const struct spec *s, const char *name,
                                const char *sign)
{
    if (!sign)
        return "needs a value: name=value";
    if (name_wrong(name))
        return name_wrong(name);
    if (!utf8_valid(name, strlen(name)) || !utf8_valid(sign, strlen(sign)))
        return "is not UTF-8";
    return spec_find_variable(s, name) ? "is given twice" : NULL;
}

/* --var name=value: what it stands for is a string. */
static int add_option(struct spec *s, const char *option, struct fault *f)
{
    const char *sign = strchr(option, '=');
    struct buf json = BUF_INIT;
    const char *wrong;
    char *name = mem_strndup(option, sign ? (size_t)(sign - option) : strlen(option));

    if ((wrong = option_fault(s, name, sign))) {
        fault_set(f, NULL, "--var %s: %s", name, wrong);
        free(name);
        return -EINVAL;
    }
    json_append_cstr(&json, sign + 1);
    judge_secret(add_variable(s, name, &json));
    return 0;
}

static int resolve_constant(struct spec *s, struct reference *r, struct fault *f);

/* A variable may refer to the environment, and to those that stand before it. */
static int expand_variable(struct spec *s, struct template *t, struct buf *json,
                           bool *secret, struct fault *f)
{
    struct scope scope = {.spec = s};
    struct reference *r;
    size_t piece = 0;
    char *why = NULL;

    while ((r = template_next(t, &piece))) {
        if (resolve_constant(s, r, f) < 0)
            return -EINVAL;
        *secret = *secret || s->variables[r->target].secret;
    }
    if (expand(json, t, &scope, &why) == 0)
        return 0;
    fault_set(f, t->at, "%s", why);
    free(why);
    return -EINVAL;
}

/* 1: --var has set it, which goes before the spec; 0: it is new. */
static int check_member(const struct spec *s, size_t options, const char *name,
                        struct slice key, struct fault *f)
{
    const struct variable *v;

    if (check_name(name, key.data, f) < 0)
        return -EINVAL;
    v = spec_find_variable(s, name);
    if (v && (size_t)(v - s->variables) >= options)
        return fault_set(f, key.data, "\"%s\" is given twice", name);
    return v != NULL;
}

static int add_member(struct spec *s, size_t options, struct slice key,
                      struct slice value, struct fault *f)
{
    char *name = spec_read_string(key, "a variable's name", f);
    struct template t = {0};
    struct buf json = BUF_INIT;
    bool secret = false;
    int known = name ? check_member(s, options, name, key, f) : -EINVAL;
    int r = known < 0 ? known : template_parse_json(&t, value, f);

    if (r == 0)
        r = expand_variable(s, &t, &json, &secret, f);
    if (r == 0 && !known) {
        struct variable *v = add_variable(s, name, &json);

        v->secret = secret;
        judge_secret(v);
        name = NULL;
    }
    free(name);
    buf_clear(&json);
    template_clear(&t);
    return r;
}

int spec_read_variables(struct spec *s, struct slice object,
                        const struct spec_options *o, struct fault *f)
{
    struct json_iter it = json_iter(object);
    size_t options;

    for (size_t i = 0; o->variables && o->variables[i]; i++)
        if (add_option(s, o->variables[i], f) < 0)
            return -EINVAL;
    options = s->variable_count;
    if (!object.len)
        return 0;
    if (spec_want_object(object, "\"vars\"", f) < 0)
        return -EINVAL;
    while (json_next(&it))
        if (add_member(s, options, it.key, it.value, f) < 0)
            return -EINVAL;
    return 0;
}

/* ---- references ---- */

size_t spec_find_request(const struct spec *s, const char *name)
{
    size_t i = 0;

    while (i < s->request_count && strcmp(s->requests[i].name, name))
        i++;
    return i;
}

static int unknown_name(const struct spec *s, const struct reference *r,
                        struct fault *f)
{
    size_t n = s->variable_count + s->request_count;
    const char **known = mem_reallocarray(NULL, n + 1, sizeof(*known));
    struct slice at = {r->at, 0};

    for (size_t i = 0; i < s->variable_count; i++)
        known[i] = s->variables[i].name;
    for (size_t i = 0; i < s->request_count; i++)
        known[s->variable_count + i] = s->requests[i].name;
    known[n] = NULL;
    spec_unknown(at, "the name", r->name, known, f);
    free(known);
    return -EINVAL;
}

/* Of a constant it is known what is there. */
static int check_constant(const struct spec *s, const struct reference *r,
                          struct fault *f)
{
    const struct variable *v = &s->variables[r->target];
    struct slice value;

    if (r->part != THE_VALUE)
        return fault_set(f, r->at, "{{%s}}: \"%s\" is a variable, and no answer",
                         r->text, r->name);
    if (r->detail && !pointer_find((struct slice){v->json, v->len},
                                   (struct slice){r->detail, r->detail_len}, &value))
        return fault_set(f, r->at, "{{%s}}: nothing is there", r->text);
    return 0;
}

/* Looks up a reference to a variable or the environment. */
static int resolve_constant(struct spec *s, struct reference *r, struct fault *f)
{
    const struct variable *v;

    if (r->source == FROM_ENV)
        return find_env(s, r, &r->target, f);
    v = r->source == FROM_NAME ? spec_find_variable(s, r->name) : NULL;
    if (!v)
        return fault_set(f, r->at,
                         "{{%s}}: here only env.NAME and variables that stand before "
                         "it are known",
                         r->text);
    r->source = FROM_VARIABLE;
    r->target = (size_t)(v - s->variables);
    return check_constant(s, r, f);
}

static int check_request(const struct spec *s, const struct reference *r,
                         struct fault *f)
{
    if (r->part != THE_VALUE && s->requests[r->target].foreach.at)
        return fault_set(f, r->at,
                         "{{%s}}: \"%s\" is a list of answers, which has no one %s",
                         r->text, r->name, r->part == THE_STATUS ? "status" : "header");
    return 0;
}

static int resolve_name(struct spec *s, struct reference *r, struct fault *f)
{
    const struct variable *v = spec_find_variable(s, r->name);

    if (v) {
        r->source = FROM_VARIABLE;
        r->target = (size_t)(v - s->variables);
        return check_constant(s, r, f);
    }
    r->target = spec_find_request(s, r->name);
    if (r->target == s->request_count)
        return unknown_name(s, r, f);
    r->source = FROM_REQUEST;
    return check_request(s, r, f);
}

/* `item`: whether there is one. */
static int resolve(struct spec *s, struct reference *r, bool item, struct fault *f)
{
    switch (r->source) {
    case FROM_NAME:
        return resolve_name(s, r, f);
    case FROM_ENV:
        return find_env(s, r, &r->target, f);
    case FROM_ITEM:
    case FROM_INDEX:
        return item ? 0
                    : fault_set(f, r->at,
                                "{{%s}}: there is one in a request with "
                                "\"foreach\" alone",
                                r->text);
    default:
        return 0;
    }
}

/* ---- all of them ---- */

struct look_up {
    struct spec *spec;
    struct spec_request *request; /* NULL: the output */
    struct fault *fault;
};

static void add_need(struct spec_request *rq, size_t need)
{
    for (size_t i = 0; i < rq->need_count; i++)
        if (rq->needs[i] == need)
            return;
    rq->needs = mem_reallocarray(rq->needs, rq->need_count + 1, sizeof(*rq->needs));
    rq->needs[rq->need_count++] = need;
}

static int look_up_template(struct template *t, void *arg)
{
    struct look_up *l = arg;
    struct spec_request *rq = l->request;
    bool item = rq && rq->foreach.at && t != &rq->foreach;
    struct reference *r;
    size_t piece = 0;

    while ((r = template_next(t, &piece))) {
        if (resolve(l->spec, r, item, l->fault) < 0)
            return -EINVAL;
        if (!rq)
            continue;
        r->slot = rq->slots++;
        if (r->source == FROM_REQUEST)
            add_need(rq, r->target);
    }
    return 0;
}

static int look_up_fallback(struct spec *s, struct template *t, struct fault *f)
{
    struct reference *r;
    size_t piece = 0;

    while ((r = template_next(t, &piece)))
        if (resolve_constant(s, r, f) < 0)
            return -EINVAL;
    return 0;
}

static int check_request_name(const struct spec *s, size_t i, struct fault *f)
{
    const struct spec_request *rq = &s->requests[i];

    if (check_name(rq->name, rq->at, f) < 0)
        return -EINVAL;
    if (spec_find_request(s, rq->name) < i)
        return fault_set(f, rq->at, "\"%s\" is given twice", rq->name);
    if (spec_find_variable(s, rq->name))
        return fault_set(f, rq->at, "\"%s\" is the name of a variable, too", rq->name);
    return 0;
}

int spec_look_up(struct spec *s, struct fault *f)
{
    struct look_up l = {.spec = s, .fault = f};

    for (size_t i = 0; i < s->request_count; i++)
        if (check_request_name(s, i, f) < 0)
            return -EINVAL;
    for (size_t i = 0; i < s->request_count; i++) {
        l.request = &s->requests[i];
        if (spec_each_template(l.request, look_up_template, &l) < 0 ||
            look_up_fallback(s, &l.request->fallback, f) < 0)
            return -EINVAL;
    }
    l.request = NULL;
    return look_up_template(&s->output, &l);
}
