#include "cli/common.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "cli/setters.h"
#include "http/castore.h"
#include "run/run.h"

#define AT(field) .offset = offsetof(struct common_options, field)
#define NOT_EMPTY .min = 1

static const char *const when_names[] = {"auto", "always", "never", NULL};
static const char *const format_names[] = {"auto", "json", "text", NULL};
static const char *const backoff_names[] = {"exponential", "linear", "constant", NULL};

/* -b: cookies when it holds a =, else the name of a file, as curl has it. */
static int set_cookie(const struct option *o, const char *arg, void *field,
                      struct buf *why)
{
    struct common_options *common = container_of(field, struct common_options, cookies);

    if (strchr(arg, '='))
        return option_list(o, arg, field, why);
    if (!*arg) { /* no file: cookies that servers set are sent back all the same */
        common->client.cookie_file = arg;
        return 0;
    }
    return set_input_file(o, arg, &common->client.cookie_file, why);
}

/* clang-format off */
const struct option records_rows[] = {
    {"output", 'o', "FILE", GROUP_OUTPUT, "write records to FILE",
     option_string, AT(output), NOT_EMPTY, .hint = HINT_FILE},
    {0},
};

const struct option state_rows[] = {
    {"state", 0, "FILE", GROUP_OUTCOME, "remember in FILE what is done, and go on from there",
     option_string, AT(state), NOT_EMPTY, .hint = HINT_FILE},
    {0},
};

const struct option common_rows[] = {
    {"header", 'H', "LINE", GROUP_REQUEST, "send \"Name: value\"; \"Name:\" leaves it out",
     set_header, AT(client.headers), .list = true},
    {"user-agent", 'A', "NAME", GROUP_REQUEST, "the User-Agent to send",
     option_string, AT(client.user_agent)},
    {"user", 'u', "NAME:PASSWORD", GROUP_REQUEST, "log in (Basic authentication)",
     set_user, AT(client.userpwd)},
    {"cookie", 'b', "DATA|FILE", GROUP_REQUEST, "send \"a=b; c=d\", or a file's cookies",
     set_cookie, AT(cookies), .list = true, .hint = HINT_FILE},
    {"netrc", 0, NULL, GROUP_REQUEST, "log in as ~/.netrc says",
     option_true, AT(client.netrc)},

    {"format", 0, "FORMAT", GROUP_OUTPUT, "json or text [text to a terminal, else json]",
     option_enum, AT(format), .names = format_names},
    {"summary", 0, "FILE", GROUP_OUTPUT, "write the summary to FILE, as JSON",
     option_string, AT(summary), NOT_EMPTY, .hint = HINT_FILE},
    {"progress", 0, "WHEN", GROUP_OUTPUT, "a progress line: auto, always, never",
     option_enum, AT(progress), .names = when_names},
    {"color", 0, "WHEN", GROUP_OUTPUT, "color",
     option_enum, AT(color), .names = when_names, .joined = true},
    {"quiet", 'q', NULL, GROUP_OUTPUT, "errors only, no summary",
     option_true, AT(quiet)},
    {"verbose", 'v', NULL, GROUP_OUTPUT, "say more, headers too",
     option_true, AT(verbose), .joined = true},

    {"accept-status", 0, "LIST", GROUP_OUTCOME, "what counts as success [200-399]",
     set_statuses, AT(accept)},
    {"dry-run", 0, NULL, GROUP_OUTCOME, "show what would be asked for, send nothing",
     option_true, AT(dry_run)},

    {"concurrency", 'j', "N", GROUP_PACE, "requests at once, in all [64]",
     option_int, AT(client.limits.total), .min = 1, .max = 100000},
    {"per-host", 0, "N", GROUP_PACE, "requests at once to one host [8; crawl: 4]",
     option_int, AT(client.limits.per_host), .min = 1, .max = 100000},
    {"rate", 0, "N/s", GROUP_PACE, "requests a second (/m: a minute, /h: an hour)",
     set_rate, AT(client.limits.rate)},
    {"host-delay", 0, "S", GROUP_PACE, "wait between two requests to one host",
     option_seconds, AT(client.limits.host_delay)},
    {"limit-rate", 0, "BYTES", GROUP_PACE, "bytes a second, in all",
     option_bytes, AT(client.limit_rate)},
    {"max-size", 0, "BYTES", GROUP_PACE, "the largest body",
     option_bytes, AT(client.max_size)},

    {"max-time", 'm', "S", GROUP_TIME, "for one attempt, from name lookup to last byte",
     option_seconds, AT(client.max_time)},
    {"connect-timeout", 0, "S", GROUP_TIME, "to connect [30]",
     option_seconds, AT(client.connect_timeout)},
    {"stall-timeout", 0, "S", GROUP_TIME, "without a byte [30]",
     option_seconds, AT(client.stall_timeout), .joined = true},
    {"deadline", 0, "S", GROUP_TIME, "for the whole run",
     option_seconds, AT(deadline)},

    {"retry", 0, "N", GROUP_RETRY, "attempts after the first [2]",
     option_int, AT(client.retry.retries), .max = 100000},
    {"retry-delay", 0, "S", GROUP_RETRY, "the first wait [0.5]",
     option_seconds, AT(client.retry.delay)},
    {"retry-max-delay", 0, "S", GROUP_RETRY, "the longest [60]",
     option_seconds, AT(client.retry.max_delay), .joined = true},
    {"retry-max-time", 0, "S", GROUP_RETRY, "no new attempt that long after the first",
     option_seconds, AT(client.retry.max_time)},
    {"retry-all-errors", 0, NULL, GROUP_RETRY, "whatever the error, whatever the method",
     option_true, AT(client.retry.all_errors)},
    {"backoff", 0, "HOW", GROUP_RETRY, "exponential, linear, constant",
     option_enum, AT(client.retry.backoff), .names = backoff_names},

    {"max-redirs", 0, "N", GROUP_NETWORK, "redirects that are followed [10]",
     option_int, AT(client.max_redirects), .max = 1000},
    {"proxy", 'x', "URL", GROUP_NETWORK, "go through this proxy",
     set_proxy, AT(client.proxy)},
    {"resolve", 0, "HOST:PORT:ADDRESS", GROUP_NETWORK, "take this address, ask no name server",
     set_resolve, AT(client.resolve), .list = true},
    {"connect-to", 0, "HOST1:PORT1:HOST2:PORT2", GROUP_NETWORK, "connect to 2 in place of 1",
     set_connect_to, AT(client.connect_to), .list = true},
    {"ipv4", '4', NULL, GROUP_NETWORK, "IPv4 only",
     option_value, AT(client.ip_version), .value = 4},
    {"ipv6", '6', NULL, GROUP_NETWORK, "IPv6 only",
     option_value, AT(client.ip_version), .value = 6, .joined = true},
    {"http1.1", 0, NULL, GROUP_NETWORK, "HTTP/1.1 only",
     option_value, AT(client.http_version), .value = HTTP_VERSION_1_1},
    {"http2", 0, NULL, GROUP_NETWORK, "HTTP/2 where the server has it",
     option_value, AT(client.http_version), .value = HTTP_VERSION_2, .joined = true},
    {"deny-private", 0, NULL, GROUP_NETWORK, "no addresses of private networks or this host",
     option_true, AT(client.deny_private)},

    {"insecure", 'k', NULL, GROUP_TLS, "do not verify certificates",
     option_true, AT(client.insecure)},
    {"cacert", 0, "FILE", GROUP_TLS, "trust the authorities in FILE (PEM), no others",
     set_input_file, AT(client.cacert), .hint = HINT_FILE},
    {"cert", 0, "FILE", GROUP_TLS, "own certificate, PEM",
     set_input_file, AT(client.cert), .hint = HINT_FILE},
    {"key", 0, "FILE", GROUP_TLS, "its key",
     set_input_file, AT(client.key), .hint = HINT_FILE, .joined = true},

    {"help", 'h', NULL, GROUP_OTHER, "this text",
     option_true, AT(help)},
    {0},
};
/* clang-format on */

void common_init(struct common_options *o)
{
    *o = (struct common_options){0};
    client_config_init(&o->client);
    status_set_add(&o->accept, 200, 399);
}

static void join_cookies(struct common_options *o)
{
    struct buf joined = BUF_INIT;

    for (size_t i = 0; o->cookies && o->cookies[i]; i++)
        buf_appendf(&joined, "%s%s", i ? "; " : "", o->cookies[i]);
    if (joined.len)
        o->client.cookies = o->cookies_joined = buf_take(&joined);
}

/* libcurl would go on without a word, and the requests without a login. It takes the
 * home of the user's entry where the environment names none. */
static void check_netrc(void)
{
    const char *home = getenv("HOME");
    const struct passwd *user = home && *home ? NULL : getpwuid(geteuid());
    struct buf path = BUF_INIT;

    if (user)
        home = user->pw_dir;
    buf_appendf(&path, "%s/.netrc", home ? home : "");
    if (access(path.data, R_OK) < 0)
        log_warning("--netrc: %s cannot be read: %s", path.data, strerror(errno));
    buf_clear(&path);
}

int common_finish(struct common_options *o, struct buf *why)
{
    if (o->client.key && !o->client.cert) {
        buf_append_str(why, "--key needs its certificate: --cert FILE");
        return -EINVAL;
    }
    if (o->client.cert) {
        const char *wrong = castore_pair_wrong(o->client.cert, o->client.key);

        if (wrong) {
            buf_append_str(why, "option --cert: ");
            return option_wrong(why, o->client.cert, "cannot be shown to servers: %s",
                                wrong);
        }
    }
    if (o->quiet && o->verbose) {
        buf_append_str(why, "-q and -v do not go together");
        return -EINVAL;
    }
    join_cookies(o);
    o->client.verbose = o->verbose;
    log_set_level(o->quiet ? LOG_ERROR : o->verbose ? LOG_DEBUG : LOG_NOTE);
    if (o->client.netrc)
        check_netrc();
    return 0;
}

void common_clear(struct common_options *o)
{
    free(o->cookies_joined);
    o->cookies_joined = NULL;
}

static bool to_file(const struct common_options *o)
{
    return o->output && strcmp(o->output, "-");
}

bool common_on_terminal(const struct common_options *o)
{
    struct stat st;
    bool terminal;
    int fd;

    if (!to_file(o))
        return isatty(STDOUT_FILENO);
    if (stat(o->output, &st) < 0 || !S_ISCHR(st.st_mode))
        return false;
    fd = open(o->output, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    terminal = fd >= 0 && isatty(fd);
    if (fd >= 0)
        close(fd);
    return terminal;
}

bool common_wants_json(const struct common_options *o)
{
    if (o->format == FORMAT_AUTO)
        return to_file(o) || !isatty(STDOUT_FILENO);
    return o->format == FORMAT_JSON;
}

/* Records that scroll by on the terminal tell it themselves. */
bool common_wants_progress(const struct common_options *o)
{
    if (o->progress == WHEN_AUTO)
        return !o->quiet && isatty(STDERR_FILENO) &&
               (to_file(o) || !isatty(STDOUT_FILENO));
    return o->progress == WHEN_ALWAYS;
}

bool common_wants_bars(const struct common_options *o)
{
    if (o->progress == WHEN_AUTO)
        return !o->quiet && isatty(STDERR_FILENO);
    return o->progress == WHEN_ALWAYS;
}

/* https://no-color.org: set, and not empty. */
bool common_wants_color(const struct common_options *o, int fd)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

    if (o->color != WHEN_AUTO)
        return o->color == WHEN_ALWAYS;
    if ((no_color && *no_color) || !term || !strcmp(term, "dumb"))
        return false;
    return isatty(fd) && !(fd == STDOUT_FILENO && to_file(o));
}

void common_fill_run(const struct common_options *o, struct run_options *run)
{
    run->client = o->client;
    run->accept = o->accept;
    run->record.format = common_wants_json(o) ? RECORD_JSON : RECORD_TEXT;
    run->record.color = common_wants_color(o, STDOUT_FILENO);
    run->record.terminal = common_on_terminal(o);
    run->record.dry_run = o->dry_run ? &o->client : NULL;
    run->output = o->output;
    run->summary = o->summary;
    run->state = o->state;
    run->deadline = o->deadline;
    run->dry_run = o->dry_run;
    run->quiet = o->quiet;
    run->progress = common_wants_progress(o);
    run->color = common_wants_color(o, STDERR_FILENO);
}
