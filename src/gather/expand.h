/* expand.h - templates become text: what their references stand for is put in.
 *
 * Values that servers sent are hostile: in JSON they are escaped, in URLs they are
 * percent-encoded and make no path of their own, in headers they make no second line.
 */
#ifndef TRAWL_GATHER_EXPAND_H
#define TRAWL_GATHER_EXPAND_H

#include "base/url.h"
#include "gather/result.h"
#include "gather/spec.h"

/* Where references are looked up. */
struct scope {
    const struct spec *spec;
    const struct result *results; /* one for each request of the spec, or NULL */
    struct slice *memo; /* a slot for each reference of the request, empty at first:
                           what was found, as long as the results stay; or NULL */
    struct slice item;  /* data NULL: no item */
    const struct reference *item_from; /* the result that has it; NULL: none has */
    size_t index;
    unsigned user;
};

/* Finds what a reference stands for, as JSON: a part of a result, a variable, or text
 * made in `room`, which must be empty. 0; or -ENOENT: nothing is there. */
int scope_find(const struct scope *s, const struct reference *r, struct slice *value,
               struct buf *room);

/* Each appends the expanded template to `out`. 0; or -EINVAL, with what is wrong in
 * *why (owned by the caller), which holds no value; `out` is then of no use. */

/* A string, or JSON: as the template was parsed. Strings within strings of JSON are
 * escaped. */
int expand(struct buf *out, const struct template *t, const struct scope *s,
           char **why);

/* JSON in which null stands for what is not there, and nothing for that within longer
 * strings; `missing` is called for each, unless what it refers to has failed. */
void expand_output(struct buf *out, const struct template *t, const struct scope *s,
                   void (*missing)(const struct reference *r, void *arg), void *arg);

/* The value of a header: without CR, LF and NUL, or it is refused. */
int expand_header(struct buf *out, const struct template *t, const struct scope *s,
                  char **why);

/* A URL. Values are percent-encoded as one component, but for one at the very
 * beginning, which is taken as it is: it has the scheme and the host. No value may be
 * "." or ".." where it stands as a segment of the path.
 *
 * When a value that came from a server says where the URL leads (it is at the
 * beginning, or the host ends with it), *captured is set to the reference, else to
 * NULL. */
int expand_url(struct buf *out, const struct template *t, const struct scope *s,
               const struct reference **captured, char **why);

/* For people: variables are put in, but for secrets; other references stay as they are
 * written. */
void expand_show(struct buf *out, const struct template *t, const struct spec *s);

/* The same for a URL, in which parameters that look secret are hidden, too. */
void expand_show_url(struct buf *out, const struct template *t, const struct spec *s);

#endif
