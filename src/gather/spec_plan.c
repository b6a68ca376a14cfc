/* Stages: a request is one behind the last of those that it needs. */
#include <stdint.h>

#include "base/buf.h"
#include "gather/spec_internal.h"

enum { NO_STAGE = UINT32_MAX };

/* One behind the last of its needs; NO_STAGE when one of these has none yet. */
static unsigned stage_of(const struct spec *s, const struct spec_request *rq)
{
    unsigned stage = 0;

    for (size_t i = 0; i < rq->need_count; i++) {
        unsigned before = s->requests[rq->needs[i]].stage;

        if (before == NO_STAGE)
            return NO_STAGE;
        if (before >= stage)
            stage = before + 1;
    }
    return stage;
}

static bool set_stages(struct spec *s)
{
    bool moved = true, all = false;

    while (moved && !all) {
        moved = false;
        all = true;
        for (size_t i = 0; i < s->request_count; i++) {
            struct spec_request *rq = &s->requests[i];

            if (rq->stage != NO_STAGE)
                continue;
            rq->stage = stage_of(s, rq);
            moved = moved || rq->stage != NO_STAGE;
            all = all && rq->stage != NO_STAGE;
            if (rq->stage != NO_STAGE && rq->stage >= s->stages)
                s->stages = rq->stage + 1;
        }
    }
    return all;
}

/* The first need that has no stage; a request without one has such a need. */
static size_t open_need(const struct spec *s, size_t i)
{
    const struct spec_request *rq = &s->requests[i];
    size_t k = 0;

    while (s->requests[rq->needs[k]].stage != NO_STAGE)
        k++;
    return rq->needs[k];
}

/* From a request without a stage the needs lead into a cycle; after as many steps as
 * there are requests one is in it. Of those in the cycle, the first in the spec. */
static size_t find_cycle(const struct spec *s)
{
    size_t first = 0, i;

    while (s->requests[first].stage != NO_STAGE)
        first++;
    for (size_t n = 0; n < s->request_count; n++)
        first = open_need(s, first);
    for (i = open_need(s, first); i != first; i = open_need(s, i))
        if (i < first)
            first = i;
    return first;
}

static int tell_cycle(const struct spec *s, struct fault *f)
{
    struct buf text = BUF_INIT;
    size_t first = find_cycle(s), i = first;
    int r;

    do {
        buf_appendf(&text, "%s needs ", s->requests[i].name);
        i = open_need(s, i);
        if (i != first && text.len < 200)
            buf_appendf(&text, "%s, ", s->requests[i].name);
    } while (i != first && text.len < 200);
    buf_append_str(&text, i == first ? s->requests[first].name : "...");
    r = fault_set(f, s->requests[first].at, "requests wait for each other: %s",
                  text.data);
    buf_clear(&text);
    return r;
}

int spec_plan(struct spec *s, struct fault *f)
{
    for (size_t i = 0; i < s->request_count; i++)
        s->requests[i].stage = NO_STAGE;
    return set_stages(s) ? 0 : tell_cycle(s, f);
}
