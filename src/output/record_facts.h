/* record_facts.h - what the formats of a record have in common. */
#ifndef TRAWL_OUTPUT_RECORD_FACTS_H
#define TRAWL_OUTPUT_RECORD_FACTS_H

#include "output/record.h"

/* Over the hops of the last attempt. */
struct timings record_times(const struct record *r);
int64_t record_queued(const struct record *r); /* microseconds */

/* The method of the last hop: a redirect may have changed it. */
const char *record_method(const struct record *r);

/* Where the last hop went, without credentials and fragment; NULL when no URL was asked
 * for, as what was given is none, or one of those that are refused. Owned by the
 * caller.
 */
char *record_url_effective(const struct record *r);

/* What a failed record says of its error: never empty. Borrowed; *room is for text that
 * is made here. */
const char *record_message(const struct record *r, char room[16]);
bool record_retriable(const struct record *r);

/* Appends `,"body":...`, for bytes with its encoding in front: null without a response,
 * JSON as it came, text as a string, the rest as base64. */
void record_append_body(struct buf *out, const struct response *rs);

/* The body's text as UTF-8, in the response or converted into `scratch`, which must be
 * empty. False when the body is bytes. */
bool record_body_text(const struct response *rs, struct buf *scratch,
                      struct slice *text);

/* Whether the response says that its body is JSON (RFC 9110, 8.3; RFC 6839, 3.1). */
bool record_body_is_json(const struct response *rs);

void record_append_text(struct buf *out, const struct record *r,
                        const struct record_options *o);
void record_append_write_out(struct buf *out, const struct record *r,
                             const struct record_options *o);

/* The JSON object without a line end. */
void record_append_json(struct buf *out, const struct record *r,
                        const struct record_options *o);

/* Appends a string literal; its length is known here. */
#define APPEND_LITERAL(out, literal) buf_append((out), "" literal, sizeof(literal) - 1)

#endif
