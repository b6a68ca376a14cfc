/* executor_internal.h - the executor's life, which is its loop's. */
#ifndef TRAWL_ASYNC_EXECUTOR_INTERNAL_H
#define TRAWL_ASYNC_EXECUTOR_INTERNAL_H

struct executor;

/* Waits for the jobs that are running and joins the threads; NULL is allowed. */
void executor_free(struct executor *e);

#endif
