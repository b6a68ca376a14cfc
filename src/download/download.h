/* download.h - the download scenario: a list of files in, each of them whole on the
 * disk.
 */
#ifndef TRAWL_DOWNLOAD_DOWNLOAD_H
#define TRAWL_DOWNLOAD_DOWNLOAD_H

#include "download/checksums.h"
#include "run/run.h"

/* What becomes of a file whose name is taken. */
enum if_exists {
    IF_EXISTS_SKIP,
    IF_EXISTS_OVERWRITE,
    IF_EXISTS_RENAME,
    IF_EXISTS_FAIL
};

/* Strings are borrowed. */
struct download_options {
    struct run_options run;
    const char *directory;             /* -d; made when it is missing */
    const char *name;                  /* -o, of the only file; or NULL */
    const char *template;              /* --name, or NULL: see name_expand */
    const char *archive;               /* file, or NULL */
    const struct checksums *checksums; /* to check against, or NULL */
    const char *write_checksums;       /* file, or NULL */
    enum if_exists if_exists;
    unsigned split; /* ranges of one file at once, at least 1 */
    size_t block;   /* bytes that are written at once, whole pages */
    unsigned
        writes; /* blocks of an exchange on their way to the disk; one more is filled */
    bool content_disposition; /* names are the server's */
    bool timestamping;        /* ask for what changed, replace it */
    bool no_mtime;            /* leave modification times as they come about */
    bool no_resume;           /* begin each file anew */
    bool no_sync;             /* leave it to the system when bytes reach the disk */
    bool hash;                /* sha256 in the records */
};

/* Runs it all, on a loop of its own. Returns the exit status. */
int download_run(const struct download_options *o);

#endif
