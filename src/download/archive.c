#include "download/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/keyset.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/url.h"
#include "disk/digest.h"

/* Bytes that are locked need not be there. Claims lie below this one, which whoever
 * adds a line holds. */
#define APPEND_BYTE ((off_t)1 << 62)

_Static_assert(sizeof(off_t) == 8, "claims are locks on bytes of 62 bits");

/* Adding takes microseconds, but a disk that is behind may hold a write up. Waiting for
 * ever would be for a process that was stopped while it held the lock. */
enum { APPEND_TRIES = 10000, APPEND_NAP_NS = 1000000 };

enum { BLOCK = 32768 };

/* What keeps the start of a URL, all that a kill left of it, from being another URL
 * that is done once a line follows. */
static const char cut_short[] = " # cut short\n";

struct claim {
    off_t at;
    char line[];
};

struct archive {
    char *path;
    int fd;
    unsigned opened; /* how often: another file may take the place of the first */
    dev_t dev;
    ino_t ino;
    off_t read, known; /* how far it was read; to where the last whole line ends */
    struct keyset done;
    struct map claims; /* locks of one open file do not keep each other out */
    struct digests *sha;
    char block[BLOCK];
};

static int failed(const struct archive *a, int r)
{
    const char *why = r == -EBADMSG  ? "it is binary, not a list of URLs"
                      : r == -ESPIPE ? "not a regular file"
                      : r == -EAGAIN ? "another process keeps it locked"
                                     : strerror(-r);

    log_error("%s: %s", a->path, why);
    return r;
}

/* ---- keys and locks ---- */

/* What was put into a->sha since the last key. */
static void take_key(struct archive *a, uint8_t key[16])
{
    uint8_t bytes[DIGEST_BYTES_MAX];

    digests_final(a->sha, DIGEST_SHA256, bytes);
    digests_reset(a->sha);
    memcpy(key, bytes, 16);
}

static off_t byte_of(const uint8_t key[16])
{
    uint64_t n = 0;

    for (int i = 0; i < 8; i++)
        n = n << 8 | key[i];
    return (off_t)(n >> 2);
}

/* -EAGAIN: another process has it. */
static int set_lock(int fd, short type, off_t at)
{
    struct flock lock = {
        .l_type = type, .l_whence = SEEK_SET, .l_start = at, .l_len = 1};

    while (fcntl(fd, F_OFD_SETLK, &lock) < 0)
        if (errno != EINTR)
            return errno == EACCES ? -EAGAIN : -errno;
    return 0;
}

static int wait_for_lock(int fd, off_t at, int tries)
{
    const struct timespec nap = {.tv_nsec = APPEND_NAP_NS};
    int r;

    while ((r = set_lock(fd, F_WRLCK, at)) == -EAGAIN && --tries > 0)
        nanosleep(&nap, NULL);
    return r;
}

/* ---- reading ---- */

static void forget(struct archive *a)
{
    keyset_clear(&a->done);
    a->read = a->known = 0;
}

/* Bytes at a->read, behind those that are in a->sha since a->known. */
static void take_bytes(struct archive *a, struct slice bytes)
{
    struct slice rest = bytes, line;
    uint8_t key[16];

    while (slice_next(&rest, '\n', &line)) {
        off_t next = a->read + (off_t)(rest.data - bytes.data);

        digests_update(a->sha, line.data, line.len);
        if (rest.data == line.data + line.len) /* no end of line */
            break;
        take_key(a, key);
        keyset_add(&a->done, key);
        a->known = next;
    }
    a->read += (off_t)bytes.len;
}

static ssize_t read_block(struct archive *a, off_t at)
{
    ssize_t n;

    do
        n = pread(a->fd, a->block, BLOCK, at);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return -errno;
    return memchr(a->block, '\0', (size_t)n) ? -EBADMSG : n;
}

/* Reads the lines from a->known on, those that had no end before once more. */
static int read_lines(struct archive *a)
{
    ssize_t n;

    /* One that was cut has no end of line there, unless by chance. */
    if (a->known && (pread(a->fd, a->block, 1, a->known - 1) != 1 || *a->block != '\n'))
        forget(a);
    a->read = a->known;
    while ((n = read_block(a, a->read)) > 0)
        take_bytes(a, (struct slice){a->block, (size_t)n});
    digests_reset(a->sha);
    return (int)n;
}

/* ---- the file ---- */

/* Takes the claims over to the file that is open now. Where another process was faster
 * than this, two fetch one file; the line is added once. */
static void move_claims(struct archive *a)
{
    const struct claim *claim;
    size_t pos = 0;

    while ((claim = map_next(&a->claims, &pos)))
        set_lock(a->fd, F_WRLCK, claim->at);
}

static int open_file(struct archive *a)
{
    const int flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY;
    int fd = open(a->path, flags, 0666);
    struct stat st;

    if (fd < 0)
        return -errno;
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return -ESPIPE;
    }
    if (a->fd >= 0)
        close(a->fd);
    a->fd = fd;
    a->opened++;
    a->dev = st.st_dev;
    a->ino = st.st_ino;
    forget(a);
    move_claims(a);
    return read_lines(a);
}

/* Reads what is new in the file that has the name now. */
static int refresh(struct archive *a)
{
    struct stat st = {0};

    if (stat(a->path, &st) < 0 && errno != ENOENT)
        return -errno;
    if (st.st_ino != a->ino || st.st_dev != a->dev)
        return open_file(a);
    return st.st_size == a->read ? 0 : read_lines(a);
}

/* Locks a byte, then reads: what is read is all there is of those who had the lock.
 * -EAGAIN: another process has it. */
static int lock_and_read(struct archive *a, off_t at, int tries)
{
    unsigned opened;
    int r;

    do {
        opened = a->opened;
        r = wait_for_lock(a->fd, at, tries);
        if (r)
            return r;
        r = refresh(a);
    } while (!r && opened != a->opened); /* or the lock is another file's */
    if (r)
        set_lock(a->fd, F_UNLCK, at);
    return r;
}

struct archive *archive_open(const char *path)
{
    struct archive *a = mem_zalloc(sizeof(*a));
    int r;

    a->path = mem_strdup(path);
    a->fd = -1;
    a->sha = digests_new(1u << DIGEST_SHA256);
    r = open_file(a);
    if (!r)
        return a;
    failed(a, r);
    archive_close(a);
    return NULL;
}

void archive_close(struct archive *a)
{
    struct claim *claim;
    size_t pos = 0;

    if (!a)
        return;
    if (a->fd >= 0)
        close(a->fd);
    while ((claim = map_next(&a->claims, &pos)))
        free(claim);
    map_clear(&a->claims);
    keyset_clear(&a->done);
    digests_free(a->sha);
    free(a->path);
    free(a);
}

/* ---- claims ---- */

/* The line of a URL, which the caller frees, and its key. */
static char *line_of(struct archive *a, const char *url, uint8_t key[16])
{
    char *line = url_effective(url);

    if (!line) {
        log_error("%s: only URLs of http and https can be in it", a->path);
        return NULL;
    }
    digests_update(a->sha, line, strlen(line));
    take_key(a, key);
    return line;
}

static void keep_claim(struct archive *a, const char *line, off_t at)
{
    size_t room = strlen(line) + 1;
    struct claim *claim = mem_alloc(sizeof(*claim) + room);

    claim->at = at;
    memcpy(claim->line, line, room);
    map_set(&a->claims, claim->line, claim);
}

static void drop_claim(struct archive *a, const char *line)
{
    struct claim *claim = map_remove(&a->claims, line);

    if (claim)
        set_lock(a->fd, F_UNLCK, claim->at);
    free(claim);
}

static int claim_line(struct archive *a, const char *line, const uint8_t key[16])
{
    off_t at = byte_of(key);
    int r = refresh(a);

    if (r)
        return r;
    if (keyset_has(&a->done, key))
        return ARCHIVE_DONE;
    if (map_get(&a->claims, line))
        return ARCHIVE_BUSY;
    r = lock_and_read(a, at, 1);
    if (r)
        return r == -EAGAIN ? ARCHIVE_BUSY : r;
    if (keyset_has(&a->done, key)) { /* by the process that had it until now */
        set_lock(a->fd, F_UNLCK, at);
        return ARCHIVE_DONE;
    }
    keep_claim(a, line, at);
    return ARCHIVE_YOURS;
}

int archive_claim(struct archive *a, const char *url)
{
    uint8_t key[16];
    char *line = line_of(a, url, key);
    int r;

    if (!line)
        return -EINVAL;
    r = claim_line(a, line, key);
    free(line);
    return r < 0 ? failed(a, r) : r;
}

void archive_release(struct archive *a, const char *url)
{
    uint8_t key[16];
    char *line = line_of(a, url, key);

    if (line)
        drop_claim(a, line);
    free(line);
}

/* ---- adding ---- */

static int write_all(int fd, const char *data, size_t n)
{
    while (n) {
        ssize_t r = write(fd, data, n);

        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return -errno;
        data += r;
        n -= (size_t)r;
    }
    return 0;
}

static int add_line(struct archive *a, const char *line, const uint8_t key[16])
{
    struct buf text = BUF_INIT;
    int r = lock_and_read(a, APPEND_BYTE, APPEND_TRIES);

    if (r)
        return r;
    if (!keyset_has(&a->done, key)) {
        buf_appendf(&text, "%s%s\n", a->read > a->known ? cut_short : "", line);
        r = write_all(a->fd, text.data, text.len);
        buf_clear(&text);
    }
    set_lock(a->fd, F_UNLCK, APPEND_BYTE);
    return r;
}

int archive_add(struct archive *a, const char *url)
{
    uint8_t key[16];
    char *line = line_of(a, url, key);
    int r;

    if (!line)
        return -EINVAL;
    r = add_line(a, line, key);
    drop_claim(a, line);
    free(line);
    return r ? failed(a, r) : 0;
}
