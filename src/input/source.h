/* source.h - where requests come from: arguments, a file, standard input.
 *
 * Reading is lazy: a line is read when it is asked for, so results flow before the
 * input ends and memory does not grow with it. Every input item gives one item here,
 * wrong ones too. */
#ifndef TRAWL_INPUT_SOURCE_H
#define TRAWL_INPUT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "async/loop.h"
#include "http/request.h"

/* What arguments that are URLs are asked with, and what a line leaves open. Borrowed.
 */
struct request_template {
    const char *method; /* -X */
    const char *body;   /* -d, --json: bytes, NULL for none */
    size_t body_len;
    bool json;                  /* --json: its headers too */
    const char *const *headers; /* -H, NULL-terminated, or NULL: JSON's own headers
                                   stand back behind one of these that has their name */
};

struct source_config {
    const char *const *urls; /* arguments, NULL-terminated, or NULL; "-" is standard
                                input, any other one URL, never fields or an object */
    const char *file;        /* -i; "-" is standard input; NULL: none */
    bool glob;               /* expand arguments, curl's way */
    bool keys;               /* give the items their keys, for a state file */
    bool files;              /* lines are what trawl-download(1) says: mirrors, names */
    struct request_template request;
};

/* One input item. Either a request, or a reason why it is none. */
struct item {
    uint64_t index; /* counts all items of the run from 0 */
    struct request
        request;    /* request.url is what the record shows, also for a wrong one */
    char **mirrors; /* with `files`: other URLs of the same file; owned, mirror_count */
    size_t mirror_count;
    char *output;    /* with `files`: the name that was asked for; owned, NULL: none */
    char *sha256;    /* with `files`: 64 hex digits, lower case; owned, NULL: none */
    char *id;        /* raw JSON of the line's id, one line; owned, NULL: none */
    char *why;       /* what is wrong with it, for people; owned, NULL: nothing */
    void *own;       /* of a scenario that makes its items itself (run.h) */
    size_t size;     /* of the line, in bytes: what it holds in memory, about */
    uint8_t key[16]; /* of the line, without white space around it, and of the
                        template: the same request, the same key */
};

void item_clear(struct item *item);

struct source;

/* Opens the inputs in order: arguments, then the file. With neither, standard input.
 * NULL with a message logged when a file or a pattern is wrong. */
struct source *source_new(const struct source_config *config);
void source_free(struct source *s); /* NULL is allowed */

/* Suspends until there is an item, and now and then to let others run. 1 with *item
 * set, to be cleared by the caller; 0 at the end; -ECANCELED; another -errno when
 * reading failed (it was logged). */
async int source_next(struct source *s, struct item *item);

/* How many items there are, as far as that can be told without reading on: 0 before,
 * the number of all of them once the end was met. */
uint64_t source_total(const struct source *s);

#endif
