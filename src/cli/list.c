#include "cli/list.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

bool list_is_stdin(const char *name)
{
    return name && !strcmp(name, "-");
}

int list_check(string_list words, const char *input, struct buf *why)
{
    bool read = list_is_stdin(input);

    for (; words && *words; words++) {
        if (list_is_stdin(*words) && read) {
            buf_append_str(why, "standard input can be read only once");
            return -EINVAL;
        }
        read |= list_is_stdin(*words);
    }
    return 0;
}

bool list_waits_for_nobody(string_list words, const char *input)
{
    return !words && !input && isatty(STDIN_FILENO);
}
