#include "check_main.h"

#include <stdlib.h>

#include "base/mem.h"
#include "markup/css.h"

struct seer {
    struct buf out, scratch;
    const char *sheet;
};

static void see(const struct css_url *u, void *arg)
{
    struct seer *s = arg;
    struct slice text = css_unescape(u->raw, &s->scratch);
    unsigned line = 1;

    buf_append_str(&s->out, u->is_import ? "@" : "");
    buf_append(&s->out, text.data, text.len);
    buf_append_char(&s->out, '|');
    ck_assert_uint_le((size_t)u->offset + u->raw.len, strlen(s->sheet));
    ck_assert(!memcmp(s->sheet + u->offset, u->raw.data, u->raw.len));
    for (int64_t i = 0; i < u->offset; i++)
        line += s->sheet[i] == '\n';
    ck_assert_uint_eq(u->line, line);
}

/* Feeds `first` bytes, then pieces of `step`, from memory of just their size. */
static void read_sheet(struct seer *s, const char *data, size_t first, size_t step)
{
    size_t n = strlen(data);
    struct css c;

    s->sheet = data;
    buf_reset(&s->out);
    buf_append_str(&s->out, "");
    css_init(&c, see, s);
    for (size_t at = 0, size = first; at < n; at += size, size = step) {
        char *piece;

        size = size < n - at ? size : n - at;
        piece = mem_alloc(size + !size);
        memcpy(piece, data + at, size);
        css_feed(&c, piece, size, (int64_t)at);
        free(piece);
    }
    css_finish(&c);
    css_clear(&c);
}

static void sheet(const char *data, const char *expected)
{
    struct seer s = {.sheet = data};
    size_t n = strlen(data);

    for (size_t first = 0; first <= n; first++) {
        read_sheet(&s, data, first, n);
        ck_assert_msg(!strcmp(s.out.data, expected), "%s cut at %zu: %s", data, first,
                      s.out.data);
    }
    read_sheet(&s, data, 1, 1);
    ck_assert_str_eq(s.out.data, expected);
    buf_clear(&s.out);
    buf_clear(&s.scratch);
}

START_TEST(urls)
{
    sheet("", "");
    sheet("a{background:url(x.png)}", "x.png|");
    sheet("a{background:URL( x.png )}", "x.png|");
    sheet("a{b:url('x y.png')}", "x y.png|");
    sheet("a{b:url( \"x'.png\" )}", "x'.png|");
    sheet("a{b:url()}", "|");
    sheet("a{b:url('')}", "|");
    sheet("a{b:url(a),url(b)\n;c:url(\n'd')}", "a|b|d|");
    sheet("a{b:curl(x)} #url(x) @url(x) 1url(x) -url(x) url (x) url-prefix(x)", "");
    sheet("a{b:xurl(x)}", "");
    sheet("a{b:\xc3\xa9url(x)}", "");
    sheet("a{b:url(x y)} c{d:url(e)}", "e|");
    sheet("a{b:url(x\"y)z)} c{d:url(e)}", "e|");
    sheet("a{b:url(x(y)} c{d:url(e)}", "e|");
    sheet("a{b:url(x\001y)} c{d:url(e)}", "e|");
    sheet("a{b:url(/*x*/)}", "/*x*/|");
    sheet("a{b:\"url(x)\"} 'url(x)'", "");
    sheet("<!-- a{b:url(x)} --> url(y)", "x|y|");
}
END_TEST

START_TEST(imports)
{
    sheet("@import 'x.css';", "@x.css|");
    sheet("@IMPORT\"x.css\"", "@x.css|");
    sheet("@import url(x.css) screen;", "@x.css|");
    sheet("@import url('x.css');", "@x.css|");
    sheet("@import/**/ /* ' */'x.css';", "@x.css|");
    sheet("@import 'x' 'y'; 'z'", "@x|");
    sheet("@import; 'x'", "");
    sheet("@import foo 'x'", "");
    sheet("@import (x) 'x'", "");
    sheet("@imports 'x'; @ import 'x'; import 'x'; #import 'x'", "");
    sheet("@import / 'x'", "");
    sheet("@import @import 'x'", "@x|");
    sheet("@charset 'x'; @font-face{src:url(y)}", "y|");
    sheet("@namespace url(http://www.w3.org/1999/xhtml); url(x)", "x|");
    sheet("@namespace svg url('y'); url(x)", "x|");
    sheet("@-moz-document url(x), url('y') {a{b:url(z)}}", "z|");
}
END_TEST

START_TEST(comments)
{
    sheet("/* url(x) */url(y)", "y|");
    sheet("/**/url(y)/***/url(z)/* ** / */url(w)", "y|z|w|");
    sheet("/*/url(x)*/url(y)", "y|");
    sheet("url/**/(x)", "");
    sheet("u/**/rl(x)", "");
    sheet("/ *url(y)*/ //url(z)", "y|z|");
    sheet("/* url(x)", "");
}
END_TEST

START_TEST(strings)
{
    sheet("'a\\'url(x)'url(y)", "y|");
    sheet("'a\nurl(y)'", "y|"); /* the line's end ended the string, badly */
    sheet("'a\\\nurl(x)'url(y)", "y|");
    sheet("'a\\\r\nurl(x)'url(y)", "y|");
    sheet("url('a\\\nb')", "ab|");
    sheet("url('a\\\r\nb')", "ab|");
    sheet("url('a\nb') url(y)", ""); /* a new string */
    sheet("@import 'x\n'; 'y'", "");
}
END_TEST

START_TEST(escapes)
{
    sheet("url(a\\)b)", "a)b|");
    sheet("url(a\\20 b)", "a b|");
    sheet("url(a\\000020b)", "a b|");
    sheet("url(a\\000020 b)", "a b|");
    sheet("url(a\\0000200)", "a 0|");
    sheet("url(a\\e9  )", "aé|");
    sheet("url('\\\"\\'\\\\')", "\"'\\|");
    sheet("url('\\26 x=\\1F600\ty')", "&x=😀y|");
    sheet("url('\\0 \\d800 \\110000 ')", "���|");
    sheet("u\\72l(x)", "x|");
    sheet("\\75 rl(x) \\55\r\nRL(y)", "x|y|");
    sheet("\\url(x)", "x|"); /* u is no digit */
    sheet("xu\\72l(x) \\xurl(y)", "");
    sheet("@\\69mport 'x'", "@x|");
    sheet("url(a\\\nb)url(c)", "c|");
    sheet("url(a b\\)c)url(d)", "d|");
    sheet("\\\nurl(x)", "x|");
    sheet("url(\\", "|");
    sheet("url('x\\", "x|");
}
END_TEST

START_TEST(unterminated)
{
    sheet("url(x", "x|");
    sheet("url(x ", "x|");
    sheet("url('x", "x|");
    sheet("url('x'", "x|");
    sheet("@import 'x", "@x|");
    sheet("url(", "");
    sheet("'x", "");
    sheet("url(x y", "");
    sheet("url", "");
}
END_TEST

START_TEST(long_values)
{
    for (size_t extra = 0; extra < 2; extra++)
        for (size_t step = 7; step < 200000; step *= 31) {
            struct seer s = {0};
            struct buf b = BUF_INIT;

            buf_append_str(&b, "url(");
            memset(buf_reserve(&b, CSS_VALUE_MAX + extra), 'y', CSS_VALUE_MAX + extra);
            buf_commit(&b, CSS_VALUE_MAX + extra);
            buf_append_str(&b, ")url(z)");
            read_sheet(&s, b.data, step, step);
            ck_assert_uint_eq(s.out.len, extra ? 2 : CSS_VALUE_MAX + 3);
            buf_clear(&b);
            buf_clear(&s.out);
        }
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("css", urls, imports, comments, strings, escapes, unterminated,
                       long_values);
}

int main(void)
{
    return check_main(suite);
}
