/* What arrives: header lines and body bytes, checked as they come. */
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "http/client_internal.h"

/* All lines of one response; browsers stop at about as much. */
#define HEADER_BYTES_MAX (256 * 1024)

/* What most headers come to: room for them at once. */
#define USUAL_HEADER_BYTES 400

/* 100 Continue and 103 Early Hints come once or twice. */
#define INFORMATIONAL_MAX 64

/* A body kept in memory without --max-size. */
#define KEPT_BODY_MAX (64LL << 20)

/* A body may be large or squeezed hard, but not both by far: beyond this size it must
 * not have grown by more than this factor. */
#define BOMB_BYTES  (32LL << 20)
#define BOMB_FACTOR 200

/* ---- header ---- */

/* The three digits behind the version, 0 when there are none. */
static int status_of(struct slice line)
{
    struct slice version, code;
    int64_t n;

    slice_next(&line, ' ', &version);
    line = slice_trim(line); /* libcurl lets several spaces pass */
    if (!slice_next(&line, ' ', &code) || code.len != 3 ||
        slice_parse_digits(code, &n) < 0)
        return 0;
    return (int)n;
}

/* A line that looks like a status line is one where a response may begin: first of all,
 * and behind a provisional one. */
static bool begins_response(const struct transfer *t, const char *line, size_t n)
{
    int status = t->response->status;

    return n >= 5 && memcmp(line, "HTTP/", 5) == 0 &&
           (status == 0 || (status < 200 && t->headers_over));
}

static void begin_response(struct transfer *t, struct slice line)
{
    struct response *rs = t->response;

    rs->status = status_of(line);
    headers_reset(&rs->headers);
    buf_reserve(&rs->headers.lines, USUAL_HEADER_BYTES);
    t->headers_over = false;
    t->content_length = -1;
    if (rs->status < 200 && ++t->informational > INFORMATIONAL_MAX)
        transfer_verdict(t, HTTP_PROTOCOL, "more than %d informational (1xx) responses",
                         INFORMATIONAL_MAX);
}

/* RFC 9110, 8.6: digits, or a list of the same digits; anything else leaves open where
 * the body ends, and with it where the next response begins. */
static void check_content_length(struct transfer *t, struct slice value)
{
    struct slice part;

    do {
        int64_t n;

        if (!slice_next(&value, ',', &part))
            part = (struct slice){"", 0};
        if (slice_parse_digits(slice_trim(part), &n) < 0) {
            transfer_verdict(t, HTTP_PROTOCOL, "Content-Length is not a number");
            return;
        }
        if (t->content_length >= 0 && n != t->content_length) {
            transfer_verdict(t, HTTP_PROTOCOL,
                             "conflicting Content-Length: %lld and %lld",
                             (long long)t->content_length, (long long)n);
            return;
        }
        t->content_length = n;
    } while (value.len);
}

/* Only what was asked for is undone by libcurl, and counted by us: chunks. */
static void check_transfer_encoding(struct transfer *t, struct slice value)
{
    value = slice_trim(value);
    if (!slice_eq_nocase(value, "chunked") && !slice_eq_nocase(value, "identity"))
        transfer_verdict(t, HTTP_PROTOCOL, "Transfer-Encoding '%.*s' was not asked for",
                         (int)(value.len < 40 ? value.len : 40), value.data);
}

/* The fields that say where a body ends. One with a space before its colon (RFC 9112,
 * 5.1) is read by some and passed over by others: then nobody knows. */
static void check_framing(struct transfer *t, struct slice line)
{
    static const struct {
        const char *name;
        void (*check)(struct transfer *t, struct slice value);
    } fields[] = {
        {"content-length", check_content_length},
        {"transfer-encoding", check_transfer_encoding},
    };

    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        size_t n = strlen(fields[i].name);

        if (line.len <= n || strncasecmp(line.data, fields[i].name, n) != 0)
            continue;
        if (line.data[n] == ':')
            fields[i].check(t, (struct slice){line.data + n + 1, line.len - n - 1});
        else if (char_is_space(line.data[n]))
            transfer_verdict(t, HTTP_PROTOCOL, "white space behind the name %s",
                             fields[i].name);
    }
}

static void keep_header(struct transfer *t, struct slice line)
{
    headers_add_line(&t->response->headers, line.data, line.len);
    if (char_lower(line.data[0]) == 'c' || char_lower(line.data[0]) == 't')
        check_framing(t, line);
}

size_t receive_header(char *line, size_t size, size_t n, void *arg)
{
    struct transfer *t = arg;

    n *= size;
    t->last_activity = loop_time();
    t->header_bytes += n;
    t->response->size_header += (int64_t)n;
    if (t->header_bytes > HEADER_BYTES_MAX)
        transfer_verdict(t, HTTP_HEADER_TOO_LARGE, "the header is larger than %d kB",
                         HEADER_BYTES_MAX / 1024);
    else if (begins_response(t, line, n))
        begin_response(t, (struct slice){line, n});
    else if (line[0] == '\r' || line[0] == '\n')
        t->headers_over = true;
    else if (!t->headers_over) /* what comes later is a trailer */
        keep_header(t, (struct slice){line, n});
    return t->verdict ? 0 : n;
}

/* ---- body ---- */

static int refuse_large(struct transfer *t, int64_t most, const char *way_out)
{
    transfer_verdict(t, HTTP_TOO_LARGE, "the body is larger than %lld bytes (%s)",
                     (long long)most, way_out);
    return -1;
}

static int check_size(struct transfer *t, int64_t n)
{
    const struct client_config *o = &t->client->config;

    if (o->max_size > 0 && n > o->max_size)
        return refuse_large(t, o->max_size, "--max-size");
    if (o->max_size <= 0 && t->request->keep_body && n > KEPT_BODY_MAX)
        return refuse_large(t, KEPT_BODY_MAX, "--max-size lets more be kept");
    return 0;
}

static enum body_use refused(struct transfer *t, enum body_use use)
{
    const struct body_sink *sink = t->request->sink;

    if (use == BODY_REFUSE)
        transfer_verdict(t, sink->error, "%s", sink->why);
    return use;
}

static bool takes_decoded(const struct transfer *t)
{
    return t->request->sink && t->request->sink->decoded;
}

/* One that has to wait is given no more once these bytes are through: receive_body
 * holds the next ones. */
static void give_decoded(struct transfer *t, const char *data, size_t n)
{
    struct body_sink *sink = t->request->sink;

    if (t->sink_use == BODY_TAKE)
        t->sink_waits |= refused(t, sink->write(sink, data, n)) == BODY_WAIT;
}

static int take_decoded(void *arg, const char *data, size_t n)
{
    struct transfer *t = arg;
    struct response *rs = t->response;

    rs->size_decoded += (int64_t)n;
    if (check_size(t, rs->size_decoded) < 0)
        return -1;
    if (rs->size_decoded > BOMB_BYTES &&
        rs->size_decoded / BOMB_FACTOR > rs->size_download) {
        transfer_verdict(t, HTTP_TOO_LARGE,
                         "the compressed body grows to more than %d times its size",
                         BOMB_FACTOR);
        return -1;
    }
    if (t->request->keep_body)
        buf_append(&rs->body, data, n);
    if (takes_decoded(t))
        give_decoded(t, data, n);
    return t->verdict ? -1 : 0;
}

static void begin_decoding(struct transfer *t)
{
    struct slice codings;

    /* A range is a piece of a coding, not a whole one. */
    if (t->response->status == 206 ||
        !headers_get(&t->response->headers, "Content-Encoding", &codings))
        return;
    if (decoder_new(&t->decoder, codings, take_decoded, t) < 0)
        transfer_verdict(t, HTTP_DECODE, "Content-Encoding '%.*s' is not known",
                         (int)(codings.len < 40 ? codings.len : 40), codings.data);
}

/* The body of a redirect that is followed is not read, so it need not be readable. */
static void begin_body(struct transfer *t)
{
    struct body_sink *sink = t->request->sink;
    struct slice location;

    t->body_began = true;
    t->sink_use = BODY_DROP;
    if (t->client->config.max_redirects > 0 &&
        response_redirects(t->response, &location))
        return;
    if (sink)
        t->sink_use = refused(t, sink->begin(sink, t->response));
    if (!sink || (sink->decoded && t->sink_use == BODY_TAKE))
        begin_decoding(t);
}

/* Paused, libcurl brings the same bytes again, perhaps in other pieces: what was
 * granted for them once is not asked for twice. */
static bool rate_allows(struct transfer *t, size_t n)
{
    struct throttle *throttle = t->client->throttle;

    if (throttle && n > t->granted) {
        if (!throttle_take(throttle, &t->throttled, n - t->granted))
            return false;
        t->granted = n;
    }
    return true;
}

static enum body_use give_to_sink(struct transfer *t, const char *data, size_t n)
{
    struct body_sink *sink = t->request->sink;
    enum body_use use = t->sink_use;

    if (use == BODY_TAKE)
        use = refused(t, sink->write(sink, data, n));
    t->sink_waits = use == BODY_WAIT;
    return use;
}

size_t receive_body(char *data, size_t size, size_t n, void *arg)
{
    struct transfer *t = arg;

    n *= size;
    t->last_activity = loop_time();
    if (t->verdict)
        return 0;
    if (t->sink_waits && takes_decoded(t))
        return transfer_hold(t);
    if (!rate_allows(t, n))
        return transfer_hold(t);
    if (!t->body_began)
        begin_body(t);
    if (!t->verdict && check_size(t, t->response->size_download + (int64_t)n) == 0 &&
        t->request->sink && !takes_decoded(t) && give_to_sink(t, data, n) == BODY_WAIT)
        return transfer_hold(t);
    t->granted -= t->granted < n ? t->granted : n;
    t->response->size_download += (int64_t)n;
    if (t->verdict)
        return 0;
    if (!t->decoder)
        return take_decoded(t, data, n) < 0 ? 0 : n;
    if (decoder_feed(t->decoder, data, n) < 0) {
        transfer_verdict(t, HTTP_DECODE, "the body is not in its Content-Encoding");
        return 0;
    }
    return n;
}

void receive_end(struct transfer *t)
{
    /* There is none; or the connection ended within the header, or behind a provisional
     * one. */
    if (!t->body_began && t->headers_over && t->response->status >= 200)
        begin_body(t);
    if (t->decoder && decoder_finish(t->decoder) < 0)
        transfer_verdict(t, HTTP_DECODE, "the compressed body is cut short");
}
