#include "disk/direct.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk/part_internal.h"

/* ---- a second descriptor ---- */

static bool is_file(int fd, int other)
{
    struct stat a, b;

    return fstat(fd, &a) == 0 && fstat(other, &b) == 0 && part_same_file(&a, &b);
}

/* One of its own, as the flag counts for all who write through a descriptor, and what
 * is not in whole pages goes through the other one. */
void direct_open(struct direct *d, int folder, const char *name, int fd)
{
    direct_close(d);
    d->fd = openat(folder, name, O_WRONLY | O_DIRECT | PART_CARE);
    d->refused = false;
    if (d->fd >= 0 && !is_file(d->fd, fd))
        direct_close(d);
}

void direct_close(struct direct *d)
{
    if (d->fd >= 0)
        close(d->fd);
    d->fd = -1;
}

bool direct_works(const struct direct *d)
{
    return d->fd >= 0 && !d->refused;
}

/* ---- writing ---- */

static bool is_aligned(const char *data)
{
    return (uintptr_t)data % DIRECT_ALIGN == 0;
}

/* From `offset` to the begin of a page. */
static size_t before_page(int64_t offset)
{
    size_t behind = (size_t)(offset % DIRECT_ALIGN);

    return behind ? DIRECT_ALIGN - behind : 0;
}

/* What a short write leaves need not be aligned; that, too, is refused, and written
 * anew. */
static int write_pages(struct direct *d, int fd, const char *data, size_t n,
                       int64_t offset)
{
    int r = part_pwrite(d->fd, data, n, offset);

    if (r != -EINVAL)
        return r;
    d->refused = true;
    return part_pwrite(fd, data, n, offset);
}

int direct_write(struct direct *d, int fd, const char *data, size_t n, int64_t offset)
{
    size_t head = before_page(offset), pages;
    int r;

    if (!direct_works(d) || n < head + DIRECT_ALIGN || !is_aligned(data + head))
        return part_pwrite(fd, data, n, offset);
    pages = (n - head) / DIRECT_ALIGN * DIRECT_ALIGN;
    r = part_pwrite(fd, data, head, offset);
    if (r == 0)
        r = write_pages(d, fd, data + head, pages, offset + (int64_t)head);
    if (r == 0)
        r = part_pwrite(fd, data + head + pages, n - head - pages,
                        offset + (int64_t)(head + pages));
    return r;
}
