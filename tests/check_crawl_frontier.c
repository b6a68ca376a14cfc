#include "check_main.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "check_async.h"
#include "crawl/frontier.h"

#define RUN(name)                                                                      \
    START_TEST(name)                                                                   \
    {                                                                                  \
        ck_assert_int_eq(run(name##_task), 0);                                         \
    }                                                                                  \
    END_TEST

static struct frontier *make_frontier(unsigned per_host)
{
    return frontier_new(&(struct frontier_config){.per_host = per_host});
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

/* The next one, which is there already. */
static struct visit *take(struct frontier *f)
{
    struct visit *v = NULL;

    ck_assert_int_eq(frontier_next(f, &v), 1);
    return v;
}

/* Notes its path, or more of it where hosts matter, and ends it. */
static void visit_and_note(struct frontier *f, size_t skip)
{
    struct visit *v = take(f);

    note("%s", v->url + skip);
    frontier_done(f, v, 0);
}

static void is_over(struct frontier *f)
{
    struct visit *v;

    ck_assert_int_eq(frontier_next(f, &v), 0);
}

static async int once_task(void *arg)
{
    struct frontier *f = make_frontier(0);
    struct visit *v;

    (void)arg;
    is_over(f);
    ck_assert(!frontier_knows(f, "http://h/a"));
    ck_assert(add(f, "http://h/a", 0));
    ck_assert(!add(f, "http://h/a", 0));
    ck_assert(add(f, "http://h/b", 0));
    ck_assert(frontier_knows(f, "http://h/a"));
    ck_assert_uint_eq(frontier_known(f), 2);
    ck_assert_uint_eq(frontier_waiting(f), 2);
    v = take(f);
    ck_assert_str_eq(v->url, "http://h/a");
    ck_assert_ptr_null(v->referrer);
    ck_assert_ptr_null(v->lastmod);
    ck_assert(!add(f, "http://h/a", 0));
    ck_assert(!add_link(f, v, "http://h/a"));
    frontier_done(f, v, 0);
    ck_assert(!add(f, "http://h/a", 0));
    ck_assert_uint_eq(frontier_waiting(f), 1);
    frontier_done(f, take(f), 0);
    is_over(f);
    ck_assert_uint_eq(frontier_known(f), 2);
    ck_assert_int_eq(frontier_free(f), 0);
    return 0;
}

RUN(once)

static async int facts_task(void *arg)
{
    struct frontier *f = make_frontier(0);
    struct visit *page, *part;

    (void)arg;
    frontier_add(f, &(struct found){.url = "http://h/a",
                                    .lastmod = "2026-11-26",
                                    .level = 3,
                                    .reason = VISIT_SITEMAP});
    page = take(f);
    ck_assert_str_eq(page->lastmod, "2026-11-26");
    ck_assert_uint_eq(page->level, 3);
    ck_assert_int_eq(page->reason, VISIT_SITEMAP);
    ck_assert_uint_eq(page->number, 0);
    frontier_add_link(
        f, page,
        &(struct found){.url = "http://g/b", .level = 4, .reason = VISIT_REQUISITE});
    frontier_done(f, page, 0);
    part = take(f); /* the page's URL lives on in it */
    ck_assert_str_eq(part->url, "http://g/b");
    ck_assert_str_eq(part->referrer, "http://h/a");
    ck_assert_ptr_null(part->lastmod);
    ck_assert_uint_eq(part->number, 1);
    ck_assert_int_eq(part->reason, VISIT_REQUISITE);
    frontier_done(f, part, 0);
    return frontier_free(f);
}

RUN(facts)

static async int breadth_first_task(void *arg)
{
    struct frontier *f = make_frontier(0);
    struct visit *a;

    (void)arg;
    add(f, "http://h/a", 0);
    add(f, "http://h/b", 0);
    a = take(f);
    add_link(f, a, "http://h/a1");
    add_link(f, a, "http://h/a2");
    frontier_done(f, a, 0);
    a = take(f);
    ck_assert_str_eq(a->url, "http://h/b");
    add_link(f, a, "http://h/b1");
    frontier_done(f, a, 0);
    a = take(f);
    ck_assert_str_eq(a->url, "http://h/a1");
    add_link(f, a, "http://h/a11");
    frontier_done(f, a, 0);
    for (int i = 0; i < 3; i++)
        visit_and_note(f, strlen("http://h/"));
    ck_assert_journal("a2 b1 a11");
    is_over(f);
    return frontier_free(f);
}

RUN(breadth_first)

/* The smaller level counts, once, and for the order too. */
static async int nearer_task(void *arg)
{
    struct frontier *f = make_frontier(0);
    struct visit *v;

    (void)arg;
    add(f, "http://h/far", 9);
    add(f, "http://h/mid", 5);
    ck_assert(!add(f, "http://h/far", 10));
    ck_assert(!add(f, "http://h/far", 4));
    ck_assert_uint_eq(frontier_waiting(f), 2);
    v = take(f);
    ck_assert_str_eq(v->url, "http://h/far");
    ck_assert_uint_eq(v->level, 4);
    frontier_done(f, v, 0);
    visit_and_note(f, strlen("http://h/"));
    ck_assert_journal("mid");
    ck_assert_uint_eq(frontier_waiting(f), 0);
    is_over(f);
    return frontier_free(f);
}

RUN(nearer)

/* A list sorted by host: each has its turn. */
static async int in_turn_task(void *arg)
{
    static const char *const urls[] = {"http://a/1", "http://a/2", "http://a/3",
                                       "http://b/1", "http://b/2", "http://c/1"};
    struct frontier *f = make_frontier(0);

    (void)arg;
    for (size_t i = 0; i < ARRAY_LEN(urls); i++)
        add(f, urls[i], 0);
    for (size_t i = 0; i < ARRAY_LEN(urls); i++)
        visit_and_note(f, strlen("http://"));
    ck_assert_journal("a/1 b/1 c/1 a/2 b/2 a/3");
    return frontier_free(f);
}

RUN(in_turn)

/* Levels over all hosts, as far as a busy host does not keep others waiting. */
static async int levels_task(void *arg)
{
    struct frontier *f = make_frontier(1);
    struct visit *a;

    (void)arg;
    add(f, "http://b/deep", 7);
    add(f, "http://a/1", 1);
    add(f, "http://a/2", 1);
    a = take(f);
    ck_assert_str_eq(a->url, "http://a/1");
    visit_and_note(f, strlen("http://"));
    frontier_done(f, a, 0);
    visit_and_note(f, strlen("http://"));
    ck_assert_journal("b/deep a/2");
    return frontier_free(f);
}

RUN(levels)

/* ---- waiting ---- */

struct taker {
    struct frontier *f;
    struct visit *visit;
    int result;
};

static async int take_task(void *arg)
{
    struct taker *t = arg;

    t->result = frontier_next(t->f, &t->visit);
    note("%d", t->result);
    return t->result;
}

/* One is out of a host that may have one out: the next comes with its end. */
static async int per_host_task(void *arg)
{
    struct taker t = {.f = make_frontier(1)};
    struct visit *first, *other;
    struct task *waiting;

    (void)arg;
    add(t.f, "http://h/1", 0);
    add(t.f, "http://h/2", 0);
    first = take(t.f);
    waiting = task_create(take_task, &t);
    settle();
    ck_assert(!task_done(waiting));
    add(t.f, "http://g/", 0);
    ck_assert_int_eq(task_await(waiting), 1);
    ck_assert_str_eq(t.visit->url, "http://g/");
    task_unref(waiting);
    other = t.visit;
    waiting = task_create(take_task, &t);
    settle();
    ck_assert(!task_done(waiting));
    frontier_done(t.f, first, 0);
    ck_assert_int_eq(task_await(waiting), 1);
    ck_assert_str_eq(t.visit->url, "http://h/2");
    task_unref(waiting);
    frontier_done(t.f, other, 0);
    frontier_done(t.f, t.visit, 0);
    return frontier_free(t.f);
}

RUN(per_host)

/* Nothing waits, but what is out may find more. */
static async int last_one_task(void *arg)
{
    struct taker t = {.f = make_frontier(0)};
    struct visit *v;
    struct task *waiting;

    (void)arg;
    add(t.f, "http://h/1", 0);
    v = take(t.f);
    waiting = task_create(take_task, &t);
    settle();
    ck_assert(!task_done(waiting));
    add_link(t.f, v, "http://h/2");
    ck_assert_int_eq(task_await(waiting), 1);
    task_unref(waiting);
    frontier_done(t.f, v, 0);
    v = t.visit;
    waiting = task_create(take_task, &t);
    settle();
    ck_assert(!task_done(waiting));
    frontier_done(t.f, v, 0);
    ck_assert_int_eq(task_await(waiting), 0);
    task_unref(waiting);
    return frontier_free(t.f);
}

RUN(last_one)

static async int cancelled_task(void *arg)
{
    struct taker t = {.f = make_frontier(0)};
    struct visit *v;
    struct task *waiting;

    (void)arg;
    add(t.f, "http://h/1", 0);
    v = take(t.f);
    waiting = task_create(take_task, &t);
    settle();
    ck_assert_int_eq(cancel_and_await(waiting), -ECANCELED);
    add(t.f, "http://h/2", 0); /* it is not lost */
    frontier_done(t.f, v, 0);
    frontier_done(t.f, take(t.f), 0);
    is_over(t.f);
    return frontier_free(t.f);
}

RUN(cancelled)

static async int closed_task(void *arg)
{
    struct taker t = {.f = make_frontier(1)};
    struct visit *v;
    struct task *waiting;

    (void)arg;
    add(t.f, "http://h/1", 0);
    add(t.f, "http://h/2", 0);
    v = take(t.f);
    waiting = task_create(take_task, &t);
    settle();
    frontier_close(t.f);
    ck_assert_int_eq(task_await(waiting), 0);
    task_unref(waiting);
    frontier_put_back(t.f, v);
    is_over(t.f);
    ck_assert_uint_eq(frontier_waiting(t.f), 1);
    return frontier_free(t.f);
}

RUN(closed)

/* Not again in this run; its host goes on. */
static async int put_back_task(void *arg)
{
    struct frontier *f = make_frontier(1);

    (void)arg;
    add(f, "http://h/1", 0);
    add(f, "http://h/2", 0);
    frontier_put_back(f, take(f));
    ck_assert(!add(f, "http://h/1", 0));
    visit_and_note(f, strlen("http://h/"));
    ck_assert_journal("2");
    is_over(f);
    return frontier_free(f);
}

RUN(put_back)

/* ---- limits ---- */

static unsigned count_kept_back(struct frontier *f, uint32_t level, bool expected)
{
    struct visit *v;
    unsigned n = 0;
    bool host_full;

    for (; frontier_kept_back(f, level, &v, &host_full); n++) {
        ck_assert_int_eq(host_full, expected);
        frontier_put_back(f, v);
    }
    return n;
}

static async int max_pages_task(void *arg)
{
    struct frontier *f = frontier_new(&(struct frontier_config){.max_pages = 3});
    char url[32];

    (void)arg;
    for (int i = 0; i < 8; i++) {
        snprintf(url, sizeof(url), "http://h%d/", i % 4);
        url[8] = (char)('0' + i);
        add(f, url, 0);
    }
    add(f, "http://h7/", 0);
    for (int i = 0; i < 3; i++)
        frontier_done(f, take(f), 0);
    is_over(f);
    ck_assert_uint_eq(frontier_waiting(f), 5);
    ck_assert_uint_eq(count_kept_back(f, 0, false), 5);
    ck_assert_uint_eq(frontier_waiting(f), 0);
    return frontier_free(f);
}

RUN(max_pages)

/* Those that are further away are passed over, in their hosts and in others. */
static async int kept_back_task(void *arg)
{
    struct frontier *f = frontier_new(&(struct frontier_config){.max_pages = 0});
    char url[32];

    (void)arg;
    for (int i = 0; i < 60; i++) {
        snprintf(url, sizeof(url), "http://h%d/%d", i % 20, i);
        add(f, url, i % 20 < 10 ? (uint32_t)i / 20 : 1);
    }
    frontier_close(f);
    ck_assert_uint_eq(count_kept_back(f, 0, false), 10);
    ck_assert_uint_eq(count_kept_back(f, 1, false), 40);
    ck_assert_uint_eq(count_kept_back(f, UINT32_MAX, false), 10);
    ck_assert_uint_eq(frontier_waiting(f), 0);
    return frontier_free(f);
}

RUN(kept_back)

/* What waits to be checked is a page's once that is redirected there. */
static async int claim_waiting_task(void *arg)
{
    struct frontier *f = make_frontier(0);
    struct visit *v;

    (void)arg;
    add(f, "http://h/a", 0);
    v = take(f);
    frontier_add_link(
        f, v, &(struct found){.url = "http://h/b", .level = 1, .reason = VISIT_CHECK});
    ck_assert_uint_eq(frontier_waiting(f), 1);
    ck_assert(frontier_claim(f, v, "http://h/b"));
    ck_assert_uint_eq(frontier_waiting(f), 0);
    frontier_done(f, v, 0);
    is_over(f);
    ck_assert_uint_eq(frontier_waiting(f), 0);
    return frontier_free(f);
}

RUN(claim_waiting)

static async int max_per_host_task(void *arg)
{
    struct frontier *f = frontier_new(&(struct frontier_config){.max_per_host = 2});
    struct visit *v;

    (void)arg;
    for (int i = 0; i < 3; i++) {
        static const char *const urls[] = {"http://h/1", "http://h/2", "http://h/3"};

        add(f, urls[i], 0);
    }
    add(f, "http://g/1", 0);
    for (int i = 0; i < 3; i++)
        visit_and_note(f, strlen("http://"));
    ck_assert_journal("h/1 g/1 h/2");
    is_over(f);
    add(f, "http://h/4", 0); /* it stays full though nothing of it waited */
    add(f, "http://g/2", 0);
    v = take(f);
    ck_assert_str_eq(v->url, "http://g/2");
    frontier_done(f, v, 0);
    is_over(f);
    ck_assert_uint_eq(count_kept_back(f, 0, true), 2);
    return frontier_free(f);
}

RUN(max_per_host)

/* ---- many ---- */

/* A hundred hosts with ten levels of pages each: none is given out twice, none is lost,
 * no host has more than four out, and levels go up a step at a time. */
static async int many_task(void *arg)
{
    enum { HOSTS = 100, WIDTH = 20, LEVELS = 10, OUT = 64 };
    struct frontier *f = make_frontier(4);
    struct visit *out[OUT] = {NULL};
    unsigned count[HOSTS] = {0}, n = 0;
    char url[64];

    (void)arg;
    for (int h = 0; h < HOSTS; h++) {
        snprintf(url, sizeof(url), "http://h%d/0/0", h);
        add(f, url, 0);
    }
    for (unsigned i = 0;; i = (i + 7) % OUT) {
        struct visit *v = out[i];
        int h, level;

        if (v) {
            sscanf(v->url, "http://h%d/%d/", &h, &level);
            ck_assert_int_eq(level, (int)v->level);
            for (int k = 0; level + 1 < LEVELS && k < WIDTH; k++) {
                snprintf(url, sizeof(url), "http://h%d/%d/%d", h, level + 1, k);
                add_link(f, v, url);
            }
            count[h]--;
            n++;
            frontier_done(f, v, 0);
        }
        out[i] = NULL;
        if (frontier_waiting(f) == 0 && n == frontier_known(f))
            break;
        if (frontier_waiting(f) && frontier_next(f, &out[i]) == 1) {
            sscanf(out[i]->url, "http://h%d/", &h);
            ck_assert_uint_le(++count[h], 4);
        }
    }
    ck_assert_uint_eq(n, HOSTS * (1 + WIDTH * (LEVELS - 1)));
    return frontier_free(f);
}

RUN(many)

/* In KiB: VmRSS or VmHWM. */
static long memory_of(const char *name)
{
    FILE *status = fopen("/proc/self/status", "r");
    char line[256];
    long n = 0;

    while (fgets(line, sizeof(line), status))
        if (strncmp(line, name, strlen(name)) == 0)
            n = atol(line + strlen(name) + 1);
    fclose(status);
    return n;
}

/* A million URLs of about 60 bytes that wait, a hundred found on each of the pages. */
static async int million_task(void *arg)
{
#ifdef WITH_ASAN
    enum { N = 100000, PER_PAGE = 100, LIMIT = 100000 };
#else
    enum { N = 1000000, PER_PAGE = 100, LIMIT = 100 };
#endif
    struct frontier *f = make_frontier(0);
    long before = memory_of("VmRSS"), peak;
    struct visit *v;
    char url[80];

    (void)arg;
    for (int page = 0; page < N / PER_PAGE; page++) {
        snprintf(url, sizeof(url),
                 "http://127.0.0.1:8080/a/page/of/a/deep/site/%d.html", page);
        add(f, url, 0);
        v = take(f);
        for (int i = 0; i < PER_PAGE; i++) {
            snprintf(url, sizeof(url), "http://127.0.0.1:8080/en/some/page/%x/%d.html",
                     page * 2654435761u, 100000000 + i);
            add_link(f, v, url);
        }
        frontier_done(f, v, 0);
    }
    peak = memory_of("VmHWM") - before;
    ck_assert_uint_eq(frontier_waiting(f), N);
    ck_assert_int_lt(peak * 1024 / N, LIMIT);
    return frontier_free(f);
}

RUN(million)

static Suite *make(void)
{
    return CHECK_SUITE("frontier", once, facts, breadth_first, nearer, in_turn, levels,
                       per_host, last_one, cancelled, closed, put_back, max_pages,
                       kept_back, claim_waiting, max_per_host, many, million);
}

int main(void)
{
    return check_main(make);
}
