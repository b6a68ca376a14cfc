/* check_disk_part.h - what the tests of parts share. */
#ifndef TRAWL_TESTS_CHECK_DISK_PART_H
#define TRAWL_TESTS_CHECK_DISK_PART_H

#include "check_disk.h"

#include "base/mem.h"
#include "disk/part.h"

/* "ok" or the reason: what a failing assertion shows. */
#define EXPECT_OK(p, call)                                                             \
    do {                                                                               \
        int expect_r = (call);                                                         \
        ck_assert_msg(expect_r == 0, "%s: %d: %s", #call, expect_r, (p)->why);         \
    } while (0)

/* Fails with that, and says `text`, whatever failed before. */
#define EXPECT_FAILS(p, call, r, text)                                                 \
    do {                                                                               \
        (p)->why[0] = '\0';                                                            \
        (p)->told = false;                                                             \
        ck_assert_int_eq((call), (r));                                                 \
        ck_assert_str_eq((p)->why, (text));                                            \
    } while (0)

static inline struct part part_of(const struct scratch *s, const char *name)
{
    struct part p;

    part_init(&p, s->fd, name);
    return p;
}

static inline void write_text(struct part *p, const char *text, int64_t offset)
{
    EXPECT_OK(p, part_write(p, text, strlen(text), offset));
}

/* The first n bytes, of a file of that size and version. */
static inline void checkpoint(struct part *p, const char *etag, int64_t size, int64_t n)
{
    struct journal j;

    journal_init(&j);
    j.etag = mem_strdup(etag);
    j.size = size;
    ranges_add(&j.done, 0, n);
    EXPECT_OK(p, part_checkpoint(p, &j));
    journal_clear(&j);
}

/* What part_look gives: the ETag, or NULL. */
static inline void expect_look(struct part *p, const char *etag, int64_t n)
{
    struct journal j;

    EXPECT_OK(p, part_look(p, &j));
    ck_assert_pstr_eq(j.etag, etag);
    ck_assert_int_eq(ranges_prefix(&j.done), n);
    journal_clear(&j);
}

/* NAME.part with "half" and a journal that tells of it, as a kill leaves them. */
static inline void leave_half(const struct scratch *s, const char *name)
{
    struct part p = part_of(s, name);

    EXPECT_OK(&p, part_open(&p, false));
    write_text(&p, "half", 0);
    checkpoint(&p, "\"v1\"", 8, 4);
    part_clear(&p);
}

static inline void open_fresh(struct part *p, const char *text)
{
    EXPECT_OK(p, part_open(p, false));
    write_text(p, text, 0);
}

static inline void settle_and_commit(struct part *p, int64_t size, bool replace)
{
    EXPECT_OK(p, part_settle(p, size, NULL));
    EXPECT_OK(p, part_sync(p));
    EXPECT_OK(p, part_commit(p, replace));
}

/* A whole file under NAME, nothing beside it, and permissions as any file has. */
static inline void expect_only(const struct scratch *s, const char *name,
                               const char *text)
{
    expect_file(s->fd, name, text);
    ck_assert_uint_eq(stat_of(s->fd, name).st_mode, S_IFREG | 0644);
    ck_assert_int_eq(count_files_in(s->fd), 1);
}

#endif
