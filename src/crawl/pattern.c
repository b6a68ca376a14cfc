#include "crawl/pattern.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/log.h"
#include "base/mem.h"

/* What one search may cost: some milliseconds. The library's own limits would let a
 * pattern such as (a+)+$ stop the loop for a second, and its heap grow to 20 MB. */
enum { STEPS_MAX = 200000, HEAP_MAX_KIB = 1024 };

/* Compiled code takes a stack of its own: that of a task is small. */
enum { JIT_STACK_FIRST = 32 * 1024, JIT_STACK_MAX = 512 * 1024 };

/* What a search writes to. */
struct work {
    pcre2_match_context *context;
    pcre2_match_data *data;
    pcre2_jit_stack *stack; /* NULL: not compiled to machine code */
    bool told;              /* that a search was given up */
};

struct pattern {
    struct pattern *next;
    pcre2_code *code;
    struct work *work;
    char *regex;
};

static void *checked(void *p)
{
    if (!p)
        mem_exhausted();
    return p;
}

/* ---- compiling ---- */

/* Parts of a URL are bytes: no pattern may ask for UTF, which would have each text
 * checked, or for single units of it. */
static pcre2_code *compile(const char *regex, int *error, PCRE2_SIZE *offset)
{
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)regex, PCRE2_ZERO_TERMINATED,
                      PCRE2_NEVER_UTF | PCRE2_NEVER_UCP, error, offset, NULL);

    if (!code && *error == PCRE2_ERROR_NOMEMORY)
        mem_exhausted();
    return code;
}

static struct work *work_new(pcre2_code *code)
{
    struct work *w = mem_zalloc(sizeof(*w));

    w->context = checked(pcre2_match_context_create(NULL));
    w->data = checked(pcre2_match_data_create(1, NULL)); /* only whether it is found */
    pcre2_set_match_limit(w->context, STEPS_MAX);
    pcre2_set_heap_limit(w->context, HEAP_MAX_KIB);
    if (pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) == 0) {
        w->stack =
            checked(pcre2_jit_stack_create(JIT_STACK_FIRST, JIT_STACK_MAX, NULL));
        pcre2_jit_stack_assign(w->context, NULL, w->stack);
    }
    return w;
}

static void append_reason(struct buf *why, int error, PCRE2_SIZE offset)
{
    PCRE2_UCHAR text[256];

    pcre2_get_error_message(error, text, sizeof(text));
    buf_appendf(why, "%s, at character %zu", (const char *)text, offset + 1);
}

int pattern_add(struct pattern **p, const char *regex, struct buf *why)
{
    int error;
    PCRE2_SIZE offset;
    struct pattern *added;
    pcre2_code *code = compile(regex, &error, &offset);

    if (!code) {
        append_reason(why, error, offset);
        return -EINVAL;
    }
    added = mem_zalloc(sizeof(*added));
    added->code = code;
    added->work = work_new(code);
    added->regex = mem_strdup(regex);
    while (*p)
        p = &(*p)->next;
    *p = added;
    return 0;
}

void pattern_free(struct pattern *p)
{
    while (p) {
        struct pattern *next = p->next;

        pcre2_match_data_free(p->work->data);
        pcre2_match_context_free(p->work->context);
        pcre2_jit_stack_free(p->work->stack);
        pcre2_code_free(p->code);
        free(p->work);
        free(p->regex);
        free(p);
        p = next;
    }
}

void pattern_describe(const struct pattern *p, const char *name, struct buf *out)
{
    for (; p; p = p->next)
        buf_appendf(out, "%s %s\n", name, p->regex);
}

/* ---- searching ---- */

static void give_up(const struct pattern *p, int error)
{
    PCRE2_UCHAR text[256];

    if (error == PCRE2_ERROR_NOMEMORY)
        mem_exhausted();
    if (p->work->told)
        return;
    p->work->told = true;
    pcre2_get_error_message(error, text, sizeof(text));
    log_warning("pattern %s takes too long and is taken not to match: %s", p->regex,
                (const char *)text);
}

static bool found(const struct pattern *p, const char *text, size_t n)
{
    int r = pcre2_match(p->code, (PCRE2_SPTR)text, n, 0, 0, p->work->data,
                        p->work->context);

    if (r < 0 && r != PCRE2_ERROR_NOMATCH)
        give_up(p, r);
    return r >= 0;
}

bool pattern_matches(const struct pattern *p, const char *text, size_t n)
{
    for (; p; p = p->next)
        if (found(p, n ? text : "", n))
            return true;
    return false;
}
