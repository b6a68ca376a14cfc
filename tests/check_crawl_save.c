#include "check_main.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "crawl/save.h"
#include "http_server.h"

enum { BLOCK = 256 << 10 };

static char folder[64];
static struct saver saver;
static struct save save;
static struct body_sink sink;
static unsigned resumed, ended;
static char block[BLOCK];

static void on_resume(struct body_sink *s)
{
    ck_assert_ptr_eq(s, &sink);
    resumed++;
}

static void on_end(struct save *s)
{
    ck_assert_ptr_eq(s, &save);
    ended++;
}

static void begin(void)
{
    save_begin(&save, &saver, "http://h/a", SLICE("text/html"), 1446458400);
}

static void setup(void)
{
    strcpy(folder, "/tmp/trawl-check-save-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    memset(&saver, 0, sizeof(saver));
    memset(&save, 0, sizeof(save));
    memset(block, 'x', sizeof(block));
    sink = (struct body_sink){.resume = on_resume};
    resumed = ended = 0;
    ck_assert_int_eq(saver_open(&saver, folder, false), 0);
    save.sink = &sink;
    save.ended = on_end;
    begin();
}

/* What is left: its size, or -1 when there is no file; nothing else lies there. */
static off_t teardown(void)
{
    char path[96], host[80];
    struct stat st = {.st_size = -1};
    DIR *d;

    save_clear(&save);
    ck_assert_uint_eq(saver.held, 0);
    ck_assert(event_is_set(&saver.room));
    saver_close(&saver);
    snprintf(path, sizeof(path), "%s/h/a", folder);
    snprintf(host, sizeof(host), "%s/h", folder);
    if (stat(path, &st) == 0) {
        ck_assert_int_eq(st.st_mtime, 1446458400);
        ck_assert_int_eq(unlink(path), 0);
    }
    if ((d = opendir(host))) {
        closedir(d);
        ck_assert_int_eq(rmdir(host), 0); /* so it is empty */
    }
    ck_assert_int_eq(rmdir(folder), 0);
    return st.st_size;
}

static enum body_use put(size_t n)
{
    return save_write(&save, block, n);
}

static async void finish(bool whole)
{
    if (save_finish(&save, whole))
        UNTIL(ended);
    ck_assert_uint_le(ended, 1);
    ck_assert(!save_finish(&save, whole));
}

#define SAVE_TEST(name)                                                                \
    static async int name##_task(void *arg);                                           \
    START_TEST(name)                                                                   \
    {                                                                                  \
        ck_assert_int_eq(loop_run(name##_task, NULL), 0);                              \
    }                                                                                  \
    END_TEST                                                                           \
    static async int name##_task(void *arg)

/* While the executor has a block, one more is gathered and no more asked for. */
SAVE_TEST(waits)
{
    (void)arg;
    setup();
    ck_assert_int_eq(put(BLOCK - 1), BODY_TAKE);
    ck_assert_int_eq(put(1), BODY_TAKE); /* on its way */
    ck_assert_int_eq(put(BLOCK - 1), BODY_TAKE);
    ck_assert_int_eq(put(1), BODY_WAIT);
    ck_assert_int_eq(put(1000), BODY_WAIT);
    UNTIL(resumed);
    ck_assert_int_eq(put(7), BODY_TAKE);
    finish(true);
    ck_assert_int_eq(save.error, 0);
    ck_assert(save.named);
    ck_assert_int_eq(teardown(), 2 * BLOCK + 1007);
    return 0;
}

SAVE_TEST(room)
{
    (void)arg;
    setup();
    while (event_is_set(&saver.room) && saver.held < ((size_t)64 << 20))
        put(BLOCK);
    ck_assert_uint_le(saver.held, ((size_t)33 << 20));
    finish(true);
    ck_assert(event_is_set(&saver.room));
    ck_assert_int_gt(teardown(), 32 << 20);
    return 0;
}

/* Another attempt has less, and comes while the first is being written. */
SAVE_TEST(anew)
{
    (void)arg;
    setup();
    put(BLOCK);
    put(1000);
    begin();
    ck_assert_uint_eq(saver.held, BLOCK);
    put(5000);
    finish(true);
    ck_assert_int_eq(teardown(), 5000);
    return 0;
}

SAVE_TEST(empty)
{
    (void)arg;
    setup();
    finish(true);
    ck_assert_int_eq(teardown(), 0);
    return 0;
}

/* Nothing is left of it, whether or not something was written. */
SAVE_TEST(not_whole)
{
    static const size_t sizes[] = {0, 1000, BLOCK, BLOCK + 1000};

    (void)arg;
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
        for (int later = 0; later < 2; later++) {
            setup();
            for (size_t n = sizes[i]; n > 0; n -= n < BLOCK ? n : BLOCK)
                put(n < BLOCK ? n : BLOCK);
            if (later && sizes[i] >= BLOCK)
                UNTIL(resumed);
            finish(false);
            ck_assert(!save.named);
            ck_assert_int_eq(teardown(), -1);
        }
    return 0;
}

/* As little as when it is not whole. */
SAVE_TEST(forgotten)
{
    (void)arg;
    for (int again = 0; again < 2; again++) {
        setup();
        put(BLOCK);
        put(1000);
        save_forget(&save);
        ck_assert_uint_eq(saver.held, BLOCK);
        if (again) {
            begin();
            put(7);
        }
        finish(true);
        ck_assert(save.named == !!again);
        ck_assert_int_eq(teardown(), again ? 7 : -1);
    }
    return 0;
}

SAVE_TEST(refused)
{
    char path[96];
    int fd;

    (void)arg;
    setup();
    snprintf(path, sizeof(path), "%s/h", folder);
    fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC,
              0600); /* where its folder would be */
    put(BLOCK);
    UNTIL(resumed);
    ck_assert_int_eq(put(1), BODY_REFUSE);
    ck_assert_int_lt(save.error, 0);
    ck_assert_ptr_nonnull(strstr(save.part.why, "h"));
    finish(false);
    ck_assert(!save.named);
    close(fd);
    unlink(path);
    ck_assert_int_eq(teardown(), -1);
    return 0;
}

static Suite *suite(void)
{
    return CHECK_SUITE("crawl_save", waits, room, anew, empty, not_whole, forgotten,
                       refused);
}

int main(void)
{
    return check_main(suite);
}
