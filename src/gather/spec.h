/* spec.h - what is to be gathered: requests, what they need, and the document.
 *
 * A spec is read, looked up and checked as a whole before anything is sent: what is
 * certain to fail is a fault, with its place in the text. trawl-gather(1) says what a
 * spec may hold. */
#ifndef TRAWL_GATHER_SPEC_H
#define TRAWL_GATHER_SPEC_H

#include <stdint.h>

#include "base/pattern.h"
#include "gather/template.h"
#include "http/status_set.h"

/* A constant: of `vars`, of --var, or of the environment. */
struct variable {
    char *name;
    char *json; /* its value, compact; owned */
    size_t len;
    bool secret; /* is of the environment, or refers to it */
};

struct header_template {
    char *name;
    struct template value; /* its `at` is NULL: the header is left out */
};

/* How the next page is found. */
enum paging {
    PAGING_NONE,
    PAGING_LINK,    /* a Link header (RFC 8288) */
    PAGING_POINTER, /* a pointer to its URL */
    PAGING_CURSOR,  /* a pointer to what is sent as a parameter */
    PAGING_PAGE,    /* numbers of pages, */
    PAGING_OFFSET   /* or of elements, until there is nothing */
};

struct pages {
    enum paging kind;
    struct slice pointer; /* to the next URL, or the cursor; owned */
    char *parameter;      /* of the URL */
    int64_t start;        /* of page and offset */
    unsigned max;
    bool max_given;
};

/* One condition of `expect` on the answer. */
struct check {
    struct slice pointer; /* owned */
    struct template equals;
    struct pattern *pattern; /* NULL: it is `equals` */
};

struct expect {
    bool has_statuses;
    struct status_set statuses;
    struct check *checks;
    size_t check_count;
};

enum answer_form { FORM_AUTO, FORM_JSON, FORM_TEXT };

struct spec_request {
    char *name;
    const char *at; /* of its name */
    char *method;   /* NULL: GET, or POST with a body */
    struct template url, body, json, foreach, fallback;
    struct header_template *headers;
    size_t header_count;
    double max_time; /* REQUEST_DEFAULT: as the client is set, */
    int retries;     /* as this */
    struct status_set retry_statuses;
    bool retry_unexpected;       /* retry_on has "expect" */
    double think_min, think_max; /* seconds */
    bool optional;
    enum answer_form form;
    bool selects;
    struct slice select; /* owned */
    struct pages pages;
    struct expect expect;
    uint64_t given; /* a bit for each field that was */

    size_t *needs; /* numbers of the requests it refers to, each once */
    size_t need_count;
    unsigned stage; /* 0: needs nothing; else behind the last of what it needs */
    size_t slots;   /* how many references it has */
};

struct spec {
    struct variable *variables;
    size_t variable_count;
    struct spec_request *requests;
    size_t request_count;
    struct template output; /* its `at` is NULL without */
    unsigned stages;
};

struct spec_options {
    const char *const *variables; /* of --var: "name=value", NULL-terminated, or NULL */
};

/* NULL with the fault, which the caller clears. The text must outlive the spec; values
 * of the environment that it refers to are hidden from messages from then on (mask.h).
 */
struct spec *spec_new(struct slice text, const struct spec_options *o, struct fault *f);
void spec_free(struct spec *s); /* NULL is allowed */

/* The number of the request; request_count: there is none of that name. */
size_t spec_find_request(const struct spec *s, const char *name);
const struct variable *spec_find_variable(const struct spec *s, const char *name);

/* Calls fn for each template of a request, but for `fallback`, which refers to nothing
 * that is to come. Stops at the first that is not 0, and returns that. */
int spec_each_template(struct spec_request *rq,
                       int (*fn)(struct template *t, void *arg), void *arg);

#endif
