#include "base/pattern.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#ifdef HAVE_VALGRIND_VALGRIND_H
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#endif

#include "base/log.h"
#include "base/mem.h"

/* What one search may cost: some milliseconds, and some more for a long text. The
 * library's own limits would let a pattern such as (a+)+$ stop the loop for a second,
 * and its heap grow to 20 MB, and they hold for each place where a match may begin, so
 * that a*a*[bc] takes a second for 40 kB. */
enum { STEPS_MAX = 200000, STEPS_A_BYTE = 8, HEAP_MAX_KIB = 1024 };

/* So many bytes that an item of the pattern runs over are a step. */
enum { BYTES_A_STEP = 64 };

/* Compiled code takes a stack of its own: that of a task is small. */
enum { JIT_STACK_FIRST = 32 * 1024, JIT_STACK_MAX = 512 * 1024 };

/* What a search writes to. */
struct work {
    pcre2_match_context *context;
    pcre2_match_data *data;
    pcre2_jit_stack *stack; /* NULL: not compiled to machine code */
    size_t left;            /* steps that this search may still take */
    size_t at;              /* where it was */
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

/* Texts are bytes: no pattern may ask for UTF, which would have each text
 * checked, or for single units of it. */
static pcre2_code *compile(const char *regex, int *error, PCRE2_SIZE *offset)
{
    pcre2_code *code = pcre2_compile(
        (PCRE2_SPTR)regex, PCRE2_ZERO_TERMINATED,
        PCRE2_NEVER_UTF | PCRE2_NEVER_UCP | PCRE2_AUTO_CALLOUT, error, offset, NULL);

    if (!code && *error == PCRE2_ERROR_NOMEMORY)
        mem_exhausted();
    return code;
}

/* Called in front of each item of the pattern, wherever it is tried. */
static int count_step(pcre2_callout_block *b, void *arg)
{
    struct work *w = arg;
    size_t at = b->current_position, way = at > w->at ? at - w->at : w->at - at;
    size_t steps = 1 + way / BYTES_A_STEP;

    w->at = at;
    if (steps > w->left)
        return PCRE2_ERROR_MATCHLIMIT;
    w->left -= steps;
    return 0;
}

static struct work *work_new(pcre2_code *code)
{
    struct work *w = mem_zalloc(sizeof(*w));

    w->context = checked(pcre2_match_context_create(NULL));
    w->data = checked(pcre2_match_data_create(1, NULL)); /* only whether it is found */
    pcre2_set_match_limit(w->context, STEPS_MAX);
    pcre2_set_heap_limit(w->context, HEAP_MAX_KIB);
    pcre2_set_callout(w->context, count_step, w);
    /* Machine code looks at 16 bytes at once, also behind the end of a text, which it
     * then does not count: valgrind sees but the first half of that. */
    if (!RUNNING_ON_VALGRIND && pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) == 0) {
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
    int r;

    p->work->left = STEPS_MAX + n * STEPS_A_BYTE;
    p->work->at = 0;
    r = pcre2_match(p->code, (PCRE2_SPTR)text, n, 0, 0, p->work->data,
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
