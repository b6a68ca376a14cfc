/* cmd_crawl.c - the command line of `trawl crawl`. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cli/command.h"
#include "cli/common.h"
#include "cli/content.h"
#include "cli/help.h"
#include "cli/list.h"
#include "cli/parse.h"
#include "cli/setters.h"
#include "crawl/crawl.h"

/* As a guest behaves. */
#define PER_HOST 4

struct crawl_command {
    struct common_options common; /* first: the rows of common_rows point into it */
    struct crawl_options o;
    const char *input;
    struct pattern *include, *exclude, *drop, *ignore;
    unsigned max_pages, max_per_host;
    bool fail_fast;

    string_list urls;
};

#define AT(field)   .offset = offsetof(struct crawl_command, field)
#define AT_O(field) .offset = offsetof(struct crawl_command, o.field)

static const char *const scope_names[] = {"prefix", "host", "domain", "any", NULL};

/* uint32_t */
static int set_level(const struct option *o, const char *arg, void *field,
                     struct buf *why)
{
    int64_t n = SCOPE_LEVEL_INF;

    (void)o;
    if (strcmp(arg, "inf") && str_parse_int(arg, 0, 1000000, &n) < 0)
        return option_wrong(why, arg,
                            "is neither a whole number up to 1000000 nor inf");
    *(uint32_t *)field = (uint32_t)n;
    return 0;
}

/* struct pattern *, which grows. */
static int set_pattern(const struct option *o, const char *arg, void *field,
                       struct buf *why)
{
    struct buf wrong = BUF_INIT;
    int r = pattern_add(field, arg, &wrong);

    (void)o;
    if (r < 0)
        option_wrong(why, arg, "is no regular expression: %s", wrong.data);
    buf_clear(&wrong);
    return r;
}

/* List of absolute URLs. */
static int set_sitemap(const struct option *o, const char *arg, void *field,
                       struct buf *why)
{
    struct origin origin;
    const char *wrong;

    if (url_origin(arg, &origin, &wrong) != URL_OK)
        return option_wrong(why, arg, "is not a URL: %s", wrong);
    origin_clear(&origin);
    return option_list(o, arg, field, why);
}

/* clang-format off */
static const struct option crawl_rows[] = {
    {"input", 'i', "FILE", GROUP_INPUT, "URLs in FILE",
     set_input_file, AT(input), .min = 1, .hint = HINT_FILE},
    {"sitemap", 0, "URL", GROUP_INPUT, "of a sitemap",
     set_sitemap, AT_O(sitemaps), .list = true, .joined = true},

    {"level", 'l', "N", GROUP_SCOPE, "so many links away from a start URL, or inf [5]",
     set_level, AT_O(scope.level)},
    {"scope", 0, "HOW", GROUP_SCOPE, "how far: prefix, host, domain, any [host]",
     option_enum, AT_O(scope.kind), .names = scope_names},
    {"include", 0, "REGEX", GROUP_SCOPE, "only URLs that match",
     set_pattern, AT(include)},
    {"exclude", 0, "REGEX", GROUP_SCOPE, "none that match",
     set_pattern, AT(exclude), .joined = true},
    {"max-pages", 0, "N", GROUP_SCOPE, "at most so many",
     option_int, AT(max_pages), .min = 1, .max = INT32_MAX},
    {"max-per-host", 0, "N", GROUP_SCOPE, "of one host",
     option_int, AT(max_per_host), .min = 1, .max = INT32_MAX, .joined = true},
    {"drop-query", 0, "REGEX", GROUP_SCOPE, "parameters of queries that are dropped, by name",
     set_pattern, AT(drop)},
    {"page-requisites", 0, NULL, GROUP_SCOPE, "images, styles, too",
     option_true, AT_O(requisites)},
    {"no-robots", 0, NULL, GROUP_SCOPE, "disobey robots.txt",
     option_true, AT_O(no_robots), .joined = true},

    {"save", 0, "DIR", GROUP_OUTPUT, "save pages below DIR",
     option_string, AT_O(save), .min = 1, .hint = HINT_DIRECTORY},
    {"convert-links", 0, NULL, GROUP_OUTPUT, "links to be read there",
     option_true, AT_O(convert_links), .joined = true},
    {"links", 0, NULL, GROUP_OUTPUT, "list each page's links",
     option_true, AT_O(links)},
    {"why", 0, NULL, GROUP_OUTPUT, "tell why a URL is left out",
     option_true, AT_O(why), .joined = true},

    {"check", 0, NULL, GROUP_OUTCOME, "tell broken links",
     option_true, AT_O(check)},
    {"ignore", 0, "REGEX", GROUP_OUTCOME, "not those that match",
     set_pattern, AT(ignore), .joined = true},
    {"fail-fast", 0, NULL, GROUP_OUTCOME, "cancel the rest at the first failure",
     option_true, AT(fail_fast)},
    {0},
};
/* clang-format on */

/* ---- checks ---- */

static int check_files(const struct crawl_command *f, struct buf *why)
{
    const struct named_file files[] = {
        {"--input", f->input},
        {"--output", f->common.output},
        {"--summary", f->common.summary},
        {"--state", f->common.state},
    };

    return content_check_files(files, ARRAY_LEN(files), why);
}

static int check_mirror(const struct crawl_command *f, struct buf *why)
{
    if (f->o.convert_links && !f->o.save)
        buf_append_str(why,
                       "--convert-links changes saved pages: give --save DIR, too");
    else if (f->o.convert_links && f->common.state)
        buf_append_str(why, "--convert-links has to know all pages, so it does not go "
                            "with --state: convert them by one run that is not ended");
    else
        return 0;
    return -EINVAL;
}

static int check_ignore(const struct crawl_command *f, struct buf *why)
{
    if (!f->ignore || f->o.check)
        return 0;
    buf_append_str(why,
                   "--ignore is about links that are checked: give --check, too, or "
                   "--exclude in its place");
    return -EINVAL;
}

/* It is what robots.txt knows us by. */
static int check_agent(const struct crawl_command *f, struct buf *why)
{
    const char *agent = f->common.client.user_agent;

    for (string_list h = f->common.client.headers; h && *h; h++)
        if (str_starts_nocase(*h, "User-Agent:") && !f->o.no_robots) {
            buf_append_str(why, "-H sets the User-Agent, which robots.txt is read by: "
                                "use -A NAME");
            return -EINVAL;
        }
    if (agent && !*agent && !f->o.no_robots) {
        buf_append_str(why,
                       "robots.txt needs a name to go by: give one with -A NAME, or "
                       "--no-robots");
        return -EINVAL;
    }
    return 0;
}

/* ---- running ---- */

static void fill_run(const struct crawl_command *f, struct run_options *run)
{
    bool nobody = list_waits_for_nobody(f->urls, f->input);

    common_fill_run(&f->common, run);
    run->client.extra_files = f->o.save != NULL;
    run->source.urls = f->urls;
    run->source.file = nobody ? "/dev/null" : f->input;
    run->state = NULL; /* the frontier has its own */
    run->fail_fast = f->fail_fast;
}

static void fill_crawl(struct crawl_command *f)
{
    const char *agent = f->common.client.user_agent;

    f->o.scope.include = f->include;
    f->o.scope.exclude = f->exclude;
    f->o.scope.max_pages = f->max_pages;
    f->o.scope.max_per_host = f->max_per_host;
    f->o.drop = f->drop;
    f->o.ignore = f->ignore;
    f->o.product = agent && *agent ? agent : "trawl";
    f->o.state = f->common.state;
    fill_run(f, &f->o.run);
}

static int run_parsed(const struct command *self, struct crawl_command *f,
                      struct buf *why)
{
    struct buf help = BUF_INIT;

    if (f->common.help) {
        help_append_command(&help, self);
        return command_print(&help);
    }
    if (common_finish(&f->common, why) < 0 || check_agent(f, why) < 0 ||
        check_mirror(f, why) < 0 || check_ignore(f, why) < 0 ||
        check_files(f, why) < 0 || list_check(f->urls, f->input, why) < 0)
        return command_usage_error(self, why);
    if (list_waits_for_nobody(f->urls, f->input) && !f->o.sitemaps)
        return command_without_input(self);
    fill_crawl(f);
    return crawl_run(&f->o);
}

static int run(const struct command *self, const char *const *args)
{
    struct crawl_command f = {.o.scope = {.kind = SCOPE_HOST, .level = 5}};
    struct buf why = BUF_INIT;
    int status;

    common_init(&f.common);
    f.common.client.limits.per_host = PER_HOST;
    if (options_parse(self->tables, &f, args, &f.urls, &why) < 0)
        status = command_usage_error(self, &why);
    else
        status = run_parsed(self, &f, &why);
    pattern_free(f.include);
    pattern_free(f.exclude);
    pattern_free(f.drop);
    pattern_free(f.ignore);
    common_clear(&f.common);
    free((void *)f.urls);
    option_free(self->tables, &f);
    return status;
}

const struct command cmd_crawl = {
    .name = "crawl",
    .arguments = "[OPTION]... [URL]...",
    .summary = "Follow links from page to page: one JSON line a page",
    .tables = (const struct option *const[]){crawl_rows, records_rows, state_rows,
                                             common_rows, NULL},
    .run = run,
};
