/* html_internal.h - the tokenizer's state, as html.c, html_tag.c and html_text.c share
 * it.
 *
 * Each state is a function that takes what it can of the bytes between `p` and `end`
 * and returns the state that comes next. Names follow the standard's where there is
 * one. */
#ifndef TRAWL_MARKUP_HTML_INTERNAL_H
#define TRAWL_MARKUP_HTML_INTERNAL_H

#include <string.h>

#include "markup/html.h"
#include "markup/html_foreign.h"
#include "markup/newlines.h"

enum html_state {
    IN_DATA,
    IN_TAG_OPEN,     /* behind "<" */
    IN_END_TAG_OPEN, /* behind "</" */
    IN_TAG_NAME,
    IN_BEFORE_ATTR_NAME,
    IN_ATTR_NAME,
    IN_AFTER_ATTR_NAME,
    IN_BEFORE_VALUE,
    IN_VALUE_QUOTED,
    IN_VALUE_BARE,
    IN_SELF_CLOSING, /* behind "/" in a tag */
    IN_MARKUP,       /* behind "<!" */
    IN_BOGUS_COMMENT,
    IN_COMMENT,
    IN_CDATA,
    IN_TEXT_ONLY,    /* RCDATA and RAWTEXT */
    IN_TEXT_END_TAG, /* behind "<" in these, and behind "</" in a script */
    IN_SCRIPT_DATA,
    IN_SCRIPT_LESS_THAN, /* behind "<" */
    IN_SCRIPT_BANG,      /* behind "<!" */
    IN_SCRIPT_WORD,      /* behind what may be "script", which makes "<!--" deeper */
    IN_PLAINTEXT
};

struct html {
    struct html_handler handler;
    enum html_state state;
    const char *p, *end;
    const char *start; /* of these bytes, which are behind `before` others */
    int64_t before;
    struct newlines lines; /* counted up to where it was last asked */

    /* The tag: what is told of it, and what is known besides. */
    struct html_tag tag;
    uint32_t wanted;
    uint32_t too_long; /* of tag.attrs */
    uint32_t copied;   /* of tag.attrs: values that came in pieces, from... */
    size_t copied_at[HTML_ATTRS]; /* ... here on in `copies` */
    struct buf copies;
    bool self_closing;
    enum html_attr attr; /* the one that is being read; HTML_ATTRS: not wanted */
    char quote;

    /* A name that was cut by the end of the bytes; longer than HTML_NAME_MAX: unknown.
     */
    char name[HTML_NAME_MAX + 1];
    size_t name_len;

    /* Comments and CDATA: the last bytes of what they hold. "<!", "</title": how much
     * has been matched, and in which letters. */
    uint32_t tail;
    unsigned tail_len;
    unsigned matched;
    char held[HTML_NAME_MAX + 3];

    const struct html_name *text; /* the element whose text this is */
    bool telling;                 /* that text is wanted */
    int script_depth; /* 0: plain; 1: behind "<!--", escaped; 2: doubly so */
    int dashes;       /* in these, just before here */
    struct html_foreign foreign;
};

/* What a byte is to the tokenizer. */
enum html_class {
    HTML_SPACE = 1,    /* white space; CR is LF by the time the standard sees it */
    HTML_NAME_END = 2, /* white space, "/", ">": ends a tag's name */
    HTML_ATTR_END = 4, /* the same and "=" */
    HTML_BARE_END = 8, /* white space, ">" */
    HTML_ALPHA = 16
};

extern const unsigned char html_class[256];

static inline bool html_is(char c, enum html_class class)
{
    return html_class[(unsigned char)c] & class;
}

static inline int64_t html_offset(const struct html *h, const char *p)
{
    return h->before + (p - h->start);
}

/* html_tag.c: the states inside a tag, from its name on. */
enum html_state html_in_tag_name(struct html *h);
enum html_state html_in_before_attr_name(struct html *h);
enum html_state html_in_attr_name(struct html *h);
enum html_state html_in_after_attr_name(struct html *h);
enum html_state html_in_before_value(struct html *h);
enum html_state html_in_value_quoted(struct html *h);
enum html_state html_in_value_bare(struct html *h);
enum html_state html_in_self_closing(struct html *h);

/* A tag begins: p is at its name, or behind it. */
enum html_state html_tag_begin(struct html *h, bool is_end);
enum html_state html_tag_begin_end_of(struct html *h, const struct html_name *name);

/* p is behind "</". True: the tag says nothing, and p is behind it. */
bool html_skip_end_tag(struct html *h);

/* The bytes end inside a tag: what points into them is copied. */
void html_tag_suspend(struct html *h);

/* html_text.c: elements that hold text alone. */
enum html_state html_text_begin(struct html *h, const struct html_name *name);
enum html_state html_in_text(struct html *h);
enum html_state html_in_text_end_tag(struct html *h);
enum html_state html_in_script(struct html *h);
enum html_state html_in_script_less_than(struct html *h);
enum html_state html_in_script_bang(struct html *h);
enum html_state html_in_script_word(struct html *h);

/* Tells text, from `from` up to p. */
void html_tell(struct html *h, const char *from);

#endif
