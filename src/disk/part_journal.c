#include "disk/part_internal.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* ---- reading ---- */

/* All that a journal can have, and a byte more of what is none. */
static int read_text(int fd, struct buf *text)
{
    while (text->len <= JOURNAL_BYTES_MAX) {
        size_t room = JOURNAL_BYTES_MAX + 1 - text->len;
        ssize_t got = pread(fd, buf_reserve(text, room), room, (off_t)text->len);

        if (got < 0 && errno != EINTR)
            return -errno;
        if (got == 0)
            return 0;
        if (got > 0)
            buf_commit(text, (size_t)got);
    }
    return 0;
}

/* What lies behind the second line is the end of an older, longer journal: there was a
 * kill before the file was cut. */
static struct slice two_lines(const struct buf *text)
{
    struct slice rest = {text->data, text->len}, line;

    for (int i = 0; i < 2; i++)
        slice_next(&rest, '\n', &line);
    return (struct slice){text->data, text->len - rest.len};
}

static int read_journal(int fd, struct journal *j, struct part_journal *f)
{
    struct buf text = BUF_INIT;
    struct stat st;
    int r = fstat(fd, &st) < 0 ? -errno : part_may_be_ours(&st) ? 0 : -EEXIST;

    if (!r)
        r = read_text(fd, &text);
    if (!r) {
        f->there = true;
        f->sticky = st.st_mode & S_ISVTX;
        f->valid = !journal_parse(j, two_lines(&text));
        if (f->valid)
            memcpy(f->sum, text.data, sizeof(f->sum) - 1);
        else if (text.len && !f->sticky)
            r = -EEXIST;
    }
    buf_clear(&text);
    return r;
}

int part_journal_read(const struct place *at, struct journal *j, struct part_journal *f)
{
    int fd = openat(at->folder, at->journal, O_RDONLY | PART_CARE), r;

    *f = (struct part_journal){0};
    journal_init(j);
    if (fd < 0) {
        switch (errno) {
        case ENOENT:
            return 0;
        case ENXIO: /* a socket */
        case EACCES:
            return -EEXIST;
        default:
            return -errno;
        }
    }
    r = read_journal(fd, j, f);
    close(fd);
    return r;
}

int part_journal_refused(struct part *p, int r)
{
    if (r == -ELOOP)
        return part_refuse(p, ".part.json", r, "is a symbolic link: move it away");
    if (r == -EEXIST)
        return part_refuse(p, ".part.json", r, part_not_ours);
    return part_fail(p, ".part.json", r);
}

/* ---- writing ---- */

/* One that was not there before must not be there now. */
int part_journal_open(struct part *p, const struct place *at, struct stat *st)
{
    int flags = O_RDWR | O_CREAT | (p->journaled ? 0 : O_EXCL) | PART_CARE, r;
    int fd = openat(at->folder, at->journal, flags, PART_MODE);

    if (fd < 0)
        return part_journal_refused(p, -errno);
    p->journaled = true;
    r = fstat(fd, st) < 0 ? -errno : part_may_be_ours(st) ? 0 : -EEXIST;
    if (!r)
        return fd;
    close(fd);
    return part_journal_refused(p, r);
}

/* The old text may be overwritten only when all of the new one has its place. */
static int make_room(int fd, off_t size, size_t len)
{
    if ((off_t)len <= size || fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)len) == 0)
        return 0;
    return errno == ENOSPC || errno == EDQUOT ? -errno : 0;
}

static int overwrite(int fd, off_t size, const struct buf *text)
{
    int r = make_room(fd, size, text->len);

    if (!r)
        r = part_pwrite(fd, text->data, text->len, 0);
    if (!r && size > (off_t)text->len && ftruncate(fd, (off_t)text->len) < 0)
        r = -errno;
    return r;
}

int part_journal_write(struct part *p, const struct place *at, const struct journal *j,
                       bool durable)
{
    struct buf text = BUF_INIT;
    struct stat st;
    int fd = part_journal_open(p, at, &st), r;

    if (fd < 0)
        return fd;
    journal_append(&text, j);
    r = overwrite(fd, st.st_size, &text);
    if (!r && durable)
        r = part_fdatasync(fd);
    close(fd);
    buf_clear(&text);
    return r ? part_fail(p, ".part.json", r) : 0;
}

/* Not even a machine that loses its power may bring it back beside other bytes. Without
 * the sticky bit the journal is what tells that the file is ours: one of nothing stays.
 */
int part_journal_forget(struct part *p, const struct place *at)
{
    static const struct journal nothing = {.size = -1};
    int r;

    if (!p->sticky)
        return part_journal_write(p, at, &nothing, true);
    if (!p->journaled)
        return 0;
    if (unlinkat(at->folder, at->journal, 0) < 0 && errno != ENOENT)
        return part_fail(p, ".part.json", -errno);
    p->journaled = false;
    r = part_sync_directory(at->folder);
    return r ? part_fail(p, "", r) : 0;
}
