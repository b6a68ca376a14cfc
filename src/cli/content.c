#include "cli/content.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/option.h"

enum { BLOCK = 65536 };

bool content_is_stdin(const char *arg)
{
    return arg && !strcmp(arg, "@-");
}

static int read_all(struct buf *out, int fd)
{
    ssize_t n;

    for (;;) {
        n = read(fd, buf_reserve(out, BLOCK), BLOCK);
        if (n > 0)
            buf_commit(out, (size_t)n);
        else if (n == 0)
            return 0;
        else if (errno != EINTR)
            return -errno;
    }
}

int content_read(struct buf *out, const char *arg, struct buf *why)
{
    int fd = STDIN_FILENO, r;

    if (*arg != '@') {
        buf_append_str(out, arg);
        return 0;
    }
    if (!content_is_stdin(arg) && (fd = open(arg + 1, O_RDONLY | O_CLOEXEC)) < 0)
        r = -errno;
    else
        r = read_all(out, fd);
    if (fd > STDIN_FILENO)
        close(fd);
    if (r < 0)
        option_wrong(why, arg + 1, "cannot be read: %s", strerror(-r));
    return r;
}

bool content_same_file(const char *a, const char *b)
{
    struct stat one, two;

    if (!a || !b)
        return false;
    if (stat(a, &one) < 0 || stat(b, &two) < 0)
        return strcmp(a, b) == 0; /* not there yet */
    return S_ISREG(one.st_mode) && one.st_dev == two.st_dev && one.st_ino == two.st_ino;
}

int content_check_files(const struct named_file *files, size_t n, struct buf *why)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (content_same_file(files[i].path, files[k].path) &&
                strcmp(files[i].path, "-")) {
                buf_appendf(why, "%s and %s are the same file", files[k].option,
                            files[i].option);
                return -EINVAL;
            }
    return 0;
}
