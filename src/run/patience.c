#include "run/patience.h"

static void is_over(void *arg)
{
    struct patience *p = arg;
    uint64_t before = p->seen;

    if (!*p->sink)
        return;
    p->seen = sink_written(*p->sink);
    if (!p->interrupt->signo && p->seen > before)
        patience_begin(p); /* past the deadline: slow, but it reads */
    else
        sink_abandon(*p->sink);
}

void patience_init(struct patience *p, struct loop *loop, struct sink *const *sink,
                   const struct interrupt *interrupt)
{
    *p = (struct patience){.loop = loop, .sink = sink, .interrupt = interrupt};
    timer_init(&p->timer, is_over, p);
}

void patience_begin(struct patience *p)
{
    if (!timer_active(&p->timer))
        loop_call_later(p->loop, &p->timer, 0.8);
}

void patience_end(struct patience *p)
{
    timer_stop(&p->timer);
}
