/* crowd.h - users that all run through one spec at once, each as often as is asked. */
#ifndef TRAWL_GATHER_CROWD_H
#define TRAWL_GATHER_CROWD_H

#include "gather/play.h"

struct crowd_options {
    unsigned users, repeat;
    double ramp; /* seconds over which they begin */
};

struct crowd {
    struct crowd_options o;
    struct play_setup setup; /* `done` and `arg` are the crowd's own */
    void (*emit)(const struct play *p, void *arg);
    void (*finished)(void *arg);
    void *arg;
    struct list plays; /* that are under way */
    unsigned *runs;    /* of each user */
    unsigned begun, left;
    double began;
    struct timer next;
    const char *stopped;
};

/* `emit` gets each play that has come to its end, `finished` is called once behind the
 * last, from the loop. */
void crowd_init(struct crowd *c, const struct crowd_options *o,
                const struct play_setup *setup,
                void (*emit)(const struct play *p, void *arg),
                void (*finished)(void *arg), void *arg);
void crowd_clear(struct crowd *c);

/* Never suspends. */
void crowd_start(struct crowd *c);

/* Stops all plays (play_stop); nobody begins any more. */
void crowd_stop(struct crowd *c, const char *why);

#endif
