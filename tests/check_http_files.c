#include "check_main.h"

#include <dirent.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "http/files.h"

#define SHARDS 64

enum { NOT_ALLOWED = 77 }; /* how a child ends that may not set its limit */

struct answer {
    struct file_plan plan;
    unsigned free; /* files that may be opened beside those that are open */
};

static unsigned open_now(void)
{
    DIR *d = opendir("/proc/self/fd");
    unsigned n = 0;

    ck_assert_ptr_nonnull(d);
    while (readdir(d))
        n++;
    closedir(d);
    return n - 3;
}

/* In a process of its own, since a hard limit is not raised again. */
static void plan_in_child(int fd, unsigned limit, unsigned soft, unsigned total,
                          unsigned per_host, unsigned extra)
{
    struct rlimit r = {soft, limit};
    struct answer a;

    if (setrlimit(RLIMIT_NOFILE, &r) < 0)
        _exit(NOT_ALLOWED);
    a.free = limit - open_now();
    a.plan = file_plan_make(total, per_host, extra, SHARDS);
    if (write(fd, &a, sizeof(a)) != sizeof(a))
        _exit(1);
    _exit(0);
}

/* False: that limit cannot be set here. Valgrind lets no one move the hard one. */
static bool plan(struct answer *a, unsigned limit, unsigned soft, unsigned total,
                 unsigned per_host, unsigned extra)
{
    int ends[2], status;
    ssize_t n;
    pid_t pid;

    ck_assert_int_eq(pipe(ends), 0);
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0)
        plan_in_child(ends[1], limit, soft, total, per_host, extra);
    close(ends[1]);
    n = read(ends[0], a, sizeof(*a));
    close(ends[0]);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_ALLOWED)
        return false;
    ck_assert_int_eq(status, 0);
    ck_assert_int_eq(n, sizeof(*a));
    return true;
}

static void check(const struct answer *a, unsigned limit, unsigned total,
                  unsigned per_host, unsigned extra)
{
    const struct file_plan *p = &a->plan;
    unsigned fixed = 2 * p->shards + p->total * extra;

    ck_assert_uint_ge(p->total, 1);
    ck_assert_uint_le(p->total, total);
    ck_assert_uint_ge(p->shards, 1);
    ck_assert_uint_le(p->shards, SHARDS);
    ck_assert_uint_ge(p->shards * p->shard_room, p->total); /* all find one */
    if (p->total == 1)                                      /* less is not to be had */
        return;
    ck_assert_msg(
        fixed + p->shards * p->shard_room <= a->free,
        "ulimit -n %u, %u at once, %u a host, %u extra: %u at once, %u shards "
        "of %u, and %u may be opened",
        limit, total, per_host, extra, p->total, p->shards, p->shard_room, a->free);
}

START_TEST(never_too_many)
{
    static const unsigned limits[] = {20,  24,   32,   64,   100,  256,   500,  540,
                                      600, 1024, 2048, 4096, 4500, 20000, 65536};
    static const unsigned totals[] = {1, 3, 64, 1000, 20000, 100000};
    static const unsigned hosts[] = {1, 8, 1000};
    static const unsigned extras[] = {0, 1, 2, 5, 20, 1000};

    for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
        unsigned limit = limits[i];

        if (limit < open_now() + 10)
            continue;
        for (unsigned k = 0; k < 6 * 3 * 6; k++) {
            unsigned total = totals[k % 6], host = hosts[k / 6 % 3];
            unsigned extra = extras[k / 18];
            struct answer a;

            if (!plan(&a, limit, limit, total, host, extra))
                break;
            check(&a, limit, total, host, extra);
        }
    }
}
END_TEST

/* The limit is not kept to for nothing. */
START_TEST(as_many_as_fit)
{
    struct answer a;

    if (!plan(&a, 1024, 64, 64, 8, 0)) /* the soft limit is raised */
        return;
    ck_assert_uint_eq(a.plan.total, 64);
    ck_assert(plan(&a, 1024, 1024, 64, 8, 2));
    ck_assert_uint_eq(a.plan.total, 64);
    ck_assert(plan(&a, 1024, 1024, 100000, 8, 0));
    ck_assert_uint_ge(a.plan.total, a.free * 3 / 4);
    ck_assert(plan(&a, 1024, 1024, 100000, 8, 1));
    ck_assert_uint_ge(a.plan.total, a.free * 3 / 8);
    ck_assert(plan(&a, 256, 256, 100000, 8, 1));
    ck_assert_uint_ge(a.plan.total, a.free / 2 - 5);
    ck_assert(plan(&a, 256, 256, 64, 8, 1));
    ck_assert_uint_eq(a.plan.total, 64);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("http_files", never_too_many, as_many_as_fit);
}

int main(void)
{
    return check_main(suite);
}
