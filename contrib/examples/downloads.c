/* A download manager: files of different sizes, two at a time, a total at the end.
 *
 * Workers take names from a channel until it is closed and empty: two tasks, however
 * long the list is. The bytes are counted, not kept.
 *
 * In asyncio: an asyncio.Queue between workers of an asyncio.TaskGroup
 *
 * Prints:
 *     readme.txt: 10 KB
 *     manual.pdf: 40 KB
 *     photo.jpg: 60 KB       (by the worker that readme.txt left free)
 *     film.mp4: 80 KB
 *     190 KB in all */
#include "http_example.h"

struct manager {
    struct channel queue;
    int kb; /* so far */
};

static async int download(const char *name, struct manager *m)
{
    struct request rq;
    struct response rs = {0};
    int r, kb;

    example_request(&rq, "/files/%s", name);
    rq.keep_body = false;
    r = client_fetch(client, &rq, &rs);
    if (r == 0 && rs.status == 200) {
        kb = (int)(rs.size_decoded / 1000);
        m->kb += kb;
        printf("%s: %d KB\n", name, kb);
    } else if (r >= 0)
        r = -EIO;
    response_clear(&rs);
    request_clear(&rq);
    return r;
}

static async int worker(void *arg)
{
    struct manager *m = arg;
    void *name;
    int r;

    while ((r = channel_recv(&m->queue, &name)) > 0 && (r = download(name, m)) == 0)
        continue;
    return r;
}

static async int manage(void *arg)
{
    static char names[][12] = {"manual.pdf", "readme.txt", "photo.jpg", "film.mp4"};
    struct manager m = {.kb = 0};
    struct group workers;
    int r = 0;

    (void)arg;
    channel_init(&m.queue, 1);
    group_init(&workers);
    group_create_task(&workers, worker, &m);
    group_create_task(&workers, worker, &m);
    for (int i = 0; r == 0 && i < 4; i++)
        r = channel_send(&m.queue, names[i]); /* waits while both are busy */
    channel_close(&m.queue);
    r = group_wait(&workers); /* knows best what went wrong */
    channel_clear(&m.queue);
    printf("%d KB in all\n", m.kb);
    return r;
}

int main(int argc, char **argv)
{
    struct client_config config;

    client_config_init(&config);
    return example_run(argc, argv, &config, manage);
}
