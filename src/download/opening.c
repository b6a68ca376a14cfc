#include "download/opening.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/str.h"

/* The one check that can be made before the disk is full: is there room for the rest?
 */
static int check_room(struct job *job, const struct journal *version)
{
    int64_t left = version->size - ranges_bytes(&version->done), free_bytes;
    struct statvfs fs;
    struct buf text = BUF_INIT;

    if (version->size < 0 || fstatvfs(job->part.fd, &fs) < 0)
        return 0;
    free_bytes = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
    if (left <= free_bytes)
        return 0;
    buf_append_str(&text, "needs ");
    str_append_size(&text, left);
    buf_append_str(&text, " more, and the disk has ");
    str_append_size(&text, free_bytes);
    snprintf(job->part.why, sizeof(job->part.why), "%s", text.data);
    buf_clear(&text);
    return -EFBIG; /* not ENOSPC: other files may well fit */
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

static bool same_version(const struct journal *a, const struct journal *b)
{
    return same_text(a->url, b->url) && same_text(a->etag, b->etag) &&
           same_text(a->last_modified, b->last_modified) &&
           (a->size < 0 || b->size < 0 || a->size == b->size);
}

/* Between two attempts the part is closed: is what was in it still there? */
static int look_again(struct job *job)
{
    const struct journal *known = &job->checkpointed;
    struct journal there;
    int64_t bytes;
    int r = part_look(&job->part, &there);

    bytes = ranges_bytes(&there.done);
    if (!same_version(&there, known)) /* as much, of another file */
        bytes = -1;
    for (size_t i = 0; i < known->done.n; i++)
        ranges_add(&there.done, known->done.items[i].first, known->done.items[i].end);
    if (r == 0 && ranges_bytes(&there.done) != bytes) {
        snprintf(job->part.why, sizeof(job->part.why),
                 "%.80s.part was changed meanwhile: run it again", job->name);
        r = -EAGAIN;
    }
    journal_clear(&there);
    return r;
}

static int check_opened(struct job *job, const struct journal *version, bool keep)
{
    int r = check_room(job, version);

    if (r < 0 && !keep)
        part_discard(&job->part);
    return r;
}

int opening_part(struct job *job, bool keep)
{
    int r = keep ? look_again(job) : 0;

    if (r == 0)
        r = part_open(&job->part, keep);
    return r ? r : check_opened(job, &job->checkpointed, keep);
}

/* A name can be given only to one file. With --no-resume what an earlier run has left
 * was not looked at. */
static bool needs_name(const struct job *job)
{
    return job->replace || job->download->o->no_resume;
}

int opening_whole(struct job *job, bool named)
{
    int r = named || needs_name(job) ? PART_NEEDS_NAME : part_open_unnamed(&job->part);

    if (r == PART_NEEDS_NAME)
        r = part_open(&job->part, false);
    return r ? r : check_opened(job, &job->known, false);
}
