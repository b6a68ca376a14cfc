#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mask.h"
#include "base/str.h"

static enum log_level most_wanted = LOG_NOTE;
static struct {
    void (*hide)(void *);
    void (*show)(void *);
    void *arg;
} display;

void log_set_level(enum log_level most)
{
    most_wanted = most;
}

bool log_wants(enum log_level level)
{
    return level <= most_wanted;
}

void log_set_display(void (*hide)(void *), void (*show)(void *), void *arg)
{
    display.hide = hide;
    display.show = show;
    display.arg = arg;
}

/* One write, so that messages of several processes do not mix; more only where the
 * kernel took a part. */
static void write_text(const char *text, size_t n)
{
    while (n) {
        ssize_t r = write(STDERR_FILENO, text, n);

        if (r < 0 && errno == EINTR)
            continue;
        if (r <= 0)
            return;
        text += r;
        n -= (size_t)r;
    }
}

void log_display_hide(void)
{
    if (display.hide)
        display.hide(display.arg);
}

void log_display_show(void)
{
    if (display.show)
        display.show(display.arg);
}

void log_block(const char *text)
{
    struct buf clean = BUF_INIT;
    int saved = errno;

    if (mask_hides()) {
        mask_append_hidden(&clean, text, strlen(text));
        text = clean.len ? clean.data : "";
    }
    log_display_hide();
    write_text(text, strlen(text));
    log_display_show();
    buf_clear(&clean);
    errno = saved;
}

static void log_message(enum log_level level, const char *format, va_list ap)
{
    struct buf raw = BUF_INIT, line = BUF_INIT;

    if (!log_wants(level))
        return;
    buf_vappendf(&raw, format, ap);
    buf_append_str(&line, "trawl: ");
    str_append_printable(&line, raw.data, raw.len);
    buf_append_char(&line, '\n');
    log_block(line.data);
    buf_clear(&line);
    buf_clear(&raw);
}

void log_error(const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    log_message(LOG_ERROR, format, ap);
    va_end(ap);
}

void log_warning(const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    log_message(LOG_WARNING, format, ap);
    va_end(ap);
}

void log_note(const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    log_message(LOG_NOTE, format, ap);
    va_end(ap);
}

void log_debug(const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    log_message(LOG_DEBUG, format, ap);
    va_end(ap);
}
