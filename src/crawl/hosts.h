/* hosts.h - what each host asks of this crawl: its robots.txt, fetched once, cached,
 * obeyed.
 */
#ifndef TRAWL_CRAWL_HOSTS_H
#define TRAWL_CRAWL_HOSTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/list.h"
#include "http/call.h"
#include "http/pool.h"

struct hosts;

struct hosts_config {
    struct pool *pool; /* robots.txt is a call like any other: limits, retries */
    struct client *client;
    const char *product; /* the product token */
    bool no_robots;      /* --no-robots: everything is allowed, nothing is fetched */

    /* Sitemaps of a host's robots.txt, told once, when it is there. */
    void (*sitemap)(const char *url, void *arg);
    void *arg;
};

struct hosts *hosts_new(const struct hosts_config *config);
void hosts_free(struct hosts *h); /* nobody may wait */

/* Embedded in who asks. */
struct hosts_waiter {
    struct list node;
    /* From the loop: the answer. `why` NULL: it may be asked for; else a static reason.
     */
    void (*answer)(struct hosts_waiter *w, bool allowed);
    const char *url; /* borrowed until the answer */
};

/* Asks whether the host of a normal URL lets it be fetched. The answer may come before
 * this returns. Crawl-delay is set at the limits with the first answer of a host. */
void hosts_ask(struct hosts *h, struct hosts_waiter *w);

/* Answers everybody with false: the run has stopped. */
void hosts_stop(struct hosts *h);

#endif
