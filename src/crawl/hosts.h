/* hosts.h - what each host asks of this crawl: its robots.txt, fetched once, cached,
 * obeyed (RFC 9309).
 *
 * A host is an origin. Its robots.txt is a call like any other: it waits for its place,
 * is retried and redirected, also to other hosts, as the client is set. What comes of
 * it holds for 24 hours, or as long as the run takes:
 * - a file: its rules; of one that is larger than ROBOTS_BYTES_MAX what is before.
 * - 4xx but 429, redirects without an end: there is none, all may be asked for.
 * - 5xx and 429: nothing may be asked for.
 * - no answer: nothing is asked for either; whoever asks is told the failure. */
#ifndef TRAWL_CRAWL_HOSTS_H
#define TRAWL_CRAWL_HOSTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/list.h"
#include "http/client.h"
#include "http/pool.h"

struct hosts;

struct hosts_config {
    struct client *client;
    const char *product; /* the product token */
    bool no_robots;      /* --no-robots: everything is allowed, nothing is fetched */

    /* Whether the client's headers and login are meant for the host of that URL. */
    bool (*is_stranger)(const char *url, void *arg);

    /* Sitemaps of a host's robots.txt, told once, when it is there; `asked` is the URL
     * that was asked for first. */
    void (*sitemap)(const char *url, const char *asked, void *arg);
    void *arg;
};

struct hosts *hosts_new(const struct hosts_config *config);
void hosts_free(struct hosts *h); /* nobody may wait */

/* Embedded in who asks. */
struct hosts_waiter {
    struct list node;

    /* From the loop or a task. HTTP_OK: it may be asked for; HTTP_ROBOTS_DENIED; or why
     * robots.txt cannot be had, with a text for people (borrowed) in both cases. Must
     * not suspend; may free the waiter. */
    void (*answer)(struct hosts_waiter *w, enum http_error denied, const char *why);
    const char *url; /* borrowed until the answer */
};

/* Asks whether the host of a normal URL lets it be fetched. The answer may come before
 * this returns; else the waiter holds no place. robots.txt is fetched by the errands of
 * `pool`. Crawl-delay is set at the limits before the first answer of a host. */
void hosts_ask(struct hosts *h, struct pool *pool, struct hosts_waiter *w);

/* Whether its host is known to forbid it. */
bool hosts_forbid(struct hosts *h, const char *url);

/* Answers everybody with HTTP_CANCELLED, from now on: the run has stopped. */
void hosts_stop(struct hosts *h);

#endif
