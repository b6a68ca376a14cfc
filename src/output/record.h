/* record.h - one input, one record: as a JSON line, as readable text, as a line of the
 * user's own. The fields are named in trawl-fetch(1) and contrib/schema. */
#ifndef TRAWL_OUTPUT_RECORD_H
#define TRAWL_OUTPUT_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "http/call.h"

/* All that a record tells. Borrowed. */
struct record {
    uint64_t index;
    const char *id; /* raw JSON, or NULL */
    const struct call *call;
    enum http_error error; /* the call's, or HTTP_STATUS for a status not accepted */
    struct slice more;     /* what the scenario adds to the JSON: `,"path":"a",...` */
    const char *label;     /* and to the text, behind the URL; of any bytes, or NULL */
};

enum record_format { RECORD_JSON, RECORD_TEXT, RECORD_WRITE_OUT };

struct write_out; /* a compiled -w format */

struct record_options {
    enum record_format format;
    bool body, headers, redirects;
    bool color;    /* text only */
    bool terminal; /* the records go to one, which would obey what is in them */
    const struct write_out *write_out;
    const struct client_config *dry_run; /* of the client that sends nothing, or NULL */
};

/* Appends the record with its line end; a line of the user's own gets one unless its
 * format ends in one, or is empty. */
void record_append(struct buf *out, const struct record *r,
                   const struct record_options *o);

/* Appends a JSON line for a request that is not sent (--dry-run): what would be asked,
 * credentials masked. `config` has the headers that go with every request. Of a line
 * that is no request nothing is known, so of one that looks like JSON nothing is shown.
 */
void record_append_dry(struct buf *out, const struct record *r,
                       const struct client_config *config);

/* Compiles curl's -w format: %{name}, %header{name}, %%, \n, \t, \r; "@file" is read by
 * the caller. NULL with a message in *why (owned by the caller; it names the nearest
 * name) for an unknown name. */
struct write_out *write_out_new(const char *format, char **why);
void write_out_free(struct write_out *w);

#endif
