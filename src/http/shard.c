/* Ties one libcurl multi handle to the loop. */
#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "http/client_internal.h"

/* What libcurl watches: assigned to the socket in libcurl's own table. */
struct watch {
    struct shard *shard;
    struct io *io;
    curl_socket_t fd;
};

/* Completes what libcurl has finished with. */
static void drain(struct shard *s)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(s->multi, &left))) {
        struct transfer *t;
        CURLcode code = message->data.result;

        /* Removing the handle frees the message: all of it is copied by now. */
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &t);
        shard_stop(t);
        t->code = code;
        if (!future_done(&t->done))
            future_set_result(&t->done, NULL);
    }
}

static void act(struct shard *s, curl_socket_t fd, int events)
{
    int running;

    s->actions++;
    curl_multi_socket_action(s->multi, fd, events, &running);
    drain(s);
}

static void socket_ready(void *arg, unsigned events)
{
    /* libcurl may drop the socket, and so free the watch, during the action. */
    struct watch w = *(struct watch *)arg;

    act(w.shard, w.fd,
        (events & IO_READ ? CURL_CSELECT_IN : 0) |
            (events & IO_WRITE ? CURL_CSELECT_OUT : 0));
}

static int socket_wanted(CURL *easy, curl_socket_t fd, int what, void *arg,
                         void *assigned)
{
    struct shard *s = arg;
    struct watch *w = assigned;
    unsigned events =
        (what & CURL_POLL_IN ? IO_READ : 0U) | (what & CURL_POLL_OUT ? IO_WRITE : 0U);

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (w) {
            io_free(w->io);
            free(w);
        }
        return 0;
    }
    if (w) {
        io_set(w->io, events);
        return 0;
    }
    w = mem_alloc(sizeof(*w));
    *w = (struct watch){s, NULL, fd};
    w->io = io_new(s->client->loop, fd, events, socket_ready, w);
    curl_multi_assign(s->multi, fd, w);
    return 0;
}

static void time_is_up(void *arg)
{
    act(arg, CURL_SOCKET_TIMEOUT, 0);
}

/* Only arms: acting from in here would enter libcurl a second time. */
static int timer_wanted(CURLM *multi, long ms, void *arg)
{
    struct shard *s = arg;

    (void)multi;
    timer_stop(&s->timer);
    handle_cancel(&s->soon);
    if (ms == 0)
        loop_call_soon(s->client->loop, &s->soon);
    else if (ms > 0)
        loop_call_later(s->client->loop, &s->timer, (double)ms / 1000);
    return 0;
}

struct shard *shard_new(struct client *c)
{
    struct shard *s = mem_zalloc(sizeof(*s));

    s->client = c;
    s->multi = curl_multi_init();
    if (!s->multi)
        mem_exhausted();
    list_init(&s->idle);
    timer_init(&s->timer, time_is_up, s);
    handle_init(&s->soon, time_is_up, s);
    curl_multi_setopt(s->multi, CURLMOPT_SOCKETFUNCTION, socket_wanted);
    curl_multi_setopt(s->multi, CURLMOPT_SOCKETDATA, s);
    curl_multi_setopt(s->multi, CURLMOPT_TIMERFUNCTION, timer_wanted);
    curl_multi_setopt(s->multi, CURLMOPT_TIMERDATA, s);
#if LIBCURL_VERSION_NUM >= 0x081400 /* from here on lookups are the multi's, not ...   \
                                     */
    curl_multi_setopt(s->multi, CURLMOPT_QUICK_EXIT, 1L); /* ... the easy handle's */
#endif
    curl_multi_setopt(s->multi, CURLMOPT_MAXCONNECTS, (long)c->shard_room);
    if (c->shard_count ==
        1) /* few open files: idle connections make way for new ones */
        curl_multi_setopt(s->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
                          (long)c->shard_room);
    return s;
}

void shard_free(struct shard *s)
{
    struct list *node;

    assert(s->active == 0);
    while ((node = list_shift(&s->idle)))
        transfer_free(container_of(node, struct transfer, node));
    curl_multi_cleanup(s->multi);
    timer_stop(&s->timer);
    handle_cancel(&s->soon);
    free(s);
}

void shard_start(struct shard *s, struct transfer *t)
{
    CURLMcode m = curl_multi_add_handle(s->multi, t->easy);

    if (m != CURLM_OK) /* it fails for want of memory alone */
        mem_exhausted();
    t->added = true;
    t->started = s->actions;
    s->active++;
}

bool shard_acted(const struct transfer *t)
{
    return t->started != t->shard->actions;
}

void shard_stop(struct transfer *t)
{
    if (!t->added)
        return;
    /* What is held of a paused HTTP/2 stream libcurl 7.88 does not free while others
     * use the connection. It is brought to us once more, and refused. */
    if (t->paused && t->verdict)
        curl_easy_pause(t->easy, CURLPAUSE_CONT);
    curl_multi_remove_handle(t->shard->multi, t->easy);
    t->added = false;
    t->shard->active--;
}
