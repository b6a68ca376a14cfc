/* links_dump.c - prints what is extracted from pages, for scripts that compare it.
 *
 *     links_dump [--css] [--places] [--charset LABEL] [--step N] FILE...
 *
 * For each, a line "file NAME", the lines of links_see, and an empty one. With --step,
 * N bytes are fed at once. A name that is "-" stands for names on standard input, a
 * line each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "links_seen.h"

static int dump(struct links_how how, const char *name)
{
    struct buf data = BUF_INIT, out = BUF_INIT;
    FILE *f = fopen(name, "rb");
    size_t n;

    if (!f) {
        perror(name);
        return 1;
    }
    while ((n = fread(buf_reserve(&data, 1 << 16), 1, 1 << 16, f)))
        buf_commit(&data, n);
    fclose(f);
    buf_appendf(&out, "file %s\n", name);
    links_see(&out, how, data.data ? data.data : "", data.len);
    buf_append_char(&out, '\n');
    fwrite(out.data, 1, out.len, stdout);
    fflush(stdout); /* whoever asks page by page waits for it */
    buf_clear(&data);
    buf_clear(&out);
    return 0;
}

static int dump_listed(struct links_how how)
{
    char *line = NULL;
    size_t cap = 0;
    int status = 0;

    while (getline(&line, &cap, stdin) > 0) {
        line[strcspn(line, "\n")] = '\0';
        status |= dump(how, line);
    }
    free(line);
    return status;
}

int main(int argc, char **argv)
{
    struct links_how how = {0};
    int status = 0;

    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--css"))
            how.format = LINKS_CSS;
        else if (!strcmp(argv[i], "--places"))
            how.places = true;
        else if (!strcmp(argv[i], "--charset") && i + 1 < argc)
            how.charset = argv[++i];
        else if (!strcmp(argv[i], "--step") && i + 1 < argc)
            how.step = strtoul(argv[++i], NULL, 10);
        else if (!strcmp(argv[i], "-"))
            status |= dump_listed(how);
        else
            status |= dump(how, argv[i]);
    }
    return status;
}
