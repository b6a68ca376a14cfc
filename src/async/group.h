/* group.h - tasks that do not outlive a scope (asyncio.TaskGroup). */
#ifndef TRAWL_ASYNC_GROUP_H
#define TRAWL_ASYNC_GROUP_H

#include "async/task.h"

/*  group_init(&g);
 *  group_create_task(&g, fetch_one, &a);
 *  group_create_task(&g, fetch_one, &b);
 *  r = group_wait(&g); */
struct group {
    struct list members;
    size_t live;         /* members that have not ended */
    struct future *idle; /* what group_wait waits on, while it does */
    struct task *owner;
    unsigned delivered; /* cancellations that the owner had seen before */
    bool owner_cancelled;
    bool closing;
    int error; /* the first that was not a cancellation */
};

/* The calling task owns the group and must call group_wait before the struct's life
 * ends. Outside a task it has no owner, and any task may wait. */
void group_init(struct group *g);

/* As task_create; the group holds the reference and the result is borrowed until
 * group_wait returns. Members may add members. After a failure or group_cancel a new
 * member is cancelled before it starts. */
struct task *group_create_task(struct group *g, task_fn *fn, void *arg);

/* Cancels every member. */
void group_cancel(struct group *g);

/* Suspends until no member is left. The first member that fails cancels the others;
 * its error is returned. When the caller is cancelled all members are, and -ECANCELED
 * is returned once they have ended; if one of them failed, its error comes first and
 * the cancellation with the next await. 0 when all went well; a member that was
 * cancelled, and no more, is no failure. The group is then empty and usable again.
 *
 * A failure also cancels what the owner awaits before it calls group_wait, since a
 * member that would have ended that wait is gone; group_wait takes the request back
 * and returns the error. */
async int group_wait(struct group *g);

#endif
