#include "input/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "async/task.h"
#include "base/glob.h"
#include "base/log.h"
#include "base/mem.h"
#include "input/item_key.h"
#include "input/lines.h"
#include "input/request_line.h"

/* The inputs in their order: each argument, then the file; `lines` or `glob` is the one
 * that is being read now. */
struct source {
    struct source_config config;
    const char *const *arg; /* the next */
    struct glob *glob;
    struct lines *lines;
    const char *name;   /* of what `lines` reads, for messages */
    struct lines *last; /* of -i, opened early so that a wrong name ends the run */
    struct item_keys *keys;
    uint64_t index;
    bool ended;
};

void item_clear(struct item *item)
{
    request_clear(&item->request);
    for (size_t i = 0; i < item->mirror_count; i++)
        free(item->mirrors[i]);
    free(item->mirrors);
    free(item->output);
    free(item->sha256);
    free(item->id);
    free(item->why);
    *item = (struct item){0};
}

static bool is_stdin(const char *name)
{
    return strcmp(name, "-") == 0;
}

/* ---- opening ---- */

/* A folder opens and says so only when it is read; what is open for writing alone (a
 * standard input that was closed, and plugged) as well. */
static int check_readable(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    struct stat st;

    if (flags < 0 || fstat(fd, &st) < 0)
        return errno;
    if ((flags & O_ACCMODE) == O_WRONLY)
        return EBADF;
    return S_ISDIR(st.st_mode) ? EISDIR : 0;
}

static struct lines *open_lines(const char *name)
{
    bool own = !is_stdin(name);
    int fd = own ? open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY) : STDIN_FILENO;
    int error = fd < 0 ? errno : check_readable(fd);

    if (!error)
        return lines_new(fd, own);
    log_error("%s: %s", own ? name : "standard input", strerror(error));
    if (own && fd >= 0)
        close(fd);
    return NULL;
}

static struct glob *open_glob(const char *pattern)
{
    const char *why = "";
    size_t column = 0;
    struct glob *g = glob_new(pattern, &why, &column);

    if (!g)
        log_error("%s: %s (column %zu)", pattern, why, column);
    return g;
}

/* Every pattern, before the first request is sent. */
static bool check_patterns(const struct source *s)
{
    for (const char *const *arg = s->arg; s->config.glob && arg && *arg; arg++) {
        struct glob *g = is_stdin(*arg) ? NULL : open_glob(*arg);

        if (!g && !is_stdin(*arg))
            return false;
        glob_free(g);
    }
    return true;
}

struct source *source_new(const struct source_config *config)
{
    struct source *s = mem_zalloc(sizeof(*s));
    bool named = config->urls && *config->urls;

    s->config = *config;
    s->arg = config->urls;
    if (!config->file && !named)
        s->config.file = "-";
    if (config->keys)
        s->keys = item_keys_new(&config->request);
    if (s->config.file)
        s->last = open_lines(s->config.file);
    if ((s->config.file && !s->last) || !check_patterns(s)) {
        source_free(s);
        return NULL;
    }
    return s;
}

void source_free(struct source *s)
{
    if (!s)
        return;
    glob_free(s->glob);
    lines_free(s->lines);
    lines_free(s->last);
    item_keys_free(s->keys);
    free(s);
}

/* ---- reading ---- */

/* White space around a line is no part of it. */
static bool is_blank_or_comment(struct slice line)
{
    return line.len == 0 || line.data[0] == '#';
}

/* What an allocated string costs beside its bytes: a pointer, and malloc's share. */
enum { EACH_STRING = 3 * sizeof(void *) };

static void finish_item(struct source *s, struct item *item, struct slice line)
{
    if (s->keys)
        item_key(s->keys, line, item->key);
    item->size = line.len + item->mirror_count * EACH_STRING;
    item->index = s->index++;
}

static int give_url(struct source *s, struct item *item, struct slice url)
{
    request_line_url(item, url, &s->config.request);
    finish_item(s, item, url);
    return 1;
}

/* The next item from the lines that are open. 1, 0 at their end, or -errno. */
static async int from_lines(struct source *s, struct item *item)
{
    struct slice line;
    int r;

    do {
        r = lines_next(s->lines, &line);
        if (r <= 0)
            break;
        line = slice_trim(line);
    } while (is_blank_or_comment(line));
    if (r == LINES_TOO_LONG)
        request_line_refuse(item, line, "the line is longer than 16 MB");
    else if (r == LINES_LINE)
        request_line_parse(item, line, &s->config.request, s->config.files);
    if (r > 0)
        finish_item(s, item, line);
    return r > 0 ? 1 : r;
}

static bool from_glob(struct source *s, struct item *item)
{
    char *url = s->glob ? glob_next(s->glob) : NULL;

    if (url) {
        give_url(s, item, slice_str(url));
        free(url);
        return true;
    }
    glob_free(s->glob);
    s->glob = NULL;
    return false;
}

/* Goes on to the next input. 1 with an item when that is a plain argument; 0 when there
 * is one to read from; or -ENODATA. */
static int advance(struct source *s, struct item *item)
{
    const char *arg = s->arg ? *s->arg : NULL;

    if (!arg) {
        s->lines = s->last;
        s->name = s->config.file;
        s->last = NULL;
        return s->lines ? 0 : -ENODATA;
    }
    s->arg++;
    if (is_stdin(arg)) {
        s->name = arg;
        s->lines = open_lines(arg);
        return s->lines ? 0 : -EBADF;
    }
    if (!s->config.glob)
        return give_url(s, item, slice_str(arg));
    s->glob = open_glob(arg);
    return 0;
}

static int report(const struct source *s, int error)
{
    if (error != -ECANCELED)
        log_error("%s: %s", is_stdin(s->name) ? "standard input" : s->name,
                  strerror(-error));
    return error;
}

/* Lines let others run by themselves. A pattern may stand for more items than ever end,
 * and what becomes of them need not suspend anybody either. */
static async int take_turns(const struct source *s)
{
    return !s->lines && s->index % 256 == 255 ? task_yield() : 0;
}

int source_next(struct source *s, struct item *item)
{
    int r = take_turns(s);

    *item = (struct item){0};
    if (r < 0)
        return r;
    while (!s->ended) {
        if (s->lines) {
            r = from_lines(s, item);
            if (r)
                return r < 0 ? report(s, r) : r;
            lines_free(s->lines);
            s->lines = NULL;
        }
        if (from_glob(s, item))
            return 1;
        r = advance(s, item);
        s->ended = r == -ENODATA;
        if (r && !s->ended)
            return r;
    }
    return 0;
}

uint64_t source_total(const struct source *s)
{
    uint64_t n = 0;

    if (s->ended)
        return s->index;
    if (s->config.glob || s->config.file)
        return 0;
    for (const char *const *url = s->config.urls; *url; url++, n++)
        if (is_stdin(*url))
            return 0;
    return n;
}
