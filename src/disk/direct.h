/* direct.h - large writes past the page cache (O_DIRECT).
 *
 * For a file as large as a disk image the page cache costs more than the disk: each
 * byte is copied once more, each page is allocated, found dirty, written and reclaimed.
 * Bytes that go past it are on their way to the disk when the write returns; fsync is
 * still what makes them durable. */
#ifndef TRAWL_DISK_DIRECT_H
#define TRAWL_DISK_DIRECT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What offsets, lengths and memory must be multiples of: a page, which is enough for
 * the disks and file systems that there are. Where it is not, writes are refused. */
enum { DIRECT_ALIGN = 4096 };

struct direct {
    int fd;              /* of the file, opened once more; -1: none */
    atomic_bool refused; /* by the file system: all goes through the page cache */
};

/* Opens the file that `fd` is once more, by its name in that folder. Where this cannot
 * be, or that name is another file's by now, there is none, which is no failure. */
void direct_open(struct direct *d, int folder, const char *name, int fd);
void direct_close(struct direct *d); /* nothing where there is none */

/* Whether large writes go past the page cache. */
bool direct_works(const struct direct *d);

/* Blocks. All n bytes at that offset: whole pages past the page cache if `data` is as
 * far behind a multiple of DIRECT_ALIGN as the offset is; the rest, and whatever is
 * refused, through `fd`. 0 or -errno. May run on several threads at once, for bytes of
 * the file that do not overlap. */
int direct_write(struct direct *d, int fd, const char *data, size_t n, int64_t offset);

#endif
