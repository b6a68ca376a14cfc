/* Sinks that ask for the body decoded. */
#include "check_http_sink.h"

static struct {
    const char *coding; /* NULL: none */
    struct buf body;    /* in that coding */
    const char *framing;
} sent;

static async int answer_sent(struct exchange *x)
{
    char header[64] = "";
    int r;

    if (sent.coding)
        snprintf(header, sizeof(header), "Content-Encoding: %s\r\n",
                 encoding_header(sent.coding));
    if (strcmp(sent.framing, "length") == 0)
        return answer_with(x, 200, header, sent.body.data, sent.body.len);
    r = answer(x, "HTTP/1.1 200 OK\r\n%sTransfer-Encoding: chunked\r\n\r\n", header);
    for (size_t at = 0, n; r >= 0 && at < sent.body.len; at += n) {
        n = sent.body.len - at < 3000 ? sent.body.len - at : 3000;
        r = chunk(x, sent.body.data + at, n);
    }
    return r < 0 ? r : answer(x, "0\r\n\r\n");
}

/* Takes what it is given, and says now and then that it has enough for now; what is
 * being decoded comes all the same. */
static enum body_use take_and_wait(struct body_sink *s, const char *data, size_t n)
{
    struct taker *t = taker_of(s);

    ck_assert_uint_gt(n, 0);
    ck_assert_ptr_nonnull(s->resume);
    t->writes++;
    t->since += n;
    buf_append(&t->bytes, data, n);
    if (!t->portion || t->since < t->portion)
        return BODY_TAKE;
    t->since = 0;
    return t->waiting ? BODY_WAIT : wait_a_while(t);
}

static void decoded_init(struct taker *t, size_t portion, double pause)
{
    taker_init(t);
    t->sink.decoded = true;
    t->sink.write = take_and_wait;
    t->portion = portion;
    t->pause = pause;
}

static void send_in(const char *coding, const char *framing, size_t n, unsigned seed)
{
    char *data = mem_alloc(n + 1);

    fill(data, n, seed);
    sent.coding = coding;
    sent.framing = framing;
    if (coding) {
        encode(coding, 1, data, n, &sent.body);
    } else {
        buf_reset(&sent.body);
        buf_append(&sent.body, data, n);
    }
    free(data);
}

static async void check_whole(const char *coding, const char *framing, size_t portion,
                              double pause)
{
    enum { N = 300000 };
    struct response rs = {0};
    struct taker t;

    send_in(coding, framing, N, 7);
    decoded_init(&t, portion, pause);
    ck_assert_int_eq(fetch("/", &t, &rs), 0);
    expect_bytes(&t, N, 7);
    ck_assert_int_eq(rs.size_download, (int64_t)sent.body.len);
    ck_assert_int_eq(rs.size_decoded, N);
    ck_assert(!portion || t.waits > 0);
    taker_clear(&t);
    response_clear(&rs);
}

CLIENT_TEST(decoded)
{
    static const size_t portions[] = {0, 1, 50000};

    (void)arg;
    setup(answer_sent);
    make_client();
    for (size_t i = 0; i < ARRAY_LEN(portions); i++)
        for (size_t k = 0; k < 2; k++) {
            check_whole(NULL, framings[k], portions[i], 0);
            for (const char *const *c = encodings; *c; c++)
                check_whole(*c, framings[k], portions[i], k ? 0 : 0.0005);
        }
    ck_assert_uint_eq(server.connections, 1);
    buf_clear(&sent.body);
    teardown();
    return 0;
}

/* While it waits nothing more is read, so nothing more is decoded than one piece gives.
 */
CLIENT_TEST(waits)
{
    enum { N = 8 << 20, PIECE = 256 * 1024 };
    struct response rs = {0};
    struct taker t;
    struct ask a;

    (void)arg;
    setup(answer_sent);
    make_client();
    send_in(NULL, "chunked", N, 3);
    decoded_init(&t, 1, -1);
    ask_init(&a, "/");
    a.request.keep_body = false;
    a.request.sink = &t.sink;
    ck_assert_int_eq(ask(&a, 0.1, &rs), HTTP_TIMEOUT);
    ck_assert_uint_gt(t.bytes.len, 0);
    ck_assert_uint_le(t.bytes.len, PIECE);
    ask_clear(&a);
    taker_clear(&t);
    buf_clear(&sent.body);
    response_clear(&rs);
    teardown();
    return 0;
}

CLIENT_TEST(waits_at_a_rate)
{
    struct response rs = {0};
    struct taker t;

    (void)arg;
    setup(answer_sent);
    config.limit_rate = 4 << 20;
    make_client();
    send_in("gzip", "length", 600000, 3);
    decoded_init(&t, 10000, 0);
    ck_assert_int_eq(fetch("/", &t, &rs), 0);
    expect_bytes(&t, 600000, 3);
    taker_clear(&t);
    buf_clear(&sent.body);
    response_clear(&rs);
    teardown();
    return 0;
}

static async void expect_failure(enum http_error error)
{
    struct response rs = {0};
    struct taker t;

    decoded_init(&t, 0, 0);
    ck_assert_int_eq(fetch("/", &t, &rs), (int)error);
    taker_clear(&t);
    response_clear(&rs);
}

CLIENT_TEST(broken)
{
    (void)arg;
    setup(answer_sent);
    config.max_size = 90000;
    make_client();
    send_in("gzip", "length", 50000, 3);
    sent.body.len -= 10;
    expect_failure(HTTP_DECODE);
    send_in("gzip", "length", 50000, 3);
    memset(sent.body.data + 20, 'x', 200);
    expect_failure(HTTP_DECODE);
    send_in("gzip", "length", 90001, 3);
    ck_assert_uint_lt(sent.body.len, 90000);
    expect_failure(HTTP_TOO_LARGE);
    buf_clear(&sent.body);
    teardown();
    return 0;
}

/* A body that is dropped need not be readable. */
CLIENT_TEST(dropped)
{
    struct response rs = {0};
    struct taker t;

    (void)arg;
    setup(answer_sent);
    make_client();
    send_in("gzip", "length", 50000, 3);
    memset(sent.body.data, 'x', 200);
    decoded_init(&t, 0, 0);
    t.at_begin = BODY_DROP;
    ck_assert_int_eq(fetch("/", &t, &rs), 0);
    ck_assert_uint_eq(t.bytes.len, 0);
    taker_clear(&t);
    buf_clear(&sent.body);
    response_clear(&rs);
    teardown();
    return 0;
}

CLIENT_TEST(refused)
{
    struct response rs = {0};
    struct taker t;

    (void)arg;
    setup(answer_sent);
    make_client();
    send_in("gzip", "chunked", 500000, 3);
    taker_init(&t);
    t.sink.decoded = true;
    t.refuse_from = 100000;
    ck_assert_int_eq(fetch("/", &t, &rs), HTTP_LOCAL_IO);
    ck_assert_str_eq(rs.message, "the disk is full");
    ck_assert_uint_ge(t.bytes.len, 100000);
    ck_assert_uint_lt(t.bytes.len, 200000);
    taker_clear(&t);
    buf_clear(&sent.body);
    response_clear(&rs);
    teardown();
    return 0;
}

static Suite *suite(void)
{
    return CHECK_SUITE("http_sink_decoded", decoded, waits, waits_at_a_rate, broken,
                       dropped, refused);
}

int main(void)
{
    return check_main(suite);
}
