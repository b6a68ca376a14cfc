/* common.h - the options that all commands share. */
#ifndef TRAWL_CLI_COMMON_H
#define TRAWL_CLI_COMMON_H

#include "cli/option.h"
#include "http/client.h"
#include "http/status_set.h"

enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };
enum format { FORMAT_AUTO, FORMAT_JSON, FORMAT_TEXT };

/* The first member of what a command parses into: its fields' offsets hold there. */
struct common_options {
    struct client_config client;
    struct status_set accept; /* 200 to 399 unless given */
    string_list cookies;      /* each -b that is no file */
    char *cookies_joined;     /* what client.cookies points to */
    const char *output, *summary, *state;
    double deadline;
    enum format format;
    enum when progress, color;
    bool dry_run, quiet, verbose, help;
};

extern const struct option common_rows[];

/* -o FILE, for a command whose records may go to a file. */
extern const struct option records_rows[];

/* --state FILE, for a command that goes through a list. */
extern const struct option state_rows[];

void common_init(struct common_options *o);

/* After parsing: checks that the options go together, completes *o, and sets what is
 * logged. 0, or -EINVAL and why. */
int common_finish(struct common_options *o, struct buf *why);

/* Frees what common_finish made; the lists are option_free's. */
void common_clear(struct common_options *o);

/* Whether records go to a terminal: standard output, or the file of --output. */
bool common_on_terminal(const struct common_options *o);

struct run_options; /* run/run.h */

/* What these options say of a run. The source, the order and what ends it early are the
 * command's to set. Strings are borrowed from *o. */
void common_fill_run(const struct common_options *o, struct run_options *run);

/* The questions that "auto" leaves open. */
bool common_wants_json(const struct common_options *o);
bool common_wants_progress(const struct common_options *o);
bool common_wants_bars(const struct common_options *o); /* beside records, too */
bool common_wants_color(const struct common_options *o, int fd);

#endif
