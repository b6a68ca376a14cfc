/* links.c - how fast links are extracted from pages.
 *
 *     contrib/bench/links [ROUNDS] FILE...
 *
 * All files are read first. Prints MB a second, the best of the rounds, and how many
 * links there were. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/mem.h"
#include "markup/links.h"

enum { PIECE = 16 * 1024 }; /* what arrives at once */

struct page {
    char *data;
    size_t len;
};

static void count(const struct link *l, void *arg)
{
    (void)l;
    ++*(size_t *)arg;
}

static void count_anchor(struct slice id, void *arg)
{
    (void)id;
    (void)arg;
}

static void extract(const struct page *p, size_t *found)
{
    const struct links_handler handler = {count, count_anchor, found, false};
    struct links *l = links_new(LINKS_HTML, SLICE("utf-8"), &handler);

    for (size_t at = 0; at < p->len; at += PIECE)
        links_feed(l, p->data + at, p->len - at < PIECE ? p->len - at : PIECE);
    links_finish(l);
    links_free(l);
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool read_page(const char *name, struct page *p)
{
    FILE *f = fopen(name, "rb");
    struct buf b = BUF_INIT;
    size_t n;

    if (!f) {
        perror(name);
        return false;
    }
    while ((n = fread(buf_reserve(&b, 1 << 16), 1, 1 << 16, f)))
        buf_commit(&b, n);
    fclose(f);
    p->len = b.len;
    p->data = buf_take(&b);
    return true;
}

int main(int argc, char **argv)
{
    int first = argc > 1 && strspn(argv[1], "0123456789") == strlen(argv[1]) ? 2 : 1;
    int rounds = first == 2 ? atoi(argv[1]) : 5;
    struct page *pages = mem_zalloc((size_t)argc * sizeof(*pages));
    size_t count_pages = 0, bytes = 0, found = 0;
    double best = 1e9;

    for (int i = first; i < argc; i++)
        if (read_page(argv[i], &pages[count_pages]))
            bytes += pages[count_pages++].len;
    for (int round = 0; round < rounds; round++) {
        double start = now(), took;

        found = 0;
        for (size_t i = 0; i < count_pages; i++)
            extract(&pages[i], &found);
        took = now() - start;
        best = took < best ? took : best;
    }
    printf("%zu pages, %.1f MB, %zu links: %.3f s, %.0f MB/s\n", count_pages,
           (double)bytes / 1e6, found, best, (double)bytes / 1e6 / best);
    for (size_t i = 0; i < count_pages; i++)
        free(pages[i].data);
    free(pages);
    return 0;
}
