/* bare PREFIX COUNT CONCURRENCY - the floor: PREFIX1 to PREFIXCOUNT are fetched with
 * libev and libcurl and nothing else. No output, no records, no decoding, no limits;
 * finished easy handles are used again. Exit status 1 when a request failed.
 *
 * Of many at once, some hundred share a multi handle: adding a handle walks the host's
 * connections in its multi, and removing one walks all of them. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <curl/curl.h>
#include <ev.h>

#define SHARE 256 /* easy handles in a multi */

struct shard {
    struct ev_timer timer;
    CURLM *multi;
};

struct watch {
    struct ev_io io;
    struct shard *shard;
};

static struct ev_loop *loop;
static const char *prefix;
static long count, started, done, failed;

static size_t discard(char *data, size_t size, size_t n, void *arg)
{
    (void)data, (void)arg;
    return size * n;
}

/* Gives the handle its next URL, or ends it. */
static void start_next(struct shard *s, CURL *easy)
{
    char url[2048];

    if (started == count) {
        curl_easy_cleanup(easy);
        return;
    }
    snprintf(url, sizeof(url), "%s%ld", prefix, ++started);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_multi_add_handle(s->multi, easy);
}

static void act(struct shard *s, curl_socket_t fd, int events)
{
    CURLMsg *message;
    int running, left;

    curl_multi_socket_action(s->multi, fd, events, &running);
    while ((message = curl_multi_info_read(s->multi, &left))) {
        CURL *easy = message->easy_handle;

        failed += message->data.result != CURLE_OK;
        done++;
        curl_multi_remove_handle(s->multi, easy); /* ends the message, too */
        start_next(s, easy);
    }
    if (done == count)
        ev_break(loop, EVBREAK_ALL);
}

static void on_io(struct ev_loop *l, struct ev_io *w, int events)
{
    (void)l;
    act(((struct watch *)w)->shard, w->fd,
        (events & EV_READ ? CURL_CSELECT_IN : 0) |
            (events & EV_WRITE ? CURL_CSELECT_OUT : 0));
}

static void on_timer(struct ev_loop *l, struct ev_timer *w, int events)
{
    (void)l, (void)events;
    act((struct shard *)w, CURL_SOCKET_TIMEOUT, 0);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *shard, void *socketp)
{
    struct watch *w = socketp;

    (void)easy;
    if (w)
        ev_io_stop(loop, &w->io);
    if (what == CURL_POLL_REMOVE) {
        free(w);
        return 0;
    }
    if (!w) {
        w = malloc(sizeof(*w));
        if (!w)
            abort();
        ev_init(&w->io, on_io);
        w->shard = shard;
        curl_multi_assign(w->shard->multi, fd, w);
    }
    ev_io_set(&w->io, fd,
              (what & CURL_POLL_IN ? EV_READ : 0) |
                  (what & CURL_POLL_OUT ? EV_WRITE : 0));
    ev_io_start(loop, &w->io);
    return 0;
}

static int on_timeout(CURLM *m, long ms, void *shard)
{
    struct ev_timer *timer = &((struct shard *)shard)->timer;

    (void)m;
    ev_timer_stop(loop, timer);
    if (ms >= 0) {
        /* libev counts from when it last looked at the clock. */
        ev_timer_set(timer, (double)ms / 1000 + ev_time() - ev_now(loop), 0);
        ev_timer_start(loop, timer);
    }
    return 0;
}

static void shard_start(struct shard *s, long handles)
{
    ev_init(&s->timer, on_timer);
    s->multi = curl_multi_init();
    curl_multi_setopt(s->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(s->multi, CURLMOPT_SOCKETDATA, s);
    curl_multi_setopt(s->multi, CURLMOPT_TIMERFUNCTION, on_timeout);
    curl_multi_setopt(s->multi, CURLMOPT_TIMERDATA, s);
    curl_multi_setopt(s->multi, CURLMOPT_MAXCONNECTS, handles);
    for (long i = 0; i < handles; i++) {
        CURL *easy = curl_easy_init();

        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard);
        start_next(s, easy);
    }
}

static void raise_file_limit(void)
{
    struct rlimit files;

    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}

int main(int argc, char **argv)
{
    long handles;

    if (argc != 4 || (count = atol(argv[2])) < 1 || (handles = atol(argv[3])) < 1) {
        fprintf(stderr, "usage: bare PREFIX COUNT CONCURRENCY\n");
        return 2;
    }
    prefix = argv[1];
    handles = handles < count ? handles : count;
    signal(SIGPIPE, SIG_IGN);
    raise_file_limit();
    loop = ev_default_loop(0);
    curl_global_init(CURL_GLOBAL_DEFAULT);

    long shards = (handles + SHARE - 1) / SHARE;
    struct shard *all = calloc((size_t)shards, sizeof(*all));
    if (!all)
        abort();
    for (long i = 0; i < shards; i++)
        shard_start(&all[i], handles / shards + (i < handles % shards));
    ev_run(loop, 0);
    for (long i = 0; i < shards; i++)
        curl_multi_cleanup(all[i].multi);
    free(all);
    curl_global_cleanup();
    if (failed)
        fprintf(stderr, "bare: %ld of %ld requests failed\n", failed, count);
    return failed ? 1 : 0;
}
