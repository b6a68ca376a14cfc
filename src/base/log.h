/* log.h - diagnostics on standard error: "trawl: message", one line a call.
 *
 * Text that came from elsewhere is cleaned of control characters. The line of a
 * progress display is taken away first and drawn again afterwards. */
#ifndef TRAWL_BASE_LOG_H
#define TRAWL_BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_ERROR, LOG_WARNING, LOG_NOTE, LOG_DEBUG };

/* What is printed: errors always, warnings and notes unless -q, debug with -v. */
void log_set_level(enum log_level most);
bool log_wants(enum log_level level);

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Text of several lines, written as it is, in one write: a summary, a task list.
 * The caller has cleaned it. */
void log_block(const char *text);

/* Called before and after each message, to take away and to draw again what stands
 * on the terminal's last line. NULL unsets. */
void log_set_display(void (*hide)(void *), void (*show)(void *), void *arg);

/* The same around other writes to the terminal. */
void log_display_hide(void);
void log_display_show(void);

#endif
