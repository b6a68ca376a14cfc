#include "http_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <check.h>

#include "base/mem.h"
#include "base/str.h"

/* ---- sockets ---- */

static int bound_socket(unsigned *port)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(a);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&a, &n), 0);
    *port = ntohs(a.sin_port);
    return fd;
}

unsigned port_refused(void)
{
    unsigned port;

    close(bound_socket(&port));
    return port;
}

static int connect_to(unsigned port)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)port),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    ck_assert_int_ge(fd, 0);
    if (connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0)
        ck_assert_int_eq(errno, EINPROGRESS);
    return fd;
}

void deaf_start(struct deaf *d)
{
    d->fd[0] = bound_socket(&d->port);
    ck_assert_int_eq(listen(d->fd[0], 0), 0);
    /* These fill the queue of connections that wait to be accepted. */
    for (size_t i = 1; i < ARRAY_LEN(d->fd); i++)
        d->fd[i] = connect_to(d->port);
}

void deaf_stop(struct deaf *d)
{
    for (size_t i = 0; i < ARRAY_LEN(d->fd); i++)
        close(d->fd[i]);
}

/* ---- reading and writing ---- */

static async int send_all(int fd, const char *data, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, data, n, MSG_NOSIGNAL | MSG_DONTWAIT);
        int r = 0;

        if (sent > 0) {
            data += sent;
            n -= (size_t)sent;
        } else if (errno == EAGAIN) {
            r = io_wait(fd, IO_WRITE);
        } else if (errno != EINTR) {
            return -errno;
        }
        if (r < 0)
            return r;
    }
    return 0;
}

/* Appends what comes: 1, 0 at the end, or negative. */
static async int receive(int fd, struct buf *to)
{
    for (;;) {
        char *room = buf_reserve(to, 4096);
        ssize_t n = recv(fd, room, 4096, MSG_DONTWAIT);
        int r;

        if (n >= 0) {
            buf_commit(to, (size_t)n);
            return n > 0;
        }
        if (errno != EAGAIN && errno != EINTR)
            return -errno;
        if (errno == EAGAIN && (r = io_wait(fd, IO_READ)) < 0)
            return r;
    }
}

int answer(struct exchange *x, const char *format, ...)
{
    struct buf text = BUF_INIT;
    va_list ap;
    int r;

    va_start(ap, format);
    buf_vappendf(&text, format, ap);
    va_end(ap);
    r = send_all(x->fd, text.data, text.len);
    buf_clear(&text);
    return r;
}

int answer_bytes(struct exchange *x, const char *data, size_t n)
{
    return send_all(x->fd, data, n);
}

int answer_with(struct exchange *x, int status, const char *fields, const char *body,
                size_t n)
{
    int r = answer(x, "HTTP/1.1 %d Some Reason\r\n%sContent-Length: %zu\r\n\r\n",
                   status, fields, n);

    return r < 0 || strcmp(x->method, "HEAD") == 0 ? r : send_all(x->fd, body, n);
}

int until_closed(struct exchange *x)
{
    struct buf ignored = BUF_INIT;
    int r;

    while ((r = receive(x->fd, &ignored)) > 0)
        ;
    buf_clear(&ignored);
    return -EPIPE;
}

const char *field(const struct buf *request, const char *name)
{
    static char value[4096];
    size_t n = strlen(name);

    for (const char *s = request->data; s && (s = strstr(s, "\r\n")); s++) {
        if (s[2] == '\r')
            return NULL;
        if (strncasecmp(s + 2, name, n) == 0 && s[2 + n] == ':') {
            s += 3 + n + strspn(s + 3 + n, " ");
            snprintf(value, sizeof(value), "%.*s", (int)strcspn(s, "\r"), s);
            return value;
        }
    }
    return NULL;
}

/* ---- requests ---- */

/* 1 with a whole request in x, its bytes taken from `in`; 0 at the end. */
static async int next_request(struct exchange *x, struct buf *in)
{
    char *end;
    size_t head, body;
    int r;

    while (!in->len || !(end = strstr(in->data, "\r\n\r\n")))
        if ((r = receive(x->fd, in)) <= 0)
            return r;
    head = (size_t)(end - in->data) + 4;
    buf_reset(&x->head);
    buf_append(&x->head, in->data, head);
    body = field(&x->head, "Content-Length")
               ? strtoul(field(&x->head, "Content-Length"), NULL, 10)
               : 0;
    while (in->len < head + body)
        if ((r = receive(x->fd, in)) <= 0)
            return r;
    buf_reset(&x->body);
    buf_append(&x->body, in->data + head, body);
    buf_consume(in, head + body);
    return sscanf(x->head.data, "%31s %1023s", x->method, x->target) == 2;
}

static async int handle(struct exchange *x)
{
    struct server *s = x->server;
    int r;

    buf_reset(&s->last);
    buf_append(&s->last, x->head.data, x->head.len);
    buf_append(&s->last, x->body.data, x->body.len);
    s->requests++;
    if (++s->active > s->most)
        s->most = s->active;
    r = s->handler(x);
    s->active--;
    x->served++;
    return r;
}

static async int connection(void *arg)
{
    struct exchange *x = arg;
    struct buf in = BUF_INIT;
    struct server *s = x->server;

    while (next_request(x, &in) > 0 && handle(x) >= 0)
        ;
    close(x->fd);
    s->open--;
    buf_clear(&in);
    buf_clear(&x->head);
    buf_clear(&x->body);
    free(x);
    return 0;
}

static async int accept_all(void *arg)
{
    struct server *s = arg;
    int r = 0;

    while (r >= 0) {
        int fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        struct exchange *x;

        if (fd < 0) { /* none there, or no more files: later */
            r = errno == EAGAIN ? io_wait(s->fd, IO_READ) : task_sleep(0.005);
            continue;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
        x = mem_zalloc(sizeof(*x));
        x->server = s;
        x->fd = fd;
        s->connections++;
        s->open++;
        group_create_task(&s->connected, connection, x);
    }
    return 0;
}

void server_start(struct server *s, exchange_fn *handler)
{
    *s = (struct server){.handler = handler};
    s->fd = bound_socket(&s->port);
    ck_assert_int_eq(listen(s->fd, 4096), 0);
    snprintf(s->origin, sizeof(s->origin), "http://127.0.0.1:%u", s->port);
    group_init(&s->connected);
    s->acceptor = task_create(accept_all, s);
    task_set_name(s->acceptor, "acceptor");
}

void server_stop(struct server *s)
{
    task_cancel(s->acceptor);
    task_await(s->acceptor);
    task_unref(s->acceptor);
    task_yield(); /* those that were made last must begin, or they would not end */
    group_cancel(&s->connected);
    group_wait(&s->connected);
    close(s->fd);
    buf_clear(&s->last);
}

/* ---- answers ---- */

static async int half(struct exchange *x)
{
    return answer(x, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
}

static async int big(struct exchange *x, size_t n)
{
    char *body = mem_alloc(n + 1);
    int r;

    memset(body, 'x', n);
    r = answer_with(x, 200, "", body, n);
    free(body);
    return r;
}

static async int part(struct exchange *x, unsigned n)
{
    int r = answer(x, "HTTP/1.1 200 OK\r\nContent-Length: %u\r\n\r\n%0*d", 2 * n,
                   (int)n, 0);

    return r < 0 ? r : until_closed(x);
}

static async int redirect(struct exchange *x, int status, const char *location)
{
    char fields[1200];

    snprintf(fields, sizeof(fields), "Location: %s\r\n", location);
    return answer_with(x, status, fields, "moved", 5);
}

static async int pair(struct exchange *x)
{
    unsigned first = x->server->seen++;

    while (x->server->seen < (first | 1u) + 1)
        if (task_sleep(0.001) < 0)
            return -ECANCELED;
    return answer_with(x, 200, "", "pair", 4);
}

int answer_by_target(struct exchange *x)
{
    int status, end = 0;
    unsigned n;

    if (sscanf(x->target, "/to/%d/%n", &status, &end) == 1 && end)
        return redirect(x, status, x->target + end);
    if (sscanf(x->target, "/flaky/%u", &n) == 1)
        return x->server->seen++ < n ? answer_with(x, 503, "", "503", 3)
                                     : answer_with(x, 200, "", "200", 3);
    if (sscanf(x->target, "/slow/%u", &n) == 1)
        return task_sleep(n / 1e3) < 0 ? -ECANCELED
                                       : answer_with(x, 200, "", "slow", 4);
    if (sscanf(x->target, "/big/%u", &n) == 1)
        return big(x, n);
    if (sscanf(x->target, "/part/%u", &n) == 1)
        return part(x, n);
    if (sscanf(x->target, "/status/%d", &status) == 1)
        return answer_with(x, status, "", strrchr(x->target, '/') + 1,
                           status == 204 || status == 304 ? 0 : 3);
    if (strcmp(x->target, "/hang") == 0)
        return until_closed(x);
    if (strcmp(x->target, "/half") == 0)
        return half(x) < 0 ? -1 : until_closed(x);
    if (strcmp(x->target, "/cut") == 0)
        return half(x), -1;
    if (strcmp(x->target, "/close") == 0)
        return -1;
    if (strcmp(x->target, "/pair") == 0)
        return pair(x);
    if (strncmp(x->target, "/echo", 5) == 0) {
        struct buf all = BUF_INIT;
        int r;

        buf_append(&all, x->head.data, x->head.len);
        buf_append(&all, x->body.data, x->body.len);
        r = answer_with(x, 200, "", all.data, all.len);
        buf_clear(&all);
        return r;
    }
    return answer_with(x, 404, "", "404", 3);
}
