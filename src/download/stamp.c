#include "download/stamp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "download/plan.h"

#define ATTRIBUTE "user.trawl.etag"

/* What the ETag is worth nothing without: "SIZE SECONDS.NANOSECONDS ETAG". */
static void append_stamp(struct buf *out, const struct stat *st)
{
    buf_appendf(out, "%lld %lld.%09ld ", (long long)st->st_size,
                (long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec);
}

/* RFC 9110, 5.6.7; the names are English whatever the locale. */
static char *http_date(time_t t)
{
    static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct buf text = BUF_INIT;
    struct tm tm;

    if (!gmtime_r(&t, &tm))
        return NULL;
    buf_appendf(&text, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[tm.tm_wday],
                tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
                tm.tm_sec);
    return buf_take(&text);
}

static char *noted_etag(struct job *job, const struct stat *st)
{
    char value[1024], *etag = NULL;
    struct buf stamp = BUF_INIT;
    int fd = plan_open_existing(job);
    ssize_t n = fd < 0 ? -1 : fgetxattr(fd, ATTRIBUTE, value, sizeof(value) - 1);

    append_stamp(&stamp, st);
    if (n > (ssize_t)stamp.len && !memcmp(value, stamp.data, stamp.len))
        etag = mem_strndup(value + stamp.len, (size_t)n - stamp.len);
    buf_clear(&stamp);
    if (fd >= 0)
        close(fd);
    return etag;
}

void stamp_read(struct job *job, const struct stat *st)
{
    job->old_size = st->st_size;
    job->old_modified = http_date(st->st_mtim.tv_sec);
    job->old_etag = noted_etag(job, st);
    if (job->old_etag && strpbrk(job->old_etag, "\r\n")) { /* from us it has none */
        free(job->old_etag);
        job->old_etag = NULL;
    }
}

void stamp_write(const struct job *job)
{
    struct buf text = BUF_INIT;
    struct stat st;

    if (!job->known.etag || strlen(job->known.etag) > 512 ||
        fstat(job->part.fd, &st) < 0)
        return;
    append_stamp(&text, &st);
    buf_append_str(&text, job->known.etag);
    (void)fsetxattr(job->part.fd, ATTRIBUTE, text.data, text.len, 0);
    buf_clear(&text);
}
