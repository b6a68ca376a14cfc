#include "run/interrupt.h"

#include <signal.h>
#include <unistd.h>

#include "base/log.h"

static void interrupted(struct interrupt *i, int signo)
{
    if (i->signo) { /* the second time: leave now */
        log_display_hide();
        _exit(128 + i->signo);
    }
    i->signo = signo;
    i->fn(signo, i->arg);
}

static void on_sigint(void *arg)
{
    interrupted(arg, SIGINT);
}

static void on_sigterm(void *arg)
{
    interrupted(arg, SIGTERM);
}

static void watch(struct interrupt *i, int signo, loop_fn *fn)
{
    struct sigaction now;

    if (sigaction(signo, NULL, &now) < 0 || now.sa_handler != SIG_IGN)
        loop_add_signal(i->loop, signo, fn, i);
}

void interrupt_watch(struct interrupt *i, struct loop *loop,
                     void (*fn)(int signo, void *arg), void *arg)
{
    *i = (struct interrupt){.loop = loop, .fn = fn, .arg = arg};
    watch(i, SIGINT, on_sigint);
    watch(i, SIGTERM, on_sigterm);
}

void interrupt_unwatch(struct interrupt *i)
{
    loop_remove_signal(i->loop, SIGINT);
    loop_remove_signal(i->loop, SIGTERM);
}
