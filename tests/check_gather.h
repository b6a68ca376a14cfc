/* check_gather.h - specs in tests: read from text, refused at a place. */
#ifndef TRAWL_TESTS_CHECK_GATHER_H
#define TRAWL_TESTS_CHECK_GATHER_H

#include "check_main.h"

#include "base/mem.h"
#include "gather/spec.h"

static inline struct spec *read_spec(const char *text)
{
    struct spec_options o = {0};
    struct fault f = {0};
    struct spec *s = spec_new(slice_str(text), &o, &f);

    ck_assert_msg(s != NULL, "%s: %s", text, f.why);
    ck_assert_ptr_null(f.why);
    return s;
}

/* The text of a fault, as LINE:COLUMN: WHY; the caller clears it. */
static inline struct buf refuse_spec(const char *text, size_t n)
{
    struct spec_options o = {0};
    struct fault f = {0};
    struct slice all = {text, n};
    struct spec *s = spec_new(all, &o, &f);
    struct buf out = BUF_INIT;

    ck_assert_msg(s == NULL, "%s", text);
    ck_assert_ptr_nonnull(f.why);
    fault_append(&out, &f, all);
    fault_clear(&f);
    return out;
}

static inline void check_refused(const char *text, const char *wanted)
{
    struct buf out = refuse_spec(text, strlen(text));

    ck_assert_msg(strstr(out.data, wanted) == out.data, "%s: %s, not %s", text,
                  out.data, wanted);
    buf_clear(&out);
}

#endif
