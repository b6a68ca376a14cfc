#include "http/trace.h"

#include <string.h>

#include <curl/curl.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"

static bool is_secret(struct slice line)
{
    static const char *const names[] = {"authorization:", "proxy-authorization:",
                                        "cookie:", "set-cookie:"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct slice name = slice_str(names[i]);

        if (line.len >= name.len &&
            slice_eq_nocase((struct slice){line.data, name.len}, names[i]))
            return true;
    }
    return false;
}

/* The fields of HTTP/2 stand in libcurl's own talk as "... [name: value]". */
static struct slice field_of(struct slice line)
{
    for (size_t i = 0; i < line.len; i++) {
        struct slice field = {line.data + i, line.len - i};

        if ((i == 0 || line.data[i - 1] == '[') && is_secret(field))
            return field;
    }
    return line;
}

static void say(const char *mark, struct slice line)
{
    struct buf text = BUF_INIT;
    struct slice field = field_of(line);
    size_t shown = line.len;

    if (is_secret(field))
        shown = (size_t)((const char *)memchr(field.data, ':', field.len) - line.data) + 1;
    str_append_printable(&text, line.data, shown);
    log_debug("%s %s%s", mark, text.len ? text.data : "", shown < line.len ? " ***" : "");
    buf_clear(&text);
}

static int talk(CURL *easy, curl_infotype type, char *data, size_t n, void *arg)
{
    struct slice rest = {data, n}, line;
    const char *mark = type == CURLINFO_TEXT         ? "*"
                       : type == CURLINFO_HEADER_OUT ? ">"
                       : type == CURLINFO_HEADER_IN  ? "<"
                                                     : NULL;

    (void)easy, (void)arg;
    while (mark && slice_next(&rest, '\n', &line)) {
        line = slice_trim(line);
        if (line.len)
            say(mark, line);
    }
    return 0;
}

void trace_enable(void *easy)
{
    curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, talk);
    curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
}
