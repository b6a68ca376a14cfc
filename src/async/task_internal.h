/* task_internal.h - accounts of cancellation, for those who cancel and take it back. */
#ifndef TRAWL_ASYNC_TASK_INTERNAL_H
#define TRAWL_ASYNC_TASK_INTERNAL_H

#include "async/task.h"

/* How many of the requests that count (task_cancelling) were delivered; at most all but
 * one when one still is to be. */
unsigned task_cancel_delivered(const struct task *t);

/* Takes one request back. When no more than `base` are left, all that were delivered
 * before it was made, one that waits for the next await is dropped with it: it can be
 * no other's. True when no more than `base` are left. */
bool task_uncancel_to(struct task *t, unsigned base);

/* Makes a request that was delivered wait for the next await again. */
void task_cancel_again(struct task *t);

#endif
