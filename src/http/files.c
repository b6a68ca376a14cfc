#include "http/files.h"

#include <dirent.h>
#include <stddef.h>
#include <sys/resource.h>

/* A lookup opens a socket pair, the resolver's own socket and a file; the executor, the
 * state file and the output take the rest. */
#define RESERVED 6

/* Beyond this more open files help nothing. */
#define ENOUGH 65536

static unsigned min(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static unsigned max(unsigned a, unsigned b)
{
    return a > b ? a : b;
}

static unsigned open_now(void)
{
    DIR *d = opendir("/proc/self/fd");
    unsigned n = 0;

    if (!d)
        return 16;
    while (readdir(d))
        n++;
    closedir(d);
    return n - 3; /* ".", "..", and the directory itself */
}

static unsigned limit_raised(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return 256;
    if (limit.rlim_cur < limit.rlim_max && limit.rlim_cur < ENOUGH) {
        limit.rlim_cur = limit.rlim_max < ENOUGH ? limit.rlim_max : ENOUGH;
        setrlimit(RLIMIT_NOFILE, &limit);
        getrlimit(RLIMIT_NOFILE, &limit);
    }
    return limit.rlim_cur < ENOUGH ? (unsigned)limit.rlim_cur : ENOUGH;
}

struct file_plan file_plan_make(unsigned total, unsigned per_host, unsigned extra,
                                unsigned shards_max)
{
    unsigned limit = limit_raised(), used = open_now() + RESERVED;
    unsigned free = limit > used ? limit - used : 0, each = 1 + extra;
    struct file_plan plan = {.total = total};
    unsigned idle, fair, share;

    /* One shard, whose idle connections make way for new ones. */
    if (free < 512 || each > free / 8) {
        plan.shards = 1;
        plan.total = max(1, min(total, free > 2 ? (free - 2) / each : 1));
        plan.shard_room = plan.total;
        return plan;
    }
    plan.shards = free < 4096 ? 8 : shards_max;
    free -= 2 * plan.shards;
    plan.total = min(total, free * 4 / 5 / each);
    free -= plan.total * extra;
    /* Room for one busy host in a shard and for others that fall into the same; what a
     * shard keeps beyond is closed, oldest first, at a walk over its connections. */
    idle = (free - plan.total) / plan.shards;
    fair = max(4 * min(plan.total, per_host), 4 * plan.total / plan.shards);
    share = plan.total / plan.shards;
    fair = min(fair, max(plan.total, 4 * share));
    plan.shard_room = max(8, min(fair, min(idle + share, max(256, share + 1))));
    return plan;
}
