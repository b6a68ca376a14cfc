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
    struct future idle; /* done when the last member is */
    int error;          /* the first that was not a cancellation */
    bool closing;
};

void group_init(struct group *g);

/* As task_create; the group holds the reference and the result is borrowed until
 * group_wait returns. Members may add members. After a failure or group_cancel a new
 * member is cancelled before it starts. */
struct task *group_create_task(struct group *g, task_fn *fn, void *arg);

/* Cancels every member. */
void group_cancel(struct group *g);

/* Suspends until no member is left. The first member that fails cancels the others;
 * its error is returned. When the caller is cancelled all members are, and -ECANCELED
 * is returned once they have ended. 0 when all went well; the group is then empty and
 * usable again. */
async int group_wait(struct group *g);

#endif
