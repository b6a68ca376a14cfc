#include "cli/setters.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mask.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/url.h"
#include "http/headers.h"
#include "http/status_set.h"

int set_header(const struct option *o, const char *arg, void *field, struct buf *why)
{
    const char *wrong = headers_line_wrong(arg);

    if (wrong)
        return option_wrong(why, arg, "is no header such as 'Name: value': %s", wrong);
    return option_list(o, arg, field, why);
}

/* A method is a token (RFC 9110, 9.1), as is the name of a header. */
int set_method(const struct option *o, const char *arg, void *field, struct buf *why)
{
    struct buf line = BUF_INIT;
    bool wrong;

    (void)o;
    buf_appendf(&line, "%s:", arg);
    wrong = headers_line_wrong(line.data) || strchr(arg, ':');
    buf_clear(&line);
    if (wrong)
        return option_wrong(why, arg, "is no method such as GET or PUT");
    *(const char **)field = arg;
    return 0;
}

int set_user(const struct option *o, const char *arg, void *field, struct buf *why)
{
    (void)o;
    if (!strchr(arg, ':')) { /* what was given may be a password: it is not shown */
        buf_append_str(why, "the name and the password need a colon between them");
        return -EINVAL;
    }
    *(const char **)field = arg;
    return 0;
}

int set_input_file(const struct option *o, const char *arg, void *field,
                   struct buf *why)
{
    bool standard_input = o->min && !strcmp(arg, "-");

    if (!standard_input && access(arg, R_OK) < 0)
        return option_wrong(why, arg, "cannot be read: %s", strerror(errno));
    *(const char **)field = arg;
    return 0;
}

/* How many seconds one unit of a rate has; 0: no such unit. */
static double rate_unit(const char *unit)
{
    if (!*unit || !strcmp(unit, "/s"))
        return 1;
    if (!strcmp(unit, "/m"))
        return 60;
    return strcmp(unit, "/h") ? 0 : 3600;
}

int set_rate(const struct option *o, const char *arg, void *field, struct buf *why)
{
    size_t n = strspn(arg, "0123456789.");
    double unit = rate_unit(arg + n), count;
    char *end;

    (void)o;
    count = strtod(arg, &end);
    if (!n || end != arg + n || unit <= 0 || count <= 0 || count > 1e9)
        return option_wrong(why, arg, "is not a rate such as 10/s, 90/m or 1000/h");
    *(double *)field = count / unit;
    return 0;
}

/* "404" or "500-599". */
static int add_statuses(struct status_set *set, struct slice part)
{
    struct slice first_text;
    int64_t first, last;

    if (!slice_next(&part, '-', &first_text) ||
        slice_parse_digits(first_text, &first) < 0)
        return -EINVAL;
    if (!part.data || part.data == first_text.data + first_text.len)
        last = first;
    else if (slice_parse_digits(part, &last) < 0)
        return -EINVAL;
    if (first < 100 || last > 999 || first > last)
        return -EINVAL;
    status_set_add(set, (unsigned)first, (unsigned)last);
    return 0;
}

int set_statuses(const struct option *o, const char *arg, void *field, struct buf *why)
{
    struct slice rest = slice_str(arg), part;
    struct status_set set = {{0}};
    bool any = false;

    (void)o;
    while (slice_next(&rest, ',', &part)) {
        if (add_statuses(&set, part) < 0)
            return option_wrong(why, arg,
                                "is not a list of statuses such as 200,404,500-599");
        any = true;
    }
    if (!any)
        return option_wrong(why, arg, "names no status; such as 200,404,500-599");
    *(struct status_set *)field = set;
    return 0;
}

/* libcurl passes over an entry that it cannot read, and the name would be looked up
 * after all: so its form is checked here. An IPv6 address stands in brackets. */
static bool has_parts(const char *arg, int parts, unsigned may_be_empty)
{
    for (int i = 0; i < parts; i++) {
        bool last = i == parts - 1;
        const char *end = *arg == '[' ? strchr(arg, ']') : arg;

        if (!end)
            return false;
        end += last ? strlen(end) : strcspn(end, ":");
        if (end == arg && !(may_be_empty >> i & 1))
            return false;
        if (!last && *end++ != ':')
            return false;
        arg = end;
    }
    return true;
}

static bool is_port(struct slice s)
{
    int64_t port;

    return slice_parse_digits(s, &port) == 0 && port <= 65535;
}

/* The part after the host, up to the next colon. */
static struct slice port_part(const char *arg)
{
    const char *host_end = *arg == '[' ? strchr(arg, ']') : arg;
    const char *port = strchr(host_end, ':') + 1;

    return (struct slice){port, strcspn(port, ":")};
}

static bool is_address(struct slice s)
{
    bool brackets = s.len > 2 && *s.data == '[' && s.data[s.len - 1] == ']';
    char *text = slice_dup(brackets ? (struct slice){s.data + 1, s.len - 2} : s);
    struct in6_addr room;
    bool good = inet_pton(AF_INET6, text, &room) == 1 ||
                (!brackets && inet_pton(AF_INET, text, &room) == 1);

    free(text);
    return good;
}

/* One, or several behind each other with commas. */
static bool are_addresses(const char *list)
{
    struct slice rest = slice_str(list), part;
    bool any = false;

    for (; slice_next(&rest, ',', &part); any = true)
        if (!is_address(part))
            return false;
    return any;
}

int set_resolve(const struct option *o, const char *arg, void *field, struct buf *why)
{
    struct slice port;

    if (!has_parts(arg, 3, 0) || !is_port(port_part(arg)))
        return option_wrong(why, arg, "is not HOST:PORT:ADDRESS");
    port = port_part(arg);
    if (!are_addresses(port.data + port.len + 1))
        return option_wrong(why, arg, "ends in no IP address");
    return option_list(o, arg, field, why);
}

/* libcurl takes a proxy that is none for one that nobody can connect to, for each
 * request anew. What is behind the scheme has the form of a URL's authority. */
static bool is_proxy(const char *arg)
{
    static const char *const schemes[] = {"http",    "https",  "socks4",
                                          "socks4a", "socks5", "socks5h"};
    const char *rest = strstr(arg, "://");
    struct slice scheme = {arg, rest ? (size_t)(rest - arg) : 0};
    struct buf url = BUF_INIT;
    struct origin origin = {0};
    const char *wrong;
    bool good = !rest;

    for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
        good = good || slice_eq_nocase(scheme, schemes[i]);
    buf_appendf(&url, "http://%s", rest ? rest + 3 : arg);
    good = good && url.data[strlen("http://")] != '/' &&
           url_origin(url.data, &origin, &wrong) == URL_OK;
    origin_clear(&origin);
    buf_clear(&url);
    return good;
}

int set_proxy(const struct option *o, const char *arg, void *field, struct buf *why)
{
    struct buf shown = BUF_INIT;
    int r = 0;

    (void)o;
    if (!*arg || is_proxy(arg)) {
        *(const char **)field = arg;
    } else {
        mask_append_refused_url(&shown, arg);
        r = option_wrong(why, shown.data,
                         "is no proxy such as http://host:3128 or "
                         "socks5h://host:1080");
    }
    buf_clear(&shown);
    return r;
}

int set_connect_to(const struct option *o, const char *arg, void *field,
                   struct buf *why)
{
    struct slice port;

    if (has_parts(arg, 4, 0xf)) {
        port = port_part(arg);
        if (!port.len || is_port(port))
            return option_list(o, arg, field, why);
    }
    return option_wrong(why, arg, "is not HOST1:PORT1:HOST2:PORT2");
}
