/* out_file.h - the descriptor behind a sink: opening it, and how much it takes at once.
 */
#ifndef TRAWL_OUTPUT_OUT_FILE_H
#define TRAWL_OUTPUT_OUT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct out_file {
    int fd;
    bool own;     /* to be closed */
    bool regular; /* or something else that never makes a writer wait */
    bool terminal;
    bool nonblocking; /* a write never waits */
    bool watchable;   /* readable only when its reader is gone: a pipe's write end */
    const char *name; /* for messages; borrowed */
};

/* As sink_open. 0, or -errno with a message logged. */
int out_file_open(struct out_file *f, const char *path, bool append);

/* 0, or -errno when what was written is not kept. */
int out_file_close(struct out_file *f);

/* Writes as much as goes without waiting, of one write. How many bytes it took; 0: wait
 * until it is writable; or -errno. */
ssize_t out_file_write(const struct out_file *f, const char *data, size_t n);

/* Whether the reader of a watchable one is gone. */
bool out_file_closed(const struct out_file *f);

/* Takes off the last n bytes written, if nobody wrote behind them. */
void out_file_cut(const struct out_file *f, size_t n);

#endif
