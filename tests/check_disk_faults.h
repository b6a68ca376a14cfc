/* check_disk_faults.h - system calls that fail or come at a bad moment: these stand in
 * for the C library's in the program that includes this. All of it off: as ever. */
#ifndef TRAWL_TESTS_CHECK_DISK_FAULTS_H
#define TRAWL_TESTS_CHECK_DISK_FAULTS_H

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct {
    int renameat2, linkat; /* the errno that they fail with; 0: they work */
    int fsync;             /* and fdatasync */
    int pwrite;            /* once it has written `pwrite_left` bytes */
    int flock;
    int direct_open, direct_write; /* with O_DIRECT */
    int tmpfile;                   /* openat with O_TMPFILE */
    int link_empty_path;           /* linkat with AT_EMPTY_PATH */
    int direct_writes;             /* calls of pwrite with O_DIRECT */
    int64_t pwrite_left;
    size_t pwrite_most; /* so many bytes at once; 0: as it likes */
    int interrupted;    /* pwrite, fsync and flock say EINTR so often first */
    bool no_modes;      /* files keep no permissions */
    void (*before_lock)(void);
    atomic_int write_backs; /* calls of sync_file_range */
    int syncs;              /* of fsync and fdatasync */
} faults;

static inline int fault(int error)
{
    errno = error;
    return error ? -1 : 0;
}

static inline bool fault_interrupts(void)
{
    if (faults.interrupted <= 0)
        return false;
    faults.interrupted--;
    errno = EINTR;
    return true;
}

int renameat2(int from, const char *old, int to, const char *new, unsigned flags)
{
    if (faults.renameat2)
        return fault(faults.renameat2);
    return (int)syscall(SYS_renameat2, from, old, to, new, flags);
}

int linkat(int from, const char *old, int to, const char *new, int flags)
{
    if (faults.linkat)
        return fault(faults.linkat);
    if (faults.link_empty_path && flags & AT_EMPTY_PATH)
        return fault(faults.link_empty_path);
    return (int)syscall(SYS_linkat, from, old, to, new, flags);
}

int flock(int fd, int operation)
{
    if (faults.before_lock)
        faults.before_lock();
    if (fault_interrupts())
        return -1;
    if (faults.flock)
        return fault(faults.flock);
    return (int)syscall(SYS_flock, fd, operation);
}

int fsync(int fd)
{
    faults.syncs++;
    if (fault_interrupts())
        return -1;
    return faults.fsync ? fault(faults.fsync) : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    faults.syncs++;
    if (fault_interrupts())
        return -1;
    return faults.fsync ? fault(faults.fsync) : (int)syscall(SYS_fdatasync, fd);
}

int sync_file_range(int fd, off_t offset, off_t n, unsigned flags)
{
    atomic_fetch_add(&faults.write_backs, 1);
    return (int)syscall(SYS_sync_file_range, fd, offset, n, flags);
}

ssize_t pwrite(int fd, const void *data, size_t n, off_t offset)
{
    bool direct = fcntl(fd, F_GETFL) & O_DIRECT;
    ssize_t wrote;

    if (fault_interrupts())
        return -1;
    faults.direct_writes += direct;
    if (direct && faults.direct_write)
        return fault(faults.direct_write);
    if (faults.pwrite && !faults.pwrite_left)
        return fault(faults.pwrite);
    if (faults.pwrite && (int64_t)n > faults.pwrite_left)
        n = (size_t)faults.pwrite_left;
    if (faults.pwrite_most && n > faults.pwrite_most)
        n = faults.pwrite_most;
    wrote = syscall(SYS_pwrite64, fd, data, n, offset);
    if (faults.pwrite && wrote > 0)
        faults.pwrite_left -= wrote;
    return wrote;
}

/* As vfat does: a mode is what all files have, and the sticky bit is refused. */
int fchmod(int fd, mode_t mode)
{
    if (faults.no_modes)
        return fault(EPERM);
    return (int)syscall(SYS_fchmod, fd, mode);
}

int openat(int dir, const char *name, int flags, ...)
{
    mode_t mode = 0;
    va_list ap;

    if (flags & O_DIRECT && faults.direct_open)
        return fault(faults.direct_open);
    if ((flags & O_TMPFILE) == O_TMPFILE && faults.tmpfile)
        return fault(faults.tmpfile);
    if (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE) {
        va_start(ap, flags);
        mode = va_arg(ap, mode_t);
        va_end(ap);
    }
    if (faults.no_modes)
        mode = 0755;
    return (int)syscall(SYS_openat, dir, name, flags, mode);
}

#endif
