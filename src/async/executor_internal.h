/* executor_internal.h - the executor's life, which is its loop's. */
#ifndef TRAWL_ASYNC_EXECUTOR_INTERNAL_H
#define TRAWL_ASYNC_EXECUTOR_INTERNAL_H

struct executor;

/* Waits for all jobs, queued ones too, and joins the threads; NULL is allowed. The
 * futures of jobs that end here stay pending: the loop runs no more. */
void executor_free(struct executor *e);

#endif
