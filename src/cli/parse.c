#include "cli/parse.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cli/suggest.h"

struct parser {
    option_tables tables;
    void *values;
    const char *const *next; /* the argument that comes next */
    struct buf *why;
};

static void append_printable(struct buf *out, const char *s)
{
    str_append_printable(out, s, strlen(s));
}

/* Sets the option, and says which it was when that fails: `shown` is "--name" or "-n".
 */
static int apply(struct parser *p, const struct option *o, const char *arg,
                 const char *shown)
{
    struct buf reason = BUF_INIT;
    int r = o->set(o, arg, (char *)p->values + o->offset, &reason);

    if (r < 0)
        buf_appendf(p->why, "option %s: %s", shown, reason.data);
    buf_clear(&reason);
    return r;
}

/* The argument of an option that takes one: what is attached, else the next word. */
static int apply_with_argument(struct parser *p, const struct option *o,
                               const char *attached, const char *shown)
{
    const char *arg = attached ? attached : *p->next;

    if (!arg) {
        buf_appendf(p->why, "option %s: an argument is missing: %s %s", shown, shown,
                    o->metavar);
        return -EINVAL;
    }
    if (!attached)
        p->next++;
    return apply(p, o, arg, shown);
}

static int unknown_long(struct parser *p, const char *name)
{
    struct suggestion s = {.word = name};
    struct option_iter it = {0};
    const struct option *o;

    while ((o = option_next(p->tables, &it)))
        suggest_try(&s, o->name);
    buf_append_str(p->why, "unknown option --");
    append_printable(p->why, name);
    if (s.best)
        buf_appendf(p->why, "; did you mean --%s?", s.best);
    return -EINVAL;
}

/* `arg` is what follows the two dashes. */
static int parse_long(struct parser *p, const char *arg)
{
    size_t n = strcspn(arg, "=");
    const char *value = arg[n] ? arg + n + 1 : NULL;
    const struct option *o = option_by_name(p->tables, arg, n);
    struct buf shown = BUF_INIT;
    int r;

    buf_append_str(&shown, "--");
    buf_append(&shown, arg, n);
    if (!o) {
        r = unknown_long(p, shown.data + 2);
    } else if (o->metavar) {
        r = apply_with_argument(p, o, value, shown.data);
    } else if (value) {
        buf_appendf(p->why, "option %s takes no argument", shown.data);
        r = -EINVAL;
    } else {
        r = apply(p, o, NULL, shown.data);
    }
    buf_clear(&shown);
    return r;
}

static int unknown_letter(struct parser *p, const char *letter, const char *bundle)
{
    struct buf one = BUF_INIT;
    size_t n = 1;

    while ((letter[n] & 0xc0) == 0x80) /* a whole character of UTF-8 */
        n++;
    buf_append(&one, letter, n);
    buf_append_str(p->why, "unknown option -");
    append_printable(p->why, one.data);
    buf_clear(&one);
    if (option_by_name(p->tables, bundle, strcspn(bundle, "=")))
        buf_appendf(p->why, "; did you mean --%s?", bundle);
    return -EINVAL;
}

/* `bundle` is what follows the dash: flags, and last perhaps one with an argument. */
static int parse_letters(struct parser *p, const char *bundle)
{
    for (const char *letter = bundle; *letter; letter++) {
        const struct option *o = option_by_letter(p->tables, *letter);
        const char shown[] = {'-', *letter, '\0'};
        int r;

        if (!o)
            return unknown_letter(p, letter, bundle);
        if (o->metavar)
            return apply_with_argument(p, o, letter[1] ? letter + 1 : NULL, shown);
        r = apply(p, o, NULL, shown);
        if (r < 0)
            return r;
    }
    return 0;
}

/* There are no more words than arguments: one allocation holds all of them, however
 * many there are. */
static void add_word(const char *const **words, size_t *n, const char *const *arg)
{
    const char **list = (const char **)*words;
    size_t most = 1;

    while (!list && arg[most])
        most++;
    if (!list)
        list = mem_reallocarray(NULL, most + 1, sizeof(*list));
    list[(*n)++] = *arg;
    list[*n] = NULL;
    *words = list;
}

int options_parse(option_tables tables, void *values, const char *const *args,
                  const char *const **words, struct buf *why)
{
    struct parser p = {tables, values, args, why};
    bool only_words = false;
    size_t n_words = 0;
    int r;

    while (*p.next) {
        const char *arg = *p.next;
        bool word = only_words || *arg != '-' || !arg[1];

        if (word && !words)
            break;
        p.next++;
        if (word)
            add_word(words, &n_words, p.next - 1);
        else if (!strcmp(arg, "--"))
            only_words = true;
        else if ((r = arg[1] == '-' ? parse_long(&p, arg + 2)
                                    : parse_letters(&p, arg + 1)) < 0)
            return r;
    }
    return (int)(p.next - args);
}
