/* option.h - the option table: what there is, what it takes, where it goes.
 *
 * Parsing (parse.h), --help (help.h) and the completions (complete.h) all read the same
 * rows, and a command's manual page is tested against them. */
#ifndef TRAWL_CLI_OPTION_H
#define TRAWL_CLI_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* In the order in which --help shows them. */
enum option_group {
    GROUP_INPUT,
    GROUP_SCOPE,
    GROUP_FILES,
    GROUP_REQUEST,
    GROUP_OUTPUT,
    GROUP_OUTCOME,
    GROUP_PACE,
    GROUP_TIME,
    GROUP_RETRY,
    GROUP_NETWORK,
    GROUP_TLS,
    GROUP_OTHER,
    OPTION_GROUPS
};

/* What a shell offers as the argument; a list of names is offered by itself. */
enum option_hint { HINT_NONE, HINT_FILE, HINT_DIRECTORY };

struct option;

/* Puts `arg` (NULL for a flag) into the field. Returns 0, or -EINVAL with the reason
 * appended to *why as option_wrong does. `arg` may be kept: it lives as long as the
 * program. */
typedef int option_setter(const struct option *o, const char *arg, void *field,
                          struct buf *why);

struct option {
    const char *name;    /* without its dashes; NULL ends a table */
    char letter;         /* 0: none */
    const char *metavar; /* NULL: a flag */
    enum option_group group;
    const char *help;
    option_setter *set;
    size_t offset; /* of the field, in the struct that the command parses into */
    int64_t min, max;
    int value;                /* what option_value sets */
    const char *const *names; /* of option_enum, NULL-terminated */
    enum option_hint hint;
    bool list;   /* the field is a list, which option_free frees */
    bool joined; /* --help shows it on the line of the row before */
};

/* The tables of a command, NULL-terminated; each ends with a row without a name. */
typedef const struct option *const *option_tables;

/* Walks the rows of all tables; start with a zeroed iterator. NULL after the last. */
struct option_iter {
    size_t table, row;
};
const struct option *option_next(option_tables tables, struct option_iter *it);

/* By long name of n bytes, or by letter. NULL: none. */
const struct option *option_by_name(option_tables tables, const char *name, size_t n);
const struct option *option_by_letter(option_tables tables, char letter);

/* Setters, by the type of the field. */
option_setter option_true;    /* bool */
option_setter option_value;   /* int or enum: the row's value */
option_setter option_int;     /* int or unsigned, from min to max */
option_setter option_enum;    /* int or enum: the index of one of `names` */
option_setter option_seconds; /* double */
option_setter option_bytes;   /* int64_t */
option_setter option_string;  /* const char *; with a min of 1 not empty */
option_setter option_list;    /* a NULL-terminated list of strings, which grows */

/* Adds to a NULL-terminated list of borrowed strings, NULL being the empty one. */
void option_list_add(const char *const **list, const char *s);

/* Frees the lists that the rows of lists point to. */
void option_free(option_tables tables, void *values);

/* Appends "'ARG' " and the formatted text; returns -EINVAL. */
int option_wrong(struct buf *why, const char *arg, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
