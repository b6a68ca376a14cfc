/* template.h - text with references in it: {{login#/token}}.
 *
 * A reference names a result or a variable, or one of env.NAME, item, index, user;
 * behind the name stands what of it is meant: nothing, #POINTER, .status or
 * .headers.NAME. A template is parsed once, and expanded as often as it is needed
 * (expand.h). */
#ifndef TRAWL_GATHER_TEMPLATE_H
#define TRAWL_GATHER_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "gather/fault.h"

enum reference_source {
    FROM_NAME, /* not looked up yet */
    FROM_VARIABLE,
    FROM_REQUEST,
    FROM_ENV, /* looked up, a variable */
    FROM_ITEM,
    FROM_INDEX,
    FROM_USER
};

enum reference_part { THE_VALUE, THE_STATUS, THE_HEADER };

struct reference {
    enum reference_source source;
    enum reference_part part;
    char *text;   /* all that stands between the braces; owned */
    char *name;   /* of the request or the variable, of the environment too; owned */
    char *detail; /* the pointer, or the header's name; owned, NULL: none */
    size_t detail_len;
    const char *at; /* in the text of the spec */
    size_t target;  /* the number of the request or the variable, once looked up */
    size_t slot;    /* its number among the references of its request */
};

enum piece_kind {
    PIECE_LITERAL,
    PIECE_TEXT, /* a reference within a string */
    PIECE_VALUE /* a reference that is all of a string, and stands for its value */
};

struct piece {
    enum piece_kind kind;
    char *literal; /* owned, of a literal */
    size_t literal_len;
    struct reference reference; /* of the others */
};

struct template
{
    struct piece *pieces;
    size_t count;
    bool json;      /* it is JSON, not text */
    const char *at; /* in the text of the spec; NULL: there is no such template */
};

void template_clear(struct template *t);

/* Parses a JSON string of the spec: its literals are what the string stands for. 0, or
 * -EINVAL and the fault. */
int template_parse_text(struct template *t, struct slice string, struct fault *f);

/* Parses any JSON value of the spec, with references in its strings: its literals are
 * JSON. A reference that is all of a string stands for the value without the quotes. */
int template_parse_json(struct template *t, struct slice value, struct fault *f);

/* Whether a request, a variable may have that name. */
bool template_name_good(struct slice name);

/* The next reference; start with *piece = 0. NULL after the last. */
struct reference *template_next(const struct template *t, size_t *piece);

#endif
