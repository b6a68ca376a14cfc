#include "check_main.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "crawl/queue.h"

static void put(struct queue *q, const char *path, uint32_t level)
{
    queue_put(q, &(struct queue_item){.path = slice_str(path), .level = level});
}

static void takes(struct queue *q, const char *path, uint32_t level)
{
    ck_assert(!queue_empty(q));
    ck_assert_uint_eq(queue_level(q), level);
    ck_assert_msg(slice_eq(queue_first(q).path, path), "%s", path);
    ck_assert_uint_eq(queue_first(q).level, level);
    queue_drop(q);
}

START_TEST(order)
{
    struct queue q;

    queue_init(&q);
    ck_assert(queue_empty(&q));
    put(&q, "/b1", 2);
    put(&q, "/a1", 1);
    put(&q, "/c1", UINT32_MAX);
    put(&q, "/b2", 2);
    put(&q, "/a2", 1);
    takes(&q, "/a1", 1);
    put(&q, "/0", 0);
    put(&q, "/a3", 1);
    takes(&q, "/0", 0);
    takes(&q, "/a2", 1);
    takes(&q, "/a3", 1);
    takes(&q, "/b1", 2);
    takes(&q, "/b2", 2);
    takes(&q, "/c1", UINT32_MAX);
    ck_assert(queue_empty(&q));
    put(&q, "/", 0);
    queue_clear(&q);
    ck_assert(queue_empty(&q));
}
END_TEST

static struct page *make_page(const char *path, uint64_t id)
{
    return page_new(SLICE("http://h"), slice_str(path), id);
}

/* All that goes in comes out, whether or not it is like what came before it. */
START_TEST(contents)
{
    enum { N = 5000 };
    static const uint64_t steps[] = {1, 1, 1, 0, 127, 128, 1, UINT32_MAX};
    struct page *pages[3] = {NULL, make_page("/x", 1), make_page("/y", 2)};
    struct queue q;
    uint64_t id = 0;
    char path[64], lastmod[32];

    queue_init(&q);
    for (unsigned i = 0; i < N; i++) {
        snprintf(path, sizeof(path), "/%u", i);
        snprintf(lastmod, sizeof(lastmod), i % 5 ? "" : "2026-%u", i);
        id += steps[i % 8];
        queue_put(&q, &(struct queue_item){.path = slice_str(path),
                                           .lastmod = slice_str(lastmod),
                                           .referrer = pages[i / 3 % 3],
                                           .id = id,
                                           .level = 4,
                                           .reason = i % 5});
    }
    id = 0;
    for (unsigned i = 0; i < N; i++) {
        struct queue_item item = queue_first(&q);

        snprintf(path, sizeof(path), "/%u", i);
        snprintf(lastmod, sizeof(lastmod), i % 5 ? "" : "2026-%u", i);
        id += steps[i % 8];
        ck_assert(slice_eq(item.path, path) && slice_eq(item.lastmod, lastmod));
        ck_assert_ptr_eq(item.referrer, pages[i / 3 % 3]);
        ck_assert_uint_eq(item.id, id);
        ck_assert_uint_eq(item.reason, i % 5);
        queue_drop(&q);
    }
    ck_assert(queue_empty(&q));
    ck_assert_uint_eq(pages[1]->references, 1);
    page_unref(pages[1]);
    page_unref(pages[2]);
}
END_TEST

START_TEST(references)
{
    struct page *p = make_page("/x", 1);
    struct queue q;

    queue_init(&q);
    for (int i = 0; i < 3; i++)
        queue_put(&q, &(struct queue_item){.path = SLICE("/"), .referrer = p});
    ck_assert_uint_eq(p->references, 4);
    queue_drop(&q);
    ck_assert_uint_eq(p->references, 3);
    queue_clear(&q);
    ck_assert_uint_eq(p->references, 1);
    page_unref(p);
}
END_TEST

/* Of any length, and between short ones. */
START_TEST(long_paths)
{
    char *path = malloc(100001);
    struct queue q;

    queue_init(&q);
    for (size_t n = 1; n <= 100000; n = n * 3 / 2 + 1) {
        memset(path, 'x', n);
        path[n] = '\0';
        put(&q, path, 0);
        put(&q, "/", 0);
    }
    for (size_t n = 1; n <= 100000; n = n * 3 / 2 + 1) {
        ck_assert_uint_eq(queue_first(&q).path.len, n);
        queue_drop(&q);
        takes(&q, "/", 0);
    }
    ck_assert(queue_empty(&q));
    free(path);
}
END_TEST

static Suite *make(void)
{
    return CHECK_SUITE("queue", order, contents, references, long_paths);
}

int main(void)
{
    return check_main(make);
}
