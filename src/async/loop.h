/* loop.h - the event loop: what runs next, when, and on which event.
 *
 * One thread, one loop at a time. Callbacks run on the loop's own stack, one after
 * the other, and must not suspend; tasks (task.h) are what may. Handles, timers and
 * signal records are embedded in the caller's structs: scheduling allocates nothing,
 * and the caller keeps them alive while they are scheduled. */
#ifndef TRAWL_ASYNC_LOOP_H
#define TRAWL_ASYNC_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"

/* Marks every function that may suspend the calling task, and so every function
 * that must be called from a task. */
#define async

struct loop;

typedef void loop_fn(void *arg);

/* The loop is current in the thread that made it until loop_free. Most programs call
 * loop_run (task.h) and never see these two. */
struct loop *loop_new(void);
void loop_free(struct loop *loop); /* no task and no armed timer may be left */

/* The current loop of this thread; asserts that there is one. */
struct loop *loop_current(void);

/* Seconds on a clock that only goes forward; of use for differences. */
double loop_time(void);

/* ---- soon: a function to be run in the next round ---- */

struct handle {
    struct list node;
    loop_fn *fn;
    void *arg;
};

void handle_init(struct handle *h, loop_fn *fn, void *arg);

/* Runs the handle's function in the next round, after what was scheduled before it.
 * Scheduling it again before it ran changes nothing. */
void loop_call_soon(struct loop *loop, struct handle *h);

/* The same from any thread. The handle must not be scheduled already. */
void loop_call_soon_threadsafe(struct loop *loop, struct handle *h);

/* Takes it back; harmless when it is not scheduled. */
void handle_cancel(struct handle *h);

/* ---- later: timers ---- */

struct timer {
    struct handle handle;
    double when;
    uint64_t order; /* among equal times: first set, first run */
    size_t index;   /* in the loop's heap; TIMER_IDLE when it is not there */
    struct loop *loop;
};

#define TIMER_IDLE ((size_t)-1)

void timer_init(struct timer *t, loop_fn *fn, void *arg);

/* Arms the timer for `delay` seconds from now (loop_call_later) or for a loop_time
 * (loop_call_at). A timer that is armed already moves. Never early; timers that are
 * due together run in the order of their times. */
void loop_call_later(struct loop *loop, struct timer *t, double delay);
void loop_call_at(struct loop *loop, struct timer *t, double when);

/* Disarms it, also when it is due and has not run yet; harmless when idle. */
void timer_stop(struct timer *t);
bool timer_active(const struct timer *t);

/* ---- file descriptors ---- */

enum { IO_READ = 1, IO_WRITE = 2 };

struct io;
typedef void io_fn(void *arg, unsigned events);

/* Calls fn whenever fd is ready for one of `events`, until io_free. The events may
 * be 0. A regular file is always ready. */
struct io *io_new(struct loop *loop, int fd, unsigned events, io_fn *fn, void *arg);
void io_set(struct io *io, unsigned events);
void io_free(struct io *io); /* NULL is allowed; also from within fn */

/* ---- signals ---- */

/* Runs fn on the loop (not in the signal's context) each time the signal arrives,
 * until loop_remove_signal or loop_free. One function a signal: a second call for the
 * same signal replaces it. The disposition goes back to the default on removal. */
void loop_add_signal(struct loop *loop, int signo, loop_fn *fn, void *arg);
void loop_remove_signal(struct loop *loop, int signo);

/* ---- running ---- */

struct future;

/* Runs until the future is done. Asserts when nothing is left that could complete it,
 * after printing what every task awaits. Not from within a task or callback. */
void loop_run_until_complete(struct loop *loop, struct future *f);

/* Makes loop_run_until_complete return after the current round. */
void loop_stop(struct loop *loop);

#endif
