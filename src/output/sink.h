/* sink.h - where records go: whole ones, in few writes, without stopping the loop.
 *
 * Records are gathered during a round of the loop and written together: never a part
 * of one without the rest, and at most PIPE_BUF bytes at a time into a pipe, which
 * other processes may write to as well: whole records do not mix then. Of a record that
 * is longer the kernel promises no such thing. A reader that is slow makes sink_wait
 * suspend; the loop runs on, and no descriptor that others share becomes O_NONBLOCK. */
#ifndef TRAWL_OUTPUT_SINK_H
#define TRAWL_OUTPUT_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "async/loop.h"
#include "base/buf.h"

struct sink;

/* Writes to standard output (path NULL or "-") or to a file, made anew, or, with
 * `append`, continued: a last line that a kill cut short is taken off first. `failed`
 * is called once, from the loop, at the first write that fails, with -errno: -EPIPE
 * when the reader is gone (also told while nothing is written); any other was logged.
 * NULL with a message logged when the file cannot be opened. On the current loop. */
struct sink *sink_open(const char *path, bool append,
                       void (*failed)(int error, void *arg), void *arg);

/* Suspends until all is written (fsync is not asked for), then closes. 0, or the first
 * error: `failed` was called for it, or closing failed (it was logged). A request for
 * cancellation does not keep it from writing what is owed. */
async int sink_close(struct sink *s);

/* Takes one record with its line end; the bytes are copied. Never suspends. After an
 * error it is dropped. */
void sink_put(struct sink *s, const char *record, size_t n);

/* Calls fn(arg) from the loop when all that was put before is written. Calls are made
 * in the order in which they were asked for; none after an error, which comes behind
 * those for what was written before it. */
void sink_on_written(struct sink *s, void (*fn)(void *arg), void *arg);

/* Suspends while more than a few megabytes wait to be written. 0, -ECANCELED, or the
 * error. */
async int sink_wait(struct sink *s);

/* Drops what is not written yet, and says so: for a run that has to end while its
 * reader does not read. From then on the error is -ETIMEDOUT; `failed` is not called.
 */
void sink_abandon(struct sink *s);

/* How many bytes have been written so far, and were put. */
uint64_t sink_written(const struct sink *s);
uint64_t sink_length(const struct sink *s);

bool sink_is_terminal(const struct sink *s);

#endif
