/* interrupt.h - SIGINT and SIGTERM: the first ends a run in order, the second at once.
 */
#ifndef TRAWL_RUN_INTERRUPT_H
#define TRAWL_RUN_INTERRUPT_H

#include "async/loop.h"

struct interrupt {
    struct loop *loop;
    void (*fn)(int signo, void *arg);
    void *arg;
    int signo; /* that came first; 0: none yet */
};

/* Calls fn(signo, arg) on the loop for the first of these signals; the second ends the
 * program. One that is ignored already, as by nohup or trap '', stays so. */
void interrupt_watch(struct interrupt *i, struct loop *loop,
                     void (*fn)(int signo, void *arg), void *arg);
void interrupt_unwatch(struct interrupt *i);

#endif
