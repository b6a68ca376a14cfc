/* What a job is: its name, what is expected of it, what is there already. */
#include "download/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/url.h"
#include "disk/folder.h"
#include "disk/name.h"
#include "download/names.h"
#include "download/report.h"
#include "download/stamp.h"
#include "http/content_disposition.h"

/* ---- names ---- */

static void set_name(struct job *job, char *name_taken)
{
    free(job->name);
    job->name = name_taken;
    part_clear(&job->part);
    part_init(&job->part, job->download->root, job->name);
}

/* What the checksums say of the end of the URL's path: as it is (.buildinfo) or as it
 * is written here (_buildinfo, index.html). */
static bool find_by_url(const struct download *d, const char *url,
                        struct expected *expected, const char **name)
{
    const char *why;
    char *as_is, *path;
    bool found;

    if (!d->o->checksums)
        return false;
    as_is = name_path_as_is(url);
    path = name_expand("{path}", url, 0, &why);
    found = checksums_by_path(d->o->checksums, as_is, expected, name) ||
            (path && checksums_by_path(d->o->checksums, path, expected, name));
    free(as_is);
    free(path);
    return found;
}

/* What they say of the name that the file gets, or that was asked for. */
static bool find_by_name(struct job *job)
{
    const struct download_options *o = job->download->o;
    const char *asked = job->item.output ? job->item.output : o->name;

    return checksums_by_name(o->checksums, job->name, &job->expected) ||
           (asked && checksums_by_name(o->checksums, asked, &job->expected));
}

static char *cleaned(const char *name)
{
    struct buf clean = BUF_INIT;

    name_append_path(&clean, slice_str(name));
    return buf_take(&clean);
}

/* What is asked for, in the order in which it says something. NULL: the server is to
 * say. */
static char *wanted_name(const struct download *d, const struct item *item)
{
    const struct download_options *o = d->o;
    const char *url = item->request.url, *why, *listed;
    struct expected expected;

    if (item->output)
        return cleaned(item->output);
    if (o->name)
        return cleaned(o->name);
    if (o->template)
        return name_expand(o->template, url, item->index, &why);
    /* As the list spells it: then `sha256sum -c` finds the file. */
    if (find_by_url(d, url, &expected, &listed))
        return cleaned(listed);
    return o->content_disposition ? NULL : name_from_url(url);
}

void plan_skipped(struct download *d, const struct item *item)
{
    char *effective = item->why ? NULL : url_effective(item->request.url);
    char *name = effective ? wanted_name(d, item) : NULL;

    if (name)
        free(names_take(&d->names, name));
    free(name);
    free(effective);
}

/* ---- what is expected ---- */

static void expect_sha256(struct job *job)
{
    const char *hex = job->item.sha256;
    uint8_t *bytes = job->expected.bytes[DIGEST_SHA256];
    uint8_t listed[32];
    bool twice = job->expected.kinds & 1u << DIGEST_SHA256;

    if (!hex)
        return;
    memcpy(listed, bytes, sizeof(listed));
    digest_parse(DIGEST_SHA256, hex, strlen(hex), bytes);
    if (twice && memcmp(listed, bytes, sizeof(listed)) != 0)
        job_fail(job, HTTP_CHECKSUM, "the line's sha256 is not that of --checksum");
    job->expected.kinds |= 1u << DIGEST_SHA256;
}

static void expect_listed(struct job *job)
{
    const struct download *d = job->download;
    const char *name;

    if (d->o->checksums && !find_by_name(job))
        find_by_url(d, job->item.request.url, &job->expected, &name);
}

static bool expect(struct job *job)
{
    const struct download *d = job->download;

    expect_listed(job);
    expect_sha256(job);
    if (d->o->checksums && job->expected.kinds == 0)
        job_fail(job, HTTP_NO_CHECKSUM, "%s is not among the checksums (--checksum)",
                 job->name);
    job->hashes = job->expected.kinds;
    if (d->o->hash || d->sums)
        job->hashes |= 1u << DIGEST_SHA256;
    if (job->hashes)
        job->digests = digests_new(job->hashes);
    return job->error == HTTP_OK;
}

char *plan_part_url(const char *url)
{
    char *plain = url_effective(url);

    if (plain)
        plain[strcspn(plain, "?")] = '\0';
    return plain;
}

static bool is_of(const char *part_url, const char *url)
{
    char *plain = plan_part_url(url);
    bool same = plain && !strcmp(plain, part_url);

    free(plain);
    return same;
}

/* Two URLs may have files of the same name, size and even ETag. */
static bool is_of_job(const struct job *job, const char *part_url)
{
    bool found = part_url && is_of(part_url, job->item.request.url);

    for (size_t i = 0; part_url && !found && i < job->item.mirror_count; i++)
        found = is_of(part_url, job->item.mirrors[i]);
    return found;
}

char *plan_sum(const struct job *job)
{
    int kind = DIGEST_KINDS;
    char hex[DIGEST_HEX_MAX];
    struct buf text = BUF_INIT;

    while (kind-- > 0)
        if (job->expected.kinds & 1u << kind)
            break;
    if (kind < 0)
        return NULL;
    digest_hex(job->expected.bytes[kind], digest_size(kind), hex);
    buf_appendf(&text, "%s %s", digest_name(kind), hex);
    return buf_take(&text);
}

/* ---- what is there ---- */

/* Whether --if-exists has something to say to what is there. */
static bool may_be_met(enum if_exists how, mode_t mode)
{
    if (how == IF_EXISTS_OVERWRITE && S_ISLNK(mode))
        return true;
    return S_ISREG(mode) || how == IF_EXISTS_RENAME || how == IF_EXISTS_FAIL;
}

/* 1: NAME is there, a whole file; 0: it is not; or -errno, told in the part. */
static int find_existing(struct job *job, struct stat *st)
{
    int r = part_existing(&job->part, st);

    if (r <= 0)
        return r;
    if (may_be_met(job->download->o->if_exists, st->st_mode))
        return 1;
    snprintf(job->part.why, sizeof(job->part.why),
             "%.80s is there and is no regular file: move it away", job->name);
    return -EEXIST;
}

int plan_open_existing(const struct job *job)
{
    const char *base;
    int root = job->download->root;
    int folder = folder_of(root, job->name, false, &base), fd;

    if (folder < 0)
        return folder;
    fd =
        openat(folder, base, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        fd = -errno;
    folder_close(root, folder);
    return fd;
}

void plan_skip_existing(struct job *job, const struct stat *st)
{
    job->skipped = true;
    job->known.size = st->st_size;
    job->unread = job->digests != NULL;
}

/* What looking came to, beside -errno. */
enum { LOOK_GOES_ON, LOOK_NAME_TAKEN };

/* What --if-exists and -N say to a file that is there. */
static int meet_existing(struct job *job, struct stat *st)
{
    const struct download_options *o = job->download->o;

    if (o->timestamping && S_ISREG(st->st_mode)) {
        job->replace = true;
        stamp_read(job, st);
        return 0;
    }
    switch (o->if_exists) {
    case IF_EXISTS_SKIP:
        plan_skip_existing(job, st);
        return 0;
    case IF_EXISTS_OVERWRITE:
        return 0;
    case IF_EXISTS_RENAME:
        return LOOK_NAME_TAKEN;
    case IF_EXISTS_FAIL:
        job_fail(job, HTTP_FILE_EXISTS, "%s is there already (--if-exists)", job->name);
        return 0;
    }
    return 0;
}

/* Bytes of mirrors that need not have the same version are gone on with only when what
 * is to tell is still the same checksum. */
static bool is_to_decide(const struct job *job, const char *sum)
{
    char *now = plan_sum(job);
    bool same = now && !strcmp(sum, now);

    free(now);
    return same;
}

/* What an earlier run has left of the file. When it is all there, its last byte
 * is asked for again: so the server says whether it still is that version. */
static int find_part(struct job *job)
{
    struct range gap;
    int r;

    if (job->download->o->no_resume)
        return 0;
    r = part_look(&job->part, &job->known);
    if ((job->known.sum && !is_to_decide(job, job->known.sum)) ||
        !is_of_job(job, job->known.url))
        journal_clear(&job->known);
    if (r < 0 || job->known.done.n == 0)
        return r;
    if (!ranges_gap(&job->known.done, 0, job->known.size, &gap))
        ranges_remove(&job->known.done, job->known.size - 1, job->known.size);
    job->resumed_from = ranges_bytes(&job->known.done);
    job->version = true;
    return 0;
}

static int look(struct job *job)
{
    struct stat st;
    int r = find_existing(job, &st);

    if (r > 0)
        r = meet_existing(job, &st);
    if (r == 0 && !job->skipped && job->error == HTTP_OK)
        r = find_part(job);
    return r;
}

/* The first number that neither this run nor the folder has. */
static void rename_job(struct job *job, const char *name, unsigned n)
{
    char *numbered = name_numbered(name, n);

    set_name(job, names_take(&job->download->names, numbered));
    free(numbered);
}

static bool is_free(struct download *d, const char *name)
{
    struct part there;
    struct stat st;
    bool found;

    part_init(&there, d->root, name);
    found = part_existing(&there, &st) > 0;
    part_clear(&there);
    return !found;
}

void plan_rename_late(struct job *job)
{
    struct download *d = job->download;
    char *name = job->name, *taken = NULL;
    unsigned n = 2;

    do {
        char *numbered = name_numbered(name, n++);

        free(taken);
        taken = names_take(&d->names, numbered);
        free(numbered);
    } while (!is_free(d, taken));
    free(name);
    job->name = taken;
    part_rename(&job->part, taken);
}

/* A few system calls, on the loop's own thread: handing them to another one takes
 * longer than they do. */
static bool look_until_free(struct job *job)
{
    char *name = mem_strdup(job->name);
    int r;

    for (unsigned n = 2; (r = look(job)) == LOOK_NAME_TAKEN; n++)
        rename_job(job, name, n);
    free(name);
    if (r < 0)
        job_fail_locally(job, r);
    return job->error == HTTP_OK && !job->skipped;
}

/* Whether some run has downloaded it. While it is claimed by another one that is found
 * out when its turn comes. */
static bool in_archive(struct job *job)
{
    struct archive *a = job->download->archive;
    const char *url = job->item.request.url;
    int r = a ? archive_claim(a, url) : ARCHIVE_BUSY;

    if (r == ARCHIVE_YOURS)
        archive_release(a, url);
    else if (r < 0)
        job_fail_archive(job, r);
    return r == ARCHIVE_DONE;
}

bool plan_job(struct job *job)
{
    struct download *d = job->download;
    char *name;

    if (job->item.why) {
        job_fail(job, HTTP_BAD_INPUT, "%s", job->item.why);
        return false;
    }
    if (!(name = url_effective(job->item.request.url)))
        return true; /* the call will say what is wrong with it */
    free(name);
    name = wanted_name(d, &job->item);
    if (name)
        set_name(job, names_take(&d->names, name));
    free(name);
    job->skipped = in_archive(job);
    if (job->skipped || job->error)
        return false;
    if (!job->name)
        return true;
    return expect(job) && (d->run.o->dry_run || look_until_free(job));
}

bool plan_name_by_server(struct job *job, const struct response *rs)
{
    struct slice value;
    char *name = NULL, *proposed;

    if (headers_get(&rs->headers, "Content-Disposition", &value) &&
        (proposed = content_disposition_filename(value))) {
        struct buf clean = BUF_INIT;

        name_append_part(&clean, slice_str(proposed));
        name = buf_take(&clean);
        free(proposed);
    }
    if (!name)
        name = name_from_url(job->item.request.url);
    set_name(job, names_take(&job->download->names, name));
    free(name);
    return expect(job) && look_until_free(job);
}
