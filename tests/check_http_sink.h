/* check_http_sink.h - what the tests of sinks share: one that keeps what it takes, and
 * a server with bytes for it. */
#ifndef TRAWL_TESTS_CHECK_HTTP_SINK_H
#define TRAWL_TESTS_CHECK_HTTP_SINK_H

#include "check_http.h"

#include "encode.h"
#include "http/body_sink.h"

/* A sink that keeps what it takes and does otherwise on demand. */
struct taker {
    struct body_sink sink;
    struct buf bytes;
    enum body_use at_begin;
    size_t portion;     /* bytes between one wait and the next; 0: never waits */
    unsigned times;     /* how often in a row it is asked in vain */
    double pause;       /* seconds to the next time; 0: the next round, < 0: never */
    size_t refuse_from; /* bytes it has when it takes no more */

    unsigned begun, writes, waits;
    size_t largest; /* of what it was given at once */
    int status;     /* that begin saw */
    bool waiting;
    size_t since; /* bytes since the last wait */
    unsigned asked;
    struct timer timer;
    struct handle soon;
};

static inline struct taker *taker_of(struct body_sink *s)
{
    return container_of(s, struct taker, sink);
}

static inline enum body_use begin(struct body_sink *s, const struct response *rs)
{
    struct taker *t = taker_of(s);

    ck_assert_ptr_nonnull(s->resume);
    ck_assert_uint_eq(t->writes, 0);
    t->begun++;
    t->status = rs->status;
    return t->at_begin;
}

static inline void go_on(void *arg)
{
    struct taker *t = arg;

    ck_assert(t->waiting);
    t->waiting = false;
    if (++t->asked >= t->times)
        t->since = t->asked = 0;
    body_sink_resume(&t->sink);
}

static inline enum body_use wait_a_while(struct taker *t)
{
    t->waits++;
    t->waiting = true;
    if (t->pause > 0)
        loop_call_later(loop_current(), &t->timer, t->pause);
    else if (t->pause == 0)
        loop_call_soon(loop_current(), &t->soon);
    return BODY_WAIT;
}

static inline enum body_use take(struct body_sink *s, const char *data, size_t n)
{
    struct taker *t = taker_of(s);

    ck_assert_uint_eq(t->begun, 1);
    ck_assert_int_eq(t->at_begin, BODY_TAKE);
    ck_assert_uint_gt(n, 0);
    ck_assert(!t->waiting);
    ck_assert_ptr_nonnull(s->resume);
    t->writes++;
    if (n > t->largest)
        t->largest = n;
    if (t->portion && t->since >= t->portion)
        return wait_a_while(t);
    if (t->bytes.len >= t->refuse_from) {
        ck_assert_int_eq(s->error, HTTP_OK); /* once is enough */
        s->error = HTTP_LOCAL_IO;
        s->why = "the disk is full";
        return BODY_REFUSE;
    }
    t->since += n;
    buf_append(&t->bytes, data, n);
    return BODY_TAKE;
}

static inline void taker_init(struct taker *t)
{
    *t = (struct taker){
        .sink = {.begin = begin, .write = take},
        .at_begin = BODY_TAKE,
        .refuse_from = SIZE_MAX,
    };
    timer_init(&t->timer, go_on, t);
    handle_init(&t->soon, go_on, t);
}

/* Waits before each portion, the first one too. */
static inline void taker_init_slow(struct taker *t, size_t portion, double pause)
{
    taker_init(t);
    t->portion = t->since = portion;
    t->pause = pause;
}

static inline void taker_clear(struct taker *t)
{
    timer_stop(&t->timer);
    handle_cancel(&t->soon);
    buf_clear(&t->bytes);
}

/* A request whose body goes to the sink; after it the sink is nobody's. */
static inline async int fetch_by(const char *method, const char *target,
                                 struct taker *t, struct response *rs)
{
    struct ask a;
    int r;

    ask_init(&a, target);
    a.request.method = mem_strdup(method);
    a.request.keep_body = false;
    a.request.sink = &t->sink;
    r = ask(&a, 0, rs);
    ck_assert_ptr_null(t->sink.resume);
    ck_assert_ptr_null(t->sink.transfer);
    body_sink_resume(&t->sink);
    ck_assert_uint_eq(rs->body.len, 0);
    ask_clear(&a);
    return r;
}

static inline async int fetch(const char *target, struct taker *t, struct response *rs)
{
    return fetch_by("GET", target, t, rs);
}

/* ---- the server ---- */

static inline async int chunk(struct exchange *x, const char *data, size_t n)
{
    int r = answer(x, "%zx\r\n", n);

    if (r >= 0)
        r = answer_bytes(x, data, n);
    return r < 0 ? r : answer(x, "\r\n");
}

static inline async int chunks(struct exchange *x, const char *data, size_t n)
{
    int r = answer(x, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");

    for (size_t size; r >= 0 && n > 0; data += size, n -= size) {
        size = n < 5000 ? n : 5000;
        r = chunk(x, data, size);
    }
    return r < 0 ? r : answer(x, "0\r\n\r\n");
}

/* A redirect with a body of its own, to 30000 bytes. */
static inline async int answer_moved(struct exchange *x, size_t n)
{
    char *data = mem_alloc(n + 1);
    int r;

    memset(data, 'm', n);
    r = answer_with(x, 302, "Location: /bytes/chunked/30000/4\r\n", data, n);
    free(data);
    return r;
}

/* As answer_by_target, and
 *   /bytes/FRAMING/N/SEED  N bytes
 *   /moved/N               a redirect with so many */
static inline async int answer_bytes_too(struct exchange *x)
{
    char framing[16], *data;
    unsigned seed;
    size_t n;
    int r;

    if (sscanf(x->target, "/moved/%zu", &n) == 1)
        return answer_moved(x, n);
    if (sscanf(x->target, "/bytes/%15[a-z]/%zu/%u", framing, &n, &seed) != 3)
        return answer_by_target(x);
    data = mem_alloc(n + 1);
    fill(data, n, seed);
    if (strcmp(framing, "length") == 0) {
        r = answer_with(x, 200, "", data, n);
    } else if (strcmp(framing, "chunked") == 0) {
        r = chunks(x, data, n);
    } else {
        if ((r = answer(x, "HTTP/1.1 200 OK\r\n\r\n")) >= 0)
            answer_bytes(x, data, n);
        r = -1; /* the end of the connection is that of the body */
    }
    free(data);
    return r;
}

static inline void expect_bytes(const struct taker *t, size_t n, unsigned seed)
{
    char *data = mem_alloc(n + 1);

    fill(data, n, seed);
    ck_assert_uint_eq(t->bytes.len, n);
    ck_assert(n == 0 || memcmp(t->bytes.data, data, n) == 0);
    free(data);
}

static const char *const framings[] = {"length", "chunked", "close"};

/* What ended while it waited leaves nothing behind for those who come after it. */
static inline async void check_nothing_left(void)
{
    static const size_t portions[] = {0, 1, 30000};
    struct response rs = {0};
    struct taker t;

    for (unsigned i = 0; i < 3; i++) {
        taker_init_slow(&t, portions[i], 0);
        ck_assert_int_eq(fetch("/bytes/length/70000/77", &t, &rs), 0);
        expect_bytes(&t, 70000, 77);
        taker_clear(&t);
    }
    response_clear(&rs);
}

#endif
