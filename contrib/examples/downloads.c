/* A download manager: files of different sizes, two connections, a total at the end.
 *
 * Workers take files from a channel until it is closed and empty: as many tasks as
 * there are connections, however long the list is.
 *
 * Prints:
 *     readme.txt: 10 KB
 *     manual.pdf: 40 KB
 *     photo.jpg: 40 KB       (on the connection that readme.txt left free)
 *     film.mp4: 80 KB
 *     170 KB in 4 files */
#include <stdio.h>

#include "async/async.h"

enum { CONNECTIONS = 2 };

static const double kb_per_second = 200;

struct file {
    const char *name;
    int kb;
};

struct manager {
    struct channel queue;
    int files, kb;
};

/* Simulated: it takes as long as the file is large. */
static async int download(const struct file *f)
{
    return task_sleep(f->kb / kb_per_second);
}

static async int worker(void *arg)
{
    struct manager *m = arg;
    void *item;
    int r;

    while ((r = channel_recv(&m->queue, &item)) > 0) {
        const struct file *f = item;

        if ((r = download(f)) < 0)
            return r;
        printf("%s: %d KB\n", f->name, f->kb);
        m->files++;
        m->kb += f->kb;
    }
    return r;
}

static async int manage(void *arg)
{
    static struct file files[] = {
        {"manual.pdf", 40}, {"readme.txt", 10}, {"photo.jpg", 40}, {"film.mp4", 80}};
    struct manager m = {.files = 0};
    struct group workers;
    int r;

    (void)arg;
    channel_init(&m.queue, 1);
    group_init(&workers);
    for (int i = 0; i < CONNECTIONS; i++)
        group_create_task(&workers, worker, &m);
    for (int i = 0; i < 4; i++)
        channel_send(&m.queue, &files[i]); /* waits while both are busy */
    channel_close(&m.queue);
    r = group_wait(&workers);
    printf("%d KB in %d files\n", m.kb, m.files);
    channel_clear(&m.queue);
    return r;
}

int main(void)
{
    return loop_run(manage, NULL);
}
