#include "output/summary_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

static bool complain(const char *path)
{
    log_error("%s: the summary cannot be written: %s", path, strerror(errno));
    return false;
}

int summary_file_open(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

    if (fd < 0)
        complain(path);
    return fd;
}

bool summary_file_write(int fd, const char *path, const struct buf *text)
{
    ssize_t n = write(fd, text->data, text->len);
    bool good = n == (ssize_t)text->len;

    if (n >= 0 && !good)
        errno = ENOSPC;
    return (close(fd) == 0 && good) || complain(path);
}
