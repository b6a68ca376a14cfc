#include "crawl/save.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "disk/folder.h"

/* Of one page at once, and of all that wait. */
enum { BLOCK = 256 << 10, MOST_HELD = 32 << 20 };

/* ---- what the pages share ---- */

int saver_open(struct saver *s, const char *directory, bool extend)
{
    int fd = folder_open(directory);

    s->directory = directory;
    s->extend = extend;
    s->root = fd;
    event_init(&s->room);
    event_set(&s->room);
    if (fd < 0)
        log_error("%s: %s", directory, strerror(-fd));
    return fd < 0 ? fd : 0;
}

void saver_close(struct saver *s)
{
    if (s->root >= 0)
        close(s->root);
    save_names_clear(&s->names);
}

void saver_was_saved(struct saver *s, const char *url)
{
    free(save_names_take(&s->names, url, SLICE(""), false));
}

static void hold(struct saver *s, size_t n)
{
    s->held += n;
    if (s->held > MOST_HELD)
        event_clear(&s->room);
}

static void let_go(struct saver *s, size_t n)
{
    s->held -= n;
    if (s->held <= MOST_HELD)
        event_set(&s->room);
}

/* ---- in the executor ---- */

/* Cuts what another attempt may have left behind the end. */
static int give_name(struct save *s)
{
    int r = part_settle(&s->part, s->offset + (int64_t)s->writing.len, &s->mtime);

    return r ? r : part_commit(&s->part, true);
}

static int write_block(struct save *s)
{
    int r = 0;

    if (s->part.fd < 0)
        r = part_open(&s->part, false);
    if (!r && s->writing.len)
        r = part_write(&s->part, s->writing.data, s->writing.len, s->offset);
    return r;
}

/* What is not whole is not worth keeping: the next run begins it anew. */
static void discard(struct save *s)
{
    char why[sizeof(s->part.why)];

    memcpy(why, s->part.why, sizeof(why));
    if (s->part.fd >= 0)
        part_discard(&s->part);
    memcpy(s->part.why, why, sizeof(why));
}

static int work(void *arg)
{
    struct save *s = arg;
    int r = 0;

    if (s->last && !s->whole) {
        discard(s);
        return 0;
    }
    r = write_block(s);
    if (!r && s->last)
        r = give_name(s);
    if (r)
        discard(s);
    return r;
}

/* ---- on the loop ---- */

static void worked(struct future *f, void *arg);

static void start(struct save *s)
{
    struct buf empty = s->writing;

    s->writing = s->fill;
    s->fill = empty;
    s->busy = true;
    s->last = s->finishing;
    s->offset = s->anew ? 0 : s->offset;
    s->anew = false;
    executor_submit(&s->work, work, s);
    future_add_done_callback(&s->work.future, &s->done, worked, s);
}

static void worked(struct future *f, void *arg)
{
    struct save *s = arg;
    int r = future_result(f);

    future_clear(f);
    s->busy = false;
    let_go(s->saver, s->writing.len);
    s->offset += (int64_t)s->writing.len;
    buf_reset(&s->writing);
    if (r < 0)
        s->error = r;
    s->named = !r && s->last && s->whole;
    if (s->last || (s->finishing && s->error))
        s->ended(s);
    else if (s->finishing)
        start(s);
    else
        body_sink_resume(s->sink);
}

static void drop_fill(struct save *s)
{
    let_go(s->saver, s->fill.len);
    buf_reset(&s->fill);
}

void save_forget(struct save *s)
{
    if (!s->saver)
        return;
    drop_fill(s);
    s->forgotten = true;
}

void save_begin(struct save *s, struct saver *saver, const char *url, struct slice type,
                time_t mtime)
{
    char *name;

    s->mtime = (struct timespec){mtime, mtime ? 0 : UTIME_OMIT};
    if (s->saver) { /* another attempt */
        save_forget(s);
        s->forgotten = false;
        s->anew = true;
        return;
    }
    name = save_names_take(&saver->names, url, type, saver->extend);
    s->saver = saver;
    part_init(&s->part, saver->root, name);
    free(name);
}

enum body_use save_write(struct save *s, const char *data, size_t n)
{
    if (s->error)
        return BODY_REFUSE;
    buf_append(&s->fill, data, n);
    hold(s->saver, n);
    if (s->fill.len < BLOCK)
        return BODY_TAKE;
    if (s->busy)
        return BODY_WAIT;
    start(s);
    return BODY_TAKE;
}

bool save_finish(struct save *s, bool whole)
{
    if (!s->saver || s->finishing)
        return false;
    whole = whole && !s->forgotten;
    s->finishing = true;
    s->whole = whole;
    if (!whole)
        drop_fill(s);
    if (s->busy)
        return true;
    if (s->error || (!whole && s->part.fd < 0)) {
        drop_fill(s);
        return false;
    }
    start(s);
    return true;
}

void save_clear(struct save *s)
{
    if (!s->saver)
        return;
    part_clear(&s->part);
    buf_clear(&s->fill);
    buf_clear(&s->writing);
}
