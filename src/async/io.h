/* io.h - awaiting file descriptors. */
#ifndef TRAWL_ASYNC_IO_H
#define TRAWL_ASYNC_IO_H

#include "async/future.h"

/* Suspends until fd is ready for one of `events` (IO_READ, IO_WRITE). Returns those of
 * them that are there, or -ECANCELED. A regular file is always ready. fd must be
 * open, and stay open meanwhile (libev asserts). */
async int io_wait(int fd, unsigned events);

#endif
