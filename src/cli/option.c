#include "cli/option.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

const struct option *option_next(option_tables tables, struct option_iter *it)
{
    const struct option *o;

    while (tables[it->table]) {
        o = &tables[it->table][it->row++];
        if (o->name)
            return o;
        it->table++;
        it->row = 0;
    }
    return NULL;
}

const struct option *option_by_name(option_tables tables, const char *name, size_t n)
{
    struct option_iter it = {0};
    const struct option *o;

    while ((o = option_next(tables, &it)))
        if (slice_eq((struct slice){name, n}, o->name))
            break;
    return o;
}

const struct option *option_by_letter(option_tables tables, char letter)
{
    struct option_iter it = {0};
    const struct option *o;

    while ((o = option_next(tables, &it)))
        if (o->letter && o->letter == letter)
            break;
    return o;
}

int option_wrong(struct buf *why, const char *arg, const char *format, ...)
{
    va_list ap;

    buf_append_char(why, '\'');
    str_append_printable(why, arg, strlen(arg));
    buf_append_str(why, "' ");
    va_start(ap, format);
    buf_vappendf(why, format, ap);
    va_end(ap);
    return -EINVAL;
}

int option_true(const struct option *o, const char *arg, void *field, struct buf *why)
{
    (void)o, (void)arg, (void)why;
    *(bool *)field = true;
    return 0;
}

int option_value(const struct option *o, const char *arg, void *field, struct buf *why)
{
    (void)arg, (void)why;
    memcpy(field, &o->value, sizeof(o->value)); /* an int, or an enum of its size */
    return 0;
}

int option_int(const struct option *o, const char *arg, void *field, struct buf *why)
{
    int64_t n;
    int value;

    if (str_parse_int(arg, o->min, o->max, &n) < 0)
        return option_wrong(why, arg, "is not a whole number from %lld to %lld",
                            (long long)o->min, (long long)o->max);
    value = (int)n;
    memcpy(field, &value, sizeof(value));
    return 0;
}

static void append_names(struct buf *out, const char *const *names)
{
    for (size_t i = 0; names[i]; i++)
        buf_appendf(out, "%s%s", !i ? "" : names[i + 1] ? ", " : " or ", names[i]);
}

int option_enum(const struct option *o, const char *arg, void *field, struct buf *why)
{
    for (int i = 0; o->names[i]; i++) {
        if (strcmp(o->names[i], arg))
            continue;
        memcpy(field, &i, sizeof(i));
        return 0;
    }
    option_wrong(why, arg, "is not ");
    append_names(why, o->names);
    return -EINVAL;
}

int option_seconds(const struct option *o, const char *arg, void *field,
                   struct buf *why)
{
    (void)o;
    if (str_parse_seconds(arg, field) < 0)
        return option_wrong(why, arg, "is not a time such as 30, 0.5, 200ms, 2m or 1h");
    return 0;
}

int option_bytes(const struct option *o, const char *arg, void *field, struct buf *why)
{
    (void)o;
    if (str_parse_bytes(arg, field) < 0)
        return option_wrong(why, arg, "is not a size such as 500, 64k, 10M or 2G");
    return 0;
}

int option_string(const struct option *o, const char *arg, void *field, struct buf *why)
{
    if (o->min > 0 && !*arg) {
        buf_append_str(why, "it must not be empty");
        return -EINVAL;
    }
    *(const char **)field = arg;
    return 0;
}

int option_list(const struct option *o, const char *arg, void *field, struct buf *why)
{
    (void)o, (void)why;
    option_list_add(field, arg);
    return 0;
}

void option_list_add(const char *const **list, const char *s)
{
    const char **grown;
    size_t n = 0;

    while (*list && (*list)[n])
        n++;
    grown = mem_reallocarray((void *)*list, n + 2, sizeof(*grown));
    grown[n] = s;
    grown[n + 1] = NULL;
    *list = grown;
}

void option_free(option_tables tables, void *values)
{
    struct option_iter it = {0};
    const struct option *o;

    while ((o = option_next(tables, &it))) {
        const char *const **list = (void *)((char *)values + o->offset);

        if (!o->list)
            continue;
        free((void *)*list);
        *list = NULL;
    }
}
