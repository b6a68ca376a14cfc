#include "http/trace.h"

#include <string.h>

#include <curl/curl.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mask.h"
#include "base/str.h"

/* The name of the field that a line holds: "name: value", or, in libcurl's own talk of
 * HTTP/2, "... [name: value]". Empty when there is none. */
static struct slice field_name(struct slice line)
{
    const char *open = memchr(line.data, '[', line.len);
    const char *begin = open ? open + 1 : line.data, *end = line.data + line.len;
    const char *colon = memchr(begin, ':', (size_t)(end - begin));

    return (struct slice){begin, colon ? (size_t)(colon - begin) : 0};
}

/* libcurl names the cookies that it keeps, with their values. */
static bool tells_of_cookie(const char *mark, struct slice line)
{
    return *mark == '*' && memmem(line.data, line.len, "cookie ", 7);
}

static void say(const char *mark, struct slice line)
{
    struct buf text = BUF_INIT;
    struct slice name = field_name(line);

    if (tells_of_cookie(mark, line))
        return;
    if (mask_is_secret_header(name)) {
        buf_append(&text, line.data, (size_t)(name.data + name.len - line.data));
        buf_append_str(&text, ": " MASK);
    } else {
        mask_append(&text, line.data, line.len);
    }
    log_debug("%s %s", mark, text.len ? text.data : "");
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
