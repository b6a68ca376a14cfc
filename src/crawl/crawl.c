/* The run of a crawl: start URLs go into the frontier, and what it gives out becomes
 * pages until nothing is left. */
#include "crawl/crawl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "async/wait.h"
#include "base/log.h"
#include "base/mem.h"
#include "crawl/check_notes.h"
#include "crawl/job.h"

/* ---- setting up ---- */

/* A host that is only asked whether a link to it works has no sitemaps for us. */
static void told_sitemap(const char *url, const char *asked, void *arg)
{
    struct crawl *c = arg;

    if (!scope_is_outside(c->scope, asked))
        sitemaps_add(c->sitemaps, url);
}

/* By which the state file knows the output again; NULL: standard output. The caller
 * frees. */
static char *output_name(const char *path)
{
    char *here = NULL;
    struct buf name = BUF_INIT;

    if (!path || !strcmp(path, "-"))
        return NULL;
    if (*path != '/' && (here = getcwd(NULL, 0)))
        buf_appendf(&name, "%s/", here);
    buf_append_str(&name, path);
    free(here);
    return buf_take(&name);
}

static uint64_t output_size(const char *name)
{
    struct stat st;

    return name && stat(name, &st) == 0 && S_ISREG(st.st_mode) ? (uint64_t)st.st_size
                                                               : 0;
}

static bool ends_line(const char *path, off_t length)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char last = '\0';
    bool ok = fd >= 0 && pread(fd, &last, 1, length - 1) == 1 && last == '\n';

    if (fd >= 0)
        close(fd);
    return ok;
}

/* What an earlier run wrote behind the last page that it finished comes again. False
 * (logged): the file is another, and what would be cut off is somebody's. */
static bool cut_output(struct crawl *c, const char *name, uint64_t size)
{
    off_t length = (off_t)frontier_output_length(c->frontier);

    c->output_length = (uint64_t)length;
    if (size <= c->output_length)
        return true;
    if (length > 0 && !ends_line(name, length)) {
        log_error(
            "%s: not what the crawl of %s has written so far: name that file, or a "
            "new one",
            c->o->run.output, c->o->state);
        return false;
    }
    (void)!truncate(name, length);
    return true;
}

/* What earlier runs found broken, they have told. */
static bool noted(struct slice notes, void *arg)
{
    struct crawl *c = arg;
    bool good;

    check_mute(c->check, true);
    good = check_notes_read(notes, c->check, c->refs);
    check_mute(c->check, false);
    return good;
}

/* And the names of what they have saved are taken; --convert-links, with which those
 * depend on more than the URL, does not go with --state. */
static void was_done(const char *url, void *arg)
{
    struct crawl *c = arg;

    saver_was_saved(&c->saver, url);
}

static void open_check(struct crawl *c)
{
    const struct crawl_options *o = c->o;

    c->refs = refs_new();
    if (o->check && !o->run.dry_run)
        c->check = check_new(c->refs, o->run.client.max_redirects, checking_tell, c);
}

static bool open_frontier(struct crawl *c)
{
    const struct crawl_options *o = c->o;
    char *options = starts_describe(c), *output = output_name(o->run.output);
    struct frontier_config config = {
        .state = o->run.dry_run ? NULL : o->state,
        .options = options,
        .output = output,
        .output_size = output_size(output),
        .per_host = o->run.client.limits.per_host,
        .max_pages = o->scope.max_pages,
        .max_per_host = o->scope.max_per_host,
        .arg = c,
    };
    bool good;

    if (c->check)
        config.noted = noted;
    if (c->saver.root >= 0)
        config.was_done = was_done;
    c->frontier = frontier_new(&config);
    if (c->frontier) {
        c->run.summary.skipped = frontier_done_before(c->frontier);
        c->run.continued = c->run.summary.skipped > 0;
    }
    good =
        c->frontier && (!c->run.continued || cut_output(c, output, config.output_size));
    free(options);
    free(output);
    return good;
}

static void open_hosts(struct crawl *c)
{
    struct hosts_config config = {
        .client = c->run.client,
        .product = c->o->product,
        .no_robots = c->o->no_robots,
        .is_stranger = crawl_is_stranger,
        .sitemap = told_sitemap,
        .arg = c,
    };

    c->hosts = hosts_new(&config);
}

/* Before the state: nothing is left behind where the directory cannot be used. */
static bool open_mirror(struct crawl *c)
{
    if (!c->o->save || c->run.o->dry_run)
        return true;
    if (saver_open(&c->saver, c->o->save, c->o->convert_links) < 0)
        return false;
    if (c->o->convert_links)
        c->mirror = mirror_new(c->saver.root, c->o->drop);
    return true;
}

/* Nothing is under way yet that a deadline could cancel: it has to end the reading. */
static async int read_starts(struct crawl *c)
{
    struct timeout limit;
    double deadline = c->o->run.deadline;
    int r;

    if (deadline > 0)
        timeout_begin(&limit, deadline);
    c->starts = starts_read(c);
    r = c->starts ? 0 : -ECANCELED;
    if (deadline > 0)
        r = timeout_end(&limit, r);
    if (r != -ETIMEDOUT)
        return r ? EXIT_LOCAL : 0;
    log_error(
        "the deadline has passed (--deadline), and the start URLs are not read yet: "
        "nothing was asked for");
    return EXIT_SOME_FAILED;
}

static async int set_up(struct run *run)
{
    struct crawl *c = crawl_of(run);
    int status;

    list_init(&c->finished);
    event_init(&c->more);
    reading_room_init(&c->reading);
    open_check(c);
    status = read_starts(c);
    if (status)
        return status;
    if (!open_mirror(c) || !open_frontier(c))
        return EXIT_LOCAL;
    c->scope = scope_new(&c->o->scope);
    open_hosts(c);
    c->sitemaps = sitemaps_new(c);
    if (c->o->why && !run->o->dry_run)
        c->skips = skips_new();
    starts_add(c);
    return 0;
}

/* ---- the next page ---- */

/* They need the pool, which is there with the first item. */
static void begin_sitemaps(struct crawl *c)
{
    string_list urls = c->begun || c->run.o->dry_run ? NULL : c->o->sitemaps;

    c->begun = true;
    for (; urls && *urls; urls++)
        sitemaps_add(c->sitemaps, *urls);
}

/* The frontier has no more; a sitemap may have. */
static async int next_visit(struct crawl *c, struct visit **visit)
{
    for (int r;;) {
        event_clear(&c->more);
        r = frontier_next(c->frontier, visit);
        if (r != 0)
            return r;
        if (sitemaps_are_read(c->sitemaps) && !event_is_set(&c->more))
            return 0;
        if ((r = event_wait(&c->more)) < 0)
            return r;
    }
}

static async int next(struct run *run, struct item *item)
{
    struct crawl *c = crawl_of(run);
    struct visit *visit;
    int r;

    begin_sitemaps(c);
    if (starts_next_wrong(c, item))
        return 1;
    r = next_visit(c, &visit);
    if (r > 0)
        *item = (struct item){.own = visit};
    return r;
}

/* ---- the end ---- */

static void stopped(struct run *run)
{
    hosts_stop(crawl_of(run)->hosts);
}

/* A start URL has a record, whatever keeps it. */
static void report_kept_back(struct crawl *c, struct visit *visit, bool host_full)
{
    struct skip skip = {visit->url, host_full ? SCOPE_MAX_PER_HOST : SCOPE_MAX_PAGES,
                        visit->level, visit->referrer};
    bool start = visit->reason == VISIT_START;
    struct item item = {.own = visit};

    if (c->run.stopped && start) {
        struct job *job = job_new(c, &item);

        call_cancel(&job->errand.call, c->run.stopped);
        c->run.submitted++;
        report_page(job);
        return;
    }
    if (!c->run.stopped && (start || c->skips))
        skips_tell(c, &skip);
    frontier_put_back(c->frontier, visit);
}

/* Millions may wait: but for --why, nobody asks for any but start URLs. */
static void report_all_kept_back(struct crawl *c)
{
    uint32_t level = c->skips && !c->run.stopped ? UINT32_MAX : 0;
    struct visit *visit;
    bool host_full;

    frontier_close(c->frontier);
    while (frontier_kept_back(c->frontier, level, &visit, &host_full))
        report_kept_back(c, visit, host_full);
}

static bool is_stopped(void *arg)
{
    const struct crawl *c = arg;

    return c->run.stopped != NULL;
}

/* With those that earlier runs told (--state). */
static uint64_t tell_count(const struct crawl *c)
{
    uint64_t n = c->check ? check_count(c->check) : 0;

    if (n)
        log_note("broken links: %llu", (unsigned long long)n);
    return n;
}

static async int tear_down(struct run *run)
{
    struct crawl *c = crawl_of(run);
    int r = 0;

    if (!run->sink) /* nothing has begun */
        return 0;
    if (c->skips)
        skips_finish(c);
    report_all_kept_back(c);
    if (c->mirror)
        r = mirror_convert(c->mirror, is_stopped, c);
    if (c->mirror && run->stopped)
        log_warning("%s: links are not converted, as the run was ended early",
                    c->o->save);
    if (r < 0)
        return EXIT_LOCAL;
    return tell_count(c) || sitemaps_have_failed(c->sitemaps) ? EXIT_SOME_FAILED : 0;
}

static async int close_crawl(struct run *run)
{
    struct crawl *c = crawl_of(run);
    int status = 0;

    if (c->frontier) {
        report_unwritten(c);
        status = frontier_free(c->frontier) < 0 ? EXIT_LOCAL : 0;
    }
    mirror_free(c->mirror);
    saver_close(&c->saver);
    skips_free(c->skips);
    sitemaps_free(c->sitemaps);
    hosts_free(c->hosts);
    check_free(c->check);
    buf_clear(&c->notes);
    refs_free(c->refs);
    scope_free(c->scope);
    starts_free(c->starts);
    keyset_clear(&c->contents);
    buf_clear(&c->scratch);
    return status;
}

static uint64_t waiting(struct run *run)
{
    return frontier_waiting(crawl_of(run)->frontier);
}

/* What --max-pages keeps from being asked for is not to come. */
static void look(struct run *run, struct progress_now *now)
{
    const struct crawl *c = crawl_of(run);
    uint64_t most = c->o->scope.max_pages, before = frontier_done_before(c->frontier);

    now->total =
        now->summary->requests + run->submitted - run->delivered + waiting(run);
    if (most > before && now->total > most - before)
        now->total = most - before;
}

static const struct run_scenario crawl = {
    .name = "crawl",
    .read_ahead = 1024, /* pages that wait for their hosts */
    .set_up = set_up,
    .next = next,
    .submit = job_submit,
    .stopped = stopped,
    .tear_down = tear_down,
    .close = close_crawl,
    .done = errand_call_done,
    .step = errand_step,
    .waiting = waiting,
    .look = look,
};

int crawl_run(const struct crawl_options *o)
{
    struct crawl c = {.o = o, .saver.root = -1};

    return run_main(&c.run, &crawl, &o->run);
}
