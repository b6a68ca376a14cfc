#include "output/out_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

/* ---- opening ---- */

/* Where the last line ends, looking back from `end`; 0 when there is none. */
static off_t last_line_end(int fd, off_t end)
{
    char block[4096];

    while (end > 0) {
        size_t n = end < (off_t)sizeof(block) ? (size_t)end : sizeof(block);
        ssize_t got = pread(fd, block, n, end - (off_t)n);
        const char *lf;

        if (got != (ssize_t)n)
            return got < 0 ? -errno : -EIO;
        lf = memrchr(block, '\n', n);
        if (lf)
            return end - (off_t)n + (lf - block) + 1;
        end -= (off_t)n;
    }
    return 0;
}

static int cut_last_line(int fd)
{
    struct stat st;
    off_t end;

    if (fstat(fd, &st) < 0)
        return -errno;
    if (!S_ISREG(st.st_mode))
        return 0;
    end = last_line_end(fd, st.st_size);
    if (end < 0)
        return (int)end;
    if (end < st.st_size && ftruncate(fd, end) < 0)
        return -errno;
    return 0;
}

/* Only a file that is continued is read. What others append meanwhile stays whole. */
static int open_path(struct out_file *f, const char *path, bool append)
{
    struct stat st;
    bool continued = append && stat(path, &st) == 0 && S_ISREG(st.st_mode);
    int flags = continued ? O_RDWR | O_APPEND : O_WRONLY | O_CREAT | O_TRUNC | O_APPEND;

    f->own = true;
    f->fd = open(path, flags | O_CLOEXEC | O_NOCTTY, 0666);
    if (f->fd < 0)
        return -errno;
    return continued ? cut_last_line(f->fd) : 0;
}

static int check_writable(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    if (flags < 0)
        return -errno;
    return (flags & O_ACCMODE) == O_RDONLY ? -EBADF : 0;
}

/* The same pipe or terminal through a descriptor of our own, so that it can be
 * O_NONBLOCK without its being so for the others who have it. Not possible everywhere.
 */
static void open_twin(struct out_file *f)
{
    char path[32];
    int fd;

    snprintf(path, sizeof(path), "/proc/self/fd/%d", f->fd);
    fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return;
    if (f->own)
        close(f->fd);
    f->fd = fd;
    f->own = true;
    f->nonblocking = true;
}

static int examine(struct out_file *f)
{
    struct stat st;
    int r = check_writable(f->fd);

    if (r < 0)
        return r;
    if (fstat(f->fd, &st) < 0)
        return -errno;
    f->terminal = isatty(f->fd);
    f->regular = !f->terminal && !S_ISFIFO(st.st_mode) && !S_ISSOCK(st.st_mode);
    if (f->terminal || S_ISFIFO(st.st_mode))
        open_twin(f);
    f->watchable =
        S_ISFIFO(st.st_mode) && (fcntl(f->fd, F_GETFL) & O_ACCMODE) == O_WRONLY;
    return 0;
}

int out_file_open(struct out_file *f, const char *path, bool append)
{
    bool named = path && strcmp(path, "-") != 0;
    int r = 0;

    *f = (struct out_file){.fd = STDOUT_FILENO,
                           .name = named ? path : "standard output"};
    if (named)
        r = open_path(f, path, append);
    if (!r)
        r = examine(f);
    if (r < 0) {
        log_error("%s: %s", f->name, strerror(-r));
        out_file_close(f);
    }
    return r;
}

int out_file_close(struct out_file *f)
{
    int r = 0;

    if (f->own && f->fd >= 0 && close(f->fd) < 0 && errno != EINTR)
        r = -errno;
    f->fd = -1;
    return r;
}

/* ---- writing ---- */

static bool writable_now(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLOUT};

    return poll(&p, 1, 0) > 0; /* an error is for write to tell */
}

ssize_t out_file_write(const struct out_file *f, const char *data, size_t n)
{
    ssize_t r;

    if (!f->regular && !f->nonblocking) {
        /* A pipe that is writable takes PIPE_BUF bytes without waiting. */
        if (!writable_now(f->fd))
            return 0;
        n = n < PIPE_BUF ? n : PIPE_BUF;
    }
    do
        r = write(f->fd, data, n);
    while (r < 0 && errno == EINTR);
    if (r >= 0)
        return r;
    return errno == EAGAIN ? 0 : -errno;
}

bool out_file_closed(const struct out_file *f)
{
    struct pollfd p = {.fd = f->fd, .events = 0};

    return poll(&p, 1, 0) > 0 && (p.revents & (POLLERR | POLLHUP | POLLNVAL));
}

void out_file_cut(const struct out_file *f, size_t n)
{
    off_t here = lseek(f->fd, 0, SEEK_CUR);
    struct stat st;

    if (!f->regular || here < (off_t)n || fstat(f->fd, &st) < 0 || st.st_size != here)
        return;
    if (ftruncate(f->fd, here - (off_t)n) == 0)
        (void)lseek(f->fd, here - (off_t)n, SEEK_SET); /* it may be shared */
}
