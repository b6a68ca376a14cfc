#include "http/call.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "async/task.h"
#include "base/mem.h"

/* No server takes one as long, and libcurl no request line of a megabyte. */
#define URL_BYTES_MAX 500000

void call_init(struct call *call, const struct request *rq)
{
    *call = (struct call){.request = rq, .waiting_since = loop_time()};
    ticket_init(&call->ticket, NULL);
    list_init(&call->node);
}

static void forget_redirects(struct call *call)
{
    for (size_t i = 0; i < call->redirect_count; i++)
        free(call->redirects[i].url);
    call->redirect_count = 0;
    call->earlier = (struct timings){0};
}

void call_clear(struct call *call)
{
    forget_redirects(call);
    free(call->redirects);
    hop_clear(&call->hop);
    origin_clear(&call->first);
    response_clear(&call->response);
}

const char *call_origin(const struct call *call)
{
    return call->hop.origin.text;
}

/* ---- the first hop ---- */

static struct origin origin_copy(const struct origin *o)
{
    return (struct origin){mem_strdup(o->text), o->secure};
}

static void begin_attempt(struct call *call)
{
    hop_clear(&call->hop);
    forget_redirects(call);
    call->hop = (struct hop){
        .url = mem_strdup(call->request->url),
        .origin = origin_copy(&call->first),
        .method = request_method(call->request),
        .send_body = true,
        .credentials = !call->request->stranger,
    };
}

bool call_check(struct call *call)
{
    const char *why = "not a URL";

    origin_clear(&call->first); /* of a call that is given to a pool once more */
    if (strlen(call->request->url) > URL_BYTES_MAX) {
        response_fail(&call->response, HTTP_URL_MALFORMED, "longer than %d kB",
                      URL_BYTES_MAX / 1000);
        return false;
    }
    switch (url_origin(call->request->url, &call->first, &why)) {
    case URL_MALFORMED:
        response_fail(&call->response, HTTP_URL_MALFORMED, "%s", why);
        return false;
    case URL_UNSUPPORTED_SCHEME:
        response_fail(&call->response, HTTP_UNSUPPORTED_SCHEME, "%s", why);
        return false;
    case URL_OK:
        break;
    }
    begin_attempt(call);
    return true;
}

/* ---- steps ---- */

static void add_times(struct timings *sum, const struct timings *t, int sign)
{
    sum->namelookup += sign * t->namelookup;
    sum->connect += sign * t->connect;
    sum->appconnect += sign * t->appconnect;
    sum->pretransfer += sign * t->pretransfer;
    sum->starttransfer += sign * t->starttransfer;
    sum->total += sign * t->total;
}

static enum call_next follow(struct call *call, const struct client_config *o)
{
    struct response *rs = &call->response;
    struct redirection been = {NULL, rs->status};

    if (call->redirect_count >= o->max_redirects) {
        response_fail(rs, HTTP_TOO_MANY_REDIRECTS, "redirected more than %u times",
                      o->max_redirects);
        return CALL_DONE;
    }
    been.url = mem_strdup(call->hop.url);
    if (redirect_follow(&call->hop, &call->first, rs) != HTTP_OK) {
        free(been.url);
        return CALL_DONE;
    }
    call->hop.credentials = call->hop.credentials && !call->request->stranger;
    call->redirects = mem_reallocarray(call->redirects, call->redirect_count + 1,
                                       sizeof(*call->redirects));
    call->redirects[call->redirect_count++] = been;
    add_times(&call->earlier, &rs->times, 1);
    call->waiting_since = loop_time();
    return CALL_REDIRECT;
}

void call_stay(struct call *call)
{
    struct redirection *last = &call->redirects[--call->redirect_count];
    const char *why;

    free(call->hop.url);
    call->hop.url = last->url;
    origin_clear(&call->hop.origin);
    url_origin(call->hop.url, &call->hop.origin,
               &why); /* it was asked, so it has one */
    add_times(&call->earlier, &call->response.times, -1);
}

/* An attempt that brought something worth having is not one of the retries; those after
 * it are counted anew. */
static int attempts_in_vain(const struct call *call)
{
    int n = call->attempts - call->spared;

    return n > 0 ? n : 1;
}

struct retry call_retry(const struct call *call, const struct client_config *o)
{
    struct retry rt = o->retry;

    if (call->request->retries != REQUEST_DEFAULT)
        rt.retries = call->request->retries;
    if (call->request->accepted)
        rt.accepted = call->request->accepted;
    return rt;
}

static enum call_next retry(struct call *call, const struct client_config *o,
                            double *delay)
{
    struct retry rt = call_retry(call, o);

    if (!retry_wanted(&rt, attempts_in_vain(call), loop_time() - call->started,
                      request_method(call->request), &call->response))
        return CALL_DONE;
    *delay = retry_delay(&rt, attempts_in_vain(call), &call->response);
    begin_attempt(call);
    call->waiting_since = loop_time() + *delay;
    return CALL_RETRY;
}

void call_again(struct call *call)
{
    begin_attempt(call);
    call->waiting_since = loop_time();
}

/* No more files can be opened: with fewer at once it goes on. Not the request's fault,
 * so not an attempt. */
static bool bear_less(struct call *call, struct client *c, double *delay)
{
    struct limits *l = client_limits(c);

    if (!call->response.out_of_files || limits_active(l) <= 1)
        return false;
    limits_shrink(l, limits_active(l) - 1);
    call->attempts--;
    begin_attempt(call);
    *delay = 0.05;
    call->waiting_since = loop_time() + *delay;
    return true;
}

static double time_left(const struct call *call, const struct client_config *o)
{
    double limit = call->request->max_time >= 0 ? call->request->max_time : o->max_time;
    double left = limit - (double)call->earlier.total / 1e6;

    if (limit <= 0)
        return 0;
    return left > 0.001 ? left : 0.001;
}

/* With more hosts waiting than connections can be kept, this one would be closed before
 * its host's turn comes again, at the price of a search for the oldest. */
static bool connection_is_spent(const struct call *call, struct client *c)
{
    return call->ticket.state == TICKET_HELD &&
           limits_hosts(client_limits(c)) > client_connections(c) &&
           !limits_wanted(&call->ticket);
}

enum call_next call_step(struct call *call, struct client *c, double *delay)
{
    const struct client_config *o = client_config(c);
    struct response *rs = &call->response;
    struct slice location;
    double now = loop_time();

    if (now > call->waiting_since)
        call->queued += now - call->waiting_since;
    if (call->started <= 0)
        call->started = now;
    if (call->redirect_count == 0)
        call->attempts++;
    call->hop.last = connection_is_spent(call, c);
    if (client_exchange(c, call->request, &call->hop, time_left(call, o), rs) < 0)
        return CALL_DONE;
    if (bear_less(call, c, delay))
        return CALL_RETRY;
    limits_pause(client_limits(c), call_origin(call),
                 retry_after(rs, o->retry.max_delay));
    if (!rs->error && o->max_redirects > 0 && response_redirects(rs, &location))
        return follow(call, o);
    return retry(call, o, delay);
}

void call_cancel(struct call *call, const char *why)
{
    response_fail(&call->response, HTTP_CANCELLED, "%s", why);
}

/* ---- all of it, for a task of its own ---- */

static async int take_place(struct call *call, struct limits *l, enum call_next next,
                            double delay)
{
    if (next == CALL_RETRY) {
        int r = task_sleep(delay);

        if (r < 0)
            return r;
    }
    return limits_acquire(l, &call->ticket, call_origin(call));
}

static async void run_call(struct call *call, struct client *c)
{
    enum call_next next = CALL_REDIRECT;
    double delay = 0;

    while (next != CALL_DONE) {
        if (take_place(call, client_limits(c), next, delay) < 0) {
            call_cancel(call, "cancelled");
            return;
        }
        next = call_step(call, c, &delay);
        limits_release(&call->ticket);
    }
}

int client_fetch(struct client *c, const struct request *rq, struct response *rs)
{
    struct call call;

    call_init(&call, rq);
    if (call_check(&call))
        run_call(&call, c);
    response_clear(rs);
    *rs = call.response;
    call.response = (struct response){0};
    call_clear(&call);
    return rs->error == HTTP_CANCELLED ? -ECANCELED : (int)rs->error;
}
