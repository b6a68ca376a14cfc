/* name_rules.h - the rules of disk/name.h, said once more, for the check and the
 * fuzzer: what is wrong with a name, or NULL. */
#ifndef TRAWL_TESTS_NAME_RULES_H
#define TRAWL_TESTS_NAME_RULES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "disk/name.h"

static inline bool rules_ends_in(const char *s, size_t n, const char *suffix)
{
    size_t m = strlen(suffix);

    return n >= m && !strncasecmp(s + n - m, suffix, m);
}

static inline const char *rules_characters(const char *s, size_t n)
{
    for (size_t i = 0, len; i < n; i += len) {
        uint32_t c;

        if (!(len = utf8_decode(s + i, n - i, &c)))
            return "it is not UTF-8";
        if (c < 0x20 || (c >= 0x7f && c <= 0x9f))
            return "a control character";
        if (c == '/' || c == '\\')
            return "a slash";
        if (c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
            (c >= 0x2066 && c <= 0x2069) || c == 0x2028 || c == 0x2029)
            return "a bidirectional control, or an end of a line";
    }
    return NULL;
}

static inline bool rules_device(const char *s, size_t n)
{
    static const char *const devices[] = {
        "CON",         "PRN",         "AUX",         "NUL",         "CONIN$",
        "CONOUT$",     "COM1",        "COM2",        "COM3",        "COM4",
        "COM5",        "COM6",        "COM7",        "COM8",        "COM9",
        "LPT1",        "LPT2",        "LPT3",        "LPT4",        "LPT5",
        "LPT6",        "LPT7",        "LPT8",        "LPT9",        "COM\xc2\xb9",
        "COM\xc2\xb2", "COM\xc2\xb3", "LPT\xc2\xb9", "LPT\xc2\xb2", "LPT\xc2\xb3"};
    size_t stop = 0;

    while (stop < n && s[stop] != '.' && s[stop] != ':')
        stop++;
    while (stop && s[stop - 1] == ' ')
        stop--;
    for (size_t i = 0; i < sizeof(devices) / sizeof(*devices); i++)
        if (strlen(devices[i]) == stop && !strncasecmp(s, devices[i], stop))
            return true;
    return false;
}

static inline const char *part_breaks(const char *s, size_t n)
{
    if (!n)
        return "a part is empty";
    if (s[0] == '.' || s[0] == '-')
        return "it begins with a dot or a dash";
    if (s[n - 1] == '.' || s[n - 1] == ' ')
        return "it ends in a dot or a space";
    if (rules_ends_in(s, n, ".part") || rules_ends_in(s, n, ".part.json"))
        return "it looks like one of ours";
    if (n > 230)
        return "a part is too long";
    if (rules_device(s, n))
        return "a device of Windows";
    return rules_characters(s, n);
}

static inline const char *name_breaks(const char *name)
{
    const char *part = name, *wrong = NULL;

    if (strlen(name) > 3000)
        return "the path is too long";
    for (; part && !wrong; part = strchr(part, '/') ? strchr(part, '/') + 1 : NULL)
        wrong = part_breaks(part, strcspn(part, "/"));
    return wrong;
}

#endif
