/* summary.h - what a run came to: counts, bytes, times, percentiles.
 *
 * Fixed memory however many requests: times go into histograms with an error of at most
 * one percent. */
#ifndef TRAWL_OUTPUT_SUMMARY_H
#define TRAWL_OUTPUT_SUMMARY_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "output/record.h"

struct histogram {
    uint64_t *counts; /* logarithmic buckets; NULL until the first value */
    uint64_t total, max;
};

/* Microseconds. */
void histogram_add(struct histogram *h, uint64_t us);
uint64_t histogram_percentile(const struct histogram *h, double percent);
void histogram_clear(struct histogram *h);

struct summary {
    double began;      /* loop_time */
    uint64_t requests; /* records written */
    uint64_t succeeded, failed, cancelled;
    uint64_t skipped; /* answered in an earlier run */
    uint64_t retries, redirects, connections;
    uint64_t bytes;   /* bodies, on the wire */
    uint64_t waiting; /* microseconds: all request times added up */
    uint64_t errors[HTTP_ERRORS];
    uint64_t statuses[6]; /* by class: [2] counts 2xx; [0] no response */
    struct histogram first_byte, total;
};

void summary_init(struct summary *s);
void summary_clear(struct summary *s);
void summary_add(struct summary *s, const struct record *r);

/* For people: a few lines, the first "200 requests, 12.3 s of waiting in 0.6 s: 20x".
 */
void summary_append_text(struct buf *out, const struct summary *s);

/* The same as one JSON object with a line end. */
void summary_append_json(struct buf *out, const struct summary *s);

#endif
