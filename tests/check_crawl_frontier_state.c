#include "check_state.h"

#include "base/mem.h"
#include "base/str.h"
#include "crawl/frontier.h"

static struct frontier *open_with(const char *options)
{
    return frontier_new(
        &(struct frontier_config){.state = path, .options = options, .per_host = 8});
}

static struct frontier *must_open(void)
{
    struct frontier *f = open_with("start http://h/\nscope host\n");

    ck_assert_ptr_nonnull(f);
    return f;
}

static bool add(struct frontier *f, const char *url, uint32_t level)
{
    return frontier_add(f, &(struct found){.url = url, .level = level});
}

static bool add_link(struct frontier *f, struct visit *from, const char *url)
{
    return frontier_add_link(
        f, from,
        &(struct found){.url = url, .level = from->level + 1, .reason = VISIT_LINK});
}

static struct visit *take(struct frontier *f, const char *url)
{
    struct visit *v;

    ck_assert_int_eq(frontier_next(f, &v), 1);
    ck_assert_str_eq(v->url, url);
    return v;
}

static async void must_close(struct frontier *f)
{
    ck_assert_int_eq(frontier_free(f), 0);
}

static void is_over(struct frontier *f)
{
    struct visit *v;

    ck_assert_int_eq(frontier_next(f, &v), 0);
}

static async int empty_task(void *arg)
{
    struct frontier *f = must_open();

    (void)arg;
    ck_assert_uint_eq(frontier_known(f), 0);
    ck_assert_uint_eq(frontier_output_length(f), 0);
    must_close(f);
    ck_assert_int_ne(access(wal, F_OK), 0);
    f = must_open();
    ck_assert_uint_eq(frontier_known(f), 0);
    is_over(f);
    must_close(f);
    return 0;
}

RUN(empty)

/* Where a redirect led is known, when the page is done that led there; it was no page
 * of its own. */
static async int claimed_task(void *arg)
{
    struct frontier *f = must_open();
    struct visit *a, *b;

    (void)arg;
    add(f, "http://h/a", 0);
    add(f, "http://h/b", 0);
    a = take(f, "http://h/a");
    b = take(f, "http://h/b");
    ck_assert(!frontier_claim(f, a, "http://h/b"));
    ck_assert(frontier_claim(f, a, "http://h/over"));
    ck_assert(frontier_claim(f, a, "http://h/to"));
    ck_assert(!frontier_claim(f, b, "http://h/to"));
    ck_assert(frontier_claim(f, b, "http://h/lost"));
    ck_assert(!add_link(f, b, "http://h/to"));
    ck_assert_uint_eq(frontier_waiting(f), 0);
    frontier_done(f, a, 55);
    frontier_put_back(f, b);
    must_close(f);
    f = must_open();
    ck_assert_uint_eq(frontier_done_before(f), 1);
    ck_assert_uint_eq(frontier_output_length(f), 55);
    b = take(f, "http://h/b");
    ck_assert(!frontier_claim(f, b, "http://h/to"));
    ck_assert(!frontier_claim(f, b, "http://h/over"));
    ck_assert(frontier_claim(f, b, "http://h/lost"));
    frontier_done(f, b, 66);
    is_over(f);
    must_close(f);
    return 0;
}

RUN(claimed)

/* What was done is not given out again; what was out or waited is, with all that was
 * known of it, in the order of before. */
static async int goes_on_task(void *arg)
{
    struct frontier *f = must_open();
    struct visit *a, *b;

    (void)arg;
    add(f, "http://h/a", 0);
    add(f, "http://h/b", 0);
    a = take(f, "http://h/a");
    frontier_add_link(f, a,
                      &(struct found){.url = "http://h/c",
                                      .lastmod = "2026-11-26",
                                      .level = 1,
                                      .reason = VISIT_REQUISITE});
    add_link(f, a, "http://g/d");
    b = take(f, "http://h/b");
    frontier_done(f, a, 77);
    frontier_put_back(f, b);
    must_close(f);

    f = must_open();
    ck_assert_uint_eq(frontier_known(f), 4);
    ck_assert_uint_eq(frontier_waiting(f), 3);
    ck_assert_uint_eq(frontier_done_before(f), 1);
    ck_assert_uint_eq(frontier_output_length(f), 77);
    ck_assert(!add(f, "http://h/a", 0) && !add(f, "http://h/b", 0));
    ck_assert(frontier_knows(f, "http://g/d"));
    b = take(f, "http://h/b");
    ck_assert_ptr_null(b->referrer);
    ck_assert_uint_eq(b->number, 0);
    frontier_put_back(f, take(f, "http://g/d"));
    a = take(f, "http://h/c");
    ck_assert_str_eq(a->referrer, "http://h/a");
    ck_assert_str_eq(a->lastmod, "2026-11-26");
    ck_assert_uint_eq(a->level, 1);
    ck_assert_int_eq(a->reason, VISIT_REQUISITE);
    add_link(f, a, "http://h/e");
    frontier_done(f, a, 100);
    frontier_done(f, b, 90);
    must_close(f);

    f = must_open();
    ck_assert_uint_eq(frontier_output_length(f), 90); /* what came last */
    a = take(f, "http://g/d");
    b = take(f, "http://h/e");
    ck_assert_str_eq(a->referrer, "http://h/a");
    ck_assert_str_eq(b->referrer, "http://h/c");
    frontier_done(f, a, 0);
    frontier_done(f, b, 0);
    is_over(f);
    must_close(f);

    f = must_open();
    ck_assert_uint_eq(frontier_done_before(f), 5);
    is_over(f);
    must_close(f);
    return 0;
}

RUN(goes_on)

/* What was found on a page that had not ended stays, and the page comes again. */
static async int with_page_task(void *arg)
{
    struct frontier *f = must_open();
    struct visit *page, *link;

    (void)arg;
    add(f, "http://h/page", 0);
    page = take(f, "http://h/page");
    add_link(f, page, "http://h/ended");
    add_link(f, page, "http://h/waits");
    link = take(f, "http://h/ended");
    add_link(f, link, "http://h/further");
    frontier_done(f, link, 1);
    frontier_put_back(f, page);
    must_close(f);

    f = must_open();
    ck_assert_uint_eq(frontier_known(f), 4);
    page = take(f, "http://h/page");
    ck_assert(!add_link(f, page, "http://h/ended"));
    ck_assert(!add_link(f, page, "http://h/waits"));
    frontier_done(f, page, 2);
    link = take(f, "http://h/waits");
    ck_assert_str_eq(link->referrer, "http://h/page");
    frontier_done(f, link, 3);
    link = take(f, "http://h/further");
    ck_assert_str_eq(link->referrer, "http://h/ended");
    frontier_done(f, link, 4);
    is_over(f);
    must_close(f);
    return 0;
}

RUN(with_page)

static async int nearer_task(void *arg)
{
    struct frontier *f = must_open();
    struct visit *v;

    (void)arg;
    add(f, "http://h/far", 9);
    add(f, "http://h/mid", 5);
    add(f, "http://h/far", 2);
    must_close(f);
    f = must_open();
    ck_assert_uint_eq(frontier_known(f), 2);
    ck_assert_uint_eq(frontier_waiting(f), 2);
    v = take(f, "http://h/far");
    ck_assert_uint_eq(v->level, 2);
    frontier_done(f, v, 0);
    must_close(f);
    f = must_open();
    ck_assert_uint_eq(frontier_waiting(f), 1);
    frontier_done(f, take(f, "http://h/mid"), 0);
    is_over(f);
    must_close(f);
    return 0;
}

RUN(nearer)

static struct frontier *open_limited(void)
{
    return frontier_new(&(struct frontier_config){
        .state = path, .options = "", .max_pages = 5, .max_per_host = 3});
}

/* Over all runs; those that were put back do not count. */
static async int limits_task(void *arg)
{
    struct frontier *f = open_limited();
    char url[32];

    (void)arg;
    for (int i = 0; i < 8; i++) {
        snprintf(url, sizeof(url), "http://%c/%d", i < 4 ? 'a' : 'b', i);
        add(f, url, 0);
    }
    frontier_done(f, take(f, "http://a/0"), 0);
    frontier_done(f, take(f, "http://b/4"), 0);
    frontier_done(f, take(f, "http://a/1"), 0);
    frontier_put_back(f, take(f, "http://b/5"));
    must_close(f);
    f = open_limited();
    frontier_done(f, take(f, "http://a/2"), 0);
    frontier_done(f, take(f, "http://b/5"), 0);
    is_over(f);
    must_close(f);
    f = open_limited();
    is_over(f);
    ck_assert_uint_eq(frontier_waiting(f), 3);
    must_close(f);
    return 0;
}

RUN(limits)

static async int many_task(void *arg)
{
    enum { N = 20000 };
    struct frontier *f = must_open();
    struct visit *v;
    char url[64];

    (void)arg;
    for (int i = 0; i < N; i++) {
        snprintf(url, sizeof(url), "http://h%d/%d", i % 50, i);
        ck_assert(add(f, url, 0));
    }
    for (int i = 0; i < N / 2; i++) {
        ck_assert_int_eq(frontier_next(f, &v), 1);
        if (i % 2)
            frontier_done(f, v, (uint64_t)i);
        else
            frontier_put_back(f, v);
    }
    must_close(f);
    f = must_open();
    ck_assert_uint_eq(frontier_known(f), N);
    ck_assert_uint_eq(frontier_waiting(f), N - N / 4);
    ck_assert_uint_eq(frontier_done_before(f), N / 4);
    for (int i = 0; i < N - N / 4; i++) {
        ck_assert_int_eq(frontier_next(f, &v), 1);
        frontier_done(f, v, 0);
    }
    is_over(f);
    must_close(f);
    return 0;
}

RUN(many)

/* ---- refusals ---- */

static bool opens(void *options)
{
    struct frontier *f = open_with(options);

    if (f)
        must_close(f);
    return f;
}

static void is_refused(const char *options)
{
    refuses(opens, (void *)options);
}

static async int other_options_task(void *arg)
{
    (void)arg;
    ck_assert(opens((void *)"start http://h/\nscope host\n"));
    is_refused("start http://h/\nscope domain\n");
    is_refused("start http://h/\n");
    is_refused("start http://h/\nscope host\nlevel 3\n");
    is_refused("");
    ck_assert(opens((void *)"start http://h/\nscope host\n"));
    return 0;
}

RUN(other_options)

static async int foreign_task(void *arg)
{
    static const char *const damages[] = {"UPDATE url SET url = 'mailto:x'",
                                          "UPDATE url SET url = 'http:'",
                                          "UPDATE url SET url = 'http://h'",
                                          "UPDATE url SET level = -1",
                                          "UPDATE url SET reason = 99",
                                          "UPDATE url SET done = 7",
                                          "DELETE FROM crawl",
                                          "DROP TABLE url"};

    (void)arg;
    write_file("this is no database\n", 20);
    is_refused("");
    unlink(path);
    run_sql("CREATE TABLE precious (x)");
    is_refused("");
    for (size_t i = 0; i < ARRAY_LEN(damages); i++) {
        struct frontier *f;

        unlink(path);
        f = open_with("");
        add(f, "http://h/", 0);
        must_close(f);
        run_sql(damages[i]);
        is_refused("");
    }
    unlink(path);
    ck_assert(opens((void *)""));
    run_sql("UPDATE run SET command = 'fetch'");
    is_refused("");
    run_sql("UPDATE run SET command = 'crawl'; PRAGMA user_version = 99");
    is_refused("");
    ck_assert_ptr_null(
        frontier_new(&(struct frontier_config){.state = "/nonexistent/state"}));
    return 0;
}

RUN(foreign)

/* In a program of its own, where check's assertions do not work. */
static async int open_and_close(void *arg)
{
    struct frontier *f = open_with("");

    (void)arg;
    return f ? frontier_free(f) < 0 : 1;
}

static async int in_use_task(void *arg)
{
    struct frontier *f = open_with("");

    (void)arg;
    ck_assert_int_ne(open_elsewhere(), 0);
    add(f, "http://h/", 0);
    must_close(f);
    f = open_with("");
    ck_assert_int_ne(open_elsewhere(), 0);
    must_close(f);
    ck_assert_int_eq(open_elsewhere(), 0);
    return 0;
}

RUN(in_use)

/* ---- failing, cancelling ---- */

static async int disk_full_task(void *arg)
{
    struct frontier *f = must_open();
    struct stat st;
    char url[64];

    (void)arg;
    ck_assert_int_eq(stat(wal, &st), 0);
    limit_file_size((rlim_t)st.st_size + 4096);
    for (int i = 0; i < 20000; i++) {
        snprintf(url, sizeof(url), "http://h/%d", i);
        add(f, url, 0);
    }
    while (!frontier_error(f))
        ck_assert_int_eq(task_sleep(0.01), 0);
    ck_assert(add(f, "http://h/more", 0)); /* the run may go on without it */
    frontier_done(f, take(f, "http://h/0"), 0);
    ck_assert_int_lt(frontier_free(f), 0);
    limit_file_size(RLIM_INFINITY);
    f = must_open();
    ck_assert_uint_eq(frontier_known(f), 0); /* all of a batch or none */
    must_close(f);
    return 0;
}

RUN(disk_full)

static async int close_it(void *f)
{
    return frontier_free(f);
}

static async int cancelled_task(void *arg)
{
    struct frontier *f = must_open();
    struct task *t;

    (void)arg;
    add(f, "http://h/", 0);
    frontier_done(f, take(f, "http://h/"), 5);
    t = task_create(close_it, f);
    task_yield();
    for (int i = 0; i < 3; i++) {
        task_cancel(t);
        task_yield();
    }
    ck_assert_int_eq(task_await(t), 0);
    task_unref(t);
    f = must_open();
    ck_assert_uint_eq(frontier_done_before(f), 1);
    ck_assert_uint_eq(frontier_output_length(f), 5);
    must_close(f);
    return 0;
}

RUN(cancelled)

/* ---- notes, and visits that are less than whole ones ---- */

static bool add_note(struct slice notes, void *arg)
{
    buf_append(arg, notes.data, notes.len);
    buf_append_char(arg, ';');
    return !slice_eq(notes, "wrong");
}

static struct frontier *open_noted(struct buf *notes)
{
    return frontier_new(&(struct frontier_config){
        .state = path, .options = "", .per_host = 8, .noted = add_note, .arg = notes});
}

static async void end_with(struct frontier *f, const char *url, const char *text,
                           bool done)
{
    struct buf note = BUF_INIT;
    struct visit *v = take(f, url);

    buf_append_str(&note, text);
    frontier_note(f, v, &note);
    if (done)
        frontier_done(f, v, 1);
    else
        frontier_put_back(f, v);
    buf_clear(&note);
}

/* They are there exactly when their page is done, in the order of the ends. */
static async int notes_task(void *arg)
{
    struct buf notes = BUF_INIT;
    struct frontier *f = open_noted(&notes);

    (void)arg;
    for (int i = 0; i < 4; i++)
        add(f,
            (const char *[]){"http://h/a", "http://h/b", "http://h/c", "http://h/d"}[i],
            0);
    end_with(f, "http://h/a", "one", true);
    end_with(f, "http://h/b", "", true);
    end_with(f, "http://h/c", "lost", false);
    end_with(f, "http://h/d", "four", true);
    must_close(f);
    ck_assert_uint_eq(notes.len, 0);
    f = open_noted(&notes);
    ck_assert_str_eq(notes.data, "one;four;");
    end_with(f, "http://h/c", "wrong", true);
    must_close(f);
    ck_assert_ptr_null(open_noted(&notes)); /* it says so */
    buf_clear(&notes);
    return 0;
}

RUN(notes)

/* What was only checked is given out once more as what it is, in a later run too. */
static async int checked_task(void *arg)
{
    struct frontier *f = must_open();
    struct visit *v;

    (void)arg;
    for (int run = 0; run < 2; run++) {
        static const enum visit_reason reasons[] = {VISIT_CHECK, VISIT_ANCHORS,
                                                    VISIT_LINK};

        for (size_t i = run ? 1 : 0; i < (run ? 3u : 1u); i++) {
            struct found found = {"http://h/x", NULL, 1, reasons[i]};

            ck_assert(frontier_add(f, &found));
            ck_assert(!frontier_add(f, &found));
            v = take(f, "http://h/x");
            ck_assert_int_eq(v->reason, reasons[i]);
            frontier_done(f, v, 0);
            ck_assert(!frontier_add(f, &found));
        }
        must_close(f);
        f = must_open();
    }
    ck_assert(!frontier_add(f, &(struct found){"http://h/x", NULL, 0, VISIT_CHECK}));
    is_over(f);
    must_close(f);
    return 0;
}

RUN(checked)

static void add_url(const char *url, void *arg)
{
    buf_appendf(arg, "%s;", url);
}

static struct frontier *open_told(struct buf *urls)
{
    return frontier_new(&(struct frontier_config){
        .state = path, .options = "", .per_host = 8, .was_done = add_url, .arg = urls});
}

/* Told are those that are done or claimed, and were more than checked. */
static async int told_task(void *arg)
{
    struct buf urls = BUF_INIT;
    struct frontier *f = open_told(&urls);
    struct visit *v;

    (void)arg;
    add(f, "http://h/a", 0);
    frontier_add(f, &(struct found){"http://h/b", NULL, 0, VISIT_CHECK});
    add(f, "http://h/c", 0);
    v = take(f, "http://h/a");
    ck_assert(frontier_claim(f, v, "http://h/to"));
    frontier_done(f, v, 0);
    frontier_done(f, take(f, "http://h/b"), 0);
    frontier_put_back(f, take(f, "http://h/c"));
    must_close(f);
    ck_assert_uint_eq(urls.len, 0);
    must_close(open_told(&urls));
    ck_assert_str_eq(urls.data, "http://h/a;http://h/to;");
    buf_clear(&urls);
    return 0;
}

RUN(told)

static Suite *suite(void)
{
    return CHECK_SUITE("frontier_state", empty, claimed, goes_on, with_page, nearer,
                       limits, many, other_options, foreign, in_use, disk_full,
                       cancelled, notes, checked, told);
}

int main(int argc, char **argv)
{
    program = argv[0];
    if (argc < 2)
        return check_main(suite);
    set_path(argv[1]);
    return loop_run(open_and_close, NULL);
}
