#include "download/chore.h"

void chore_start(struct chore *c, executor_fn *fn, future_fn *done, void *arg)
{
    c->busy = true;
    executor_submit(&c->work, fn, arg);
    future_add_done_callback(&c->work.future, &c->done, done, arg);
}

int chore_end(struct chore *c, struct job *job)
{
    int r = future_result(&c->work.future);

    future_clear(&c->work.future);
    c->busy = false;
    event_set(&job->stirred);
    event_clear(&job->stirred);
    if (r < 0 && job->store_error == 0)
        job->store_error = r;
    return r;
}
