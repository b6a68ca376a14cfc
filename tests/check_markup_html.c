#include "check_main.h"

#include <stdlib.h>

#include "base/mem.h"
#include "markup/html.h"

/* What the tokenizer tells, as text: "<a href=x>", "</title>", "[text]". */
struct seer {
    struct buf out;
    bool in_text;
    const char *page; /* to look places up; NULL: another */
};

static void end_text(struct seer *s)
{
    if (s->in_text)
        buf_append_char(&s->out, ']');
    s->in_text = false;
}

static void see_value(struct seer *s, const struct html_value *v)
{
    buf_append_char(&s->out, '=');
    buf_append(&s->out, v->raw.data, v->raw.len);
    if (v->offset < 0) {
        ck_assert_uint_eq(v->raw.len, 0);
        buf_append_char(&s->out, '!');
    } else if (s->page) {
        unsigned line = 1;

        ck_assert(!memcmp(s->page + v->offset, v->raw.data, v->raw.len));
        for (int64_t i = 0; i < v->offset; i++)
            line += s->page[i] == '\n';
        ck_assert_uint_eq(v->line, line);
    }
}

static void see_tag(const struct html_tag *t, void *arg)
{
    static const char *const names[HTML_ATTRS] = {
        "as",         "background", "charset", "content", "data", "href",
        "http-equiv", "id",         "srcset2", "lang",    "name", "poster",
        "rel",        "src",        "srcset",  "style",   "type", "xlink"};
    struct seer *s = arg;

    end_text(s);
    if (t->is_end && t->name->element == HTML_OTHER)
        return;
    buf_appendf(&s->out, "<%s%s%s", t->is_end ? "/" : "", t->is_foreign ? "*" : "",
                t->name->len ? t->name->text : "?");
    for (int i = 0; i < HTML_ATTRS; i++)
        if (!t->is_end && t->attrs & HTML_BIT(i)) {
            buf_appendf(&s->out, " %s", names[i]);
            see_value(s, &t->values[i]);
        }
    buf_append_char(&s->out, '>');
}

static void see_text(enum html_element in, struct slice piece, int64_t offset,
                     unsigned line, void *arg)
{
    struct seer *s = arg;

    ck_assert(in == HTML_TITLE || in == HTML_STYLE);
    ck_assert_uint_gt(piece.len, 0);
    ck_assert_uint_ge(line, 1);
    if (!s->in_text)
        buf_append_char(&s->out, '[');
    s->in_text = true;
    buf_append(&s->out, piece.data, piece.len);
    if (s->page)
        ck_assert(!memcmp(s->page + offset, piece.data, piece.len));
}

/* Feeds `first` bytes, then pieces of `step`, from memory of just their size. */
static void read_page(struct seer *s, const char *data, size_t n, size_t first,
                      size_t step)
{
    static const uint32_t none[HTML_ELEMENTS];
    const struct html_handler handler = {see_tag, see_text, HTML_BIT(HTML_ATTRS) - 1,
                                         none, s};
    struct html *h = html_new(&handler);

    buf_reset(&s->out);
    buf_append_str(&s->out, "");
    s->in_text = false;
    for (size_t at = 0, size = first; at < n; at += size, size = step) {
        char *piece;

        size = size < n - at ? size : n - at;
        piece = mem_alloc(size + !size);
        memcpy(piece, data + at, size);
        html_feed(h, piece, size);
        free(piece);
    }
    end_text(s);
    html_free(h);
}

static void page_n(const char *data, size_t n, const char *expected)
{
    struct seer s = {.page = data};

    for (size_t first = 0; first <= n; first++) {
        read_page(&s, data, n, first, n);
        ck_assert_str_eq(s.out.data, expected);
    }
    read_page(&s, data, n, 1, 1);
    ck_assert_str_eq(s.out.data, expected);
    buf_clear(&s.out);
}

static void page(const char *html, const char *expected)
{
    page_n(html, strlen(html), expected);
}

START_TEST(tags)
{
    page("", "");
    page("no tags", "");
    page("<a>", "<a>");
    page("a<A>b</a>c<a/><iMg >", "<a><a><img>");
    page("<a\thref\n>\n<a\fhref=\rx>", "<a href=!><a href=x>");
    page("<<a><a<b><a <b>", "<a><?><a>");
    page("< a>< /a><1><é><=><_>", "");
    page("<a:b><custom-element id=x><averyveryverylongname id=y>",
         "<?><? id=x><? id=y>");
    page("<head></head><title>x</title>", "<head></head><title>[x]</title>");
    page("</><a></ a><b></1<c><a>", "<a><b><a>");
    page("<a", "");
    page("<a href=x", "");
    page("<a href='x'", "");
    page("<a href='x", "");
    page("<", "");
    page("</", "");
    page("</a", "");
}
END_TEST

START_TEST(attributes)
{
    page("<a href=x>", "<a href=x>");
    page("<a href='x y'>", "<a href=x y>");
    page("<a href=\"x'y\">", "<a href=x'y>");
    page("<a HREF = x >", "<a href=x>");
    page("<a href=x/>", "<a href=x/>");
    page("<a href=x/y id=z/ >", "<a href=x/y id=z/>");
    page("<a href='x'/>", "<a href=x>");
    page("<a href='x'id=y>", "<a href=x id=y>");
    page("<a href=''>", "<a href=>");
    page("<a href=>", "<a href=!>");
    page("<a href= >", "<a href=!>");
    page("<a href id=x>", "<a href=! id=x>");
    page("<a href=x href=y>", "<a href=x>");
    page("<a href href=y>", "<a href=!>");
    page("<a class=x title='>' href=y>", "<a href=y>");
    page("<a title=\"<a href=z>\" href=y>", "<a href=y>");
    page("<a/href=x/id=y>", "<a href=x/id=y>");
    page("<a / href=x / id='y'/>", "<a href=x id=y>");
    page("<a =href=x id=y>", "<a id=y>");
    page("<a ==href id=y>", "<a id=y>");
    page("<a href==x>", "<a href==x>");
    page("<a href=\"x\"\"y\" id=z>", "<a href=x id=z>");
    page("<a 'href'=x <href=x \"id=y>", "<a>");
    page("<a href=x'\"<=`y>", "<a href=x'\"<=`y>");
    page("<a href=a&amp;b>", "<a href=a&amp;b>");
    page("<a\n\n href='x\ny'\nid=\n'z'>", "<a href=x\ny id=z>");
    page("<a hrefs=x hre=y href-=z imagesrcset=w verylongattributename=v>",
         "<a srcset2=w>");
    page("<a xlink:href=x XLINK:href=y>", "<a xlink=x>");
    page("</a href='>' id=x><a>", "<a>");
}
END_TEST

START_TEST(nul_bytes)
{
    static const char html[] = "a\0<a\0 href=x><a h\0ref=x id='y\0z'><\0a><a href=\0>";

    page_n(html, sizeof(html) - 1, "<? href=x><a id=y\0");
}
END_TEST

START_TEST(comments)
{
    page("<!-- <a> --><b>", "<b>");
    page("<!--><b>", "<b>");
    page("<!---><b>", "<b>");
    page("<!----><b>", "<b>");
    page("<!--!><b>--><i>", "<i>");
    page("<!---!><b>--><i>", "<i>");
    page("<!----!><b>", "<b>");
    page("<!-- <b> --!><i>", "<i>");
    page("<!-- > -> ->> --x> - -> <b>--><i>", "<i>");
    page("<!-- <!-- --><b>", "<b>");
    page("<!-- <!--> <b>", "<b>");
    page("<!-- <!-> <b>--><i>", "<i>");
    page("<!-- --!-><b>--><i>", "<i>");
    page("<!-- --!--><b>", "<b>");
    page("<!-- x---><b>", "<b>");
    page("<!-x><b>", "<b>");
    page("<!- -><b>", "<b>");
    page("<!><b>", "<b>");
    page("<!doctype html PUBLIC \"a>b\"><b>", "<b>");
    page("<!a href=x><b>", "<b>");
    page("<?php echo '<a>' ?><b>", "<b>");
    page("<?xml version='1.0'?><b>", "<b>");
    page("</ x ><b>", "<b>");
    page("<!-- <a>", "");
    page("<!-- <a> --", "");
    page("<!<a>", "");
}
END_TEST

START_TEST(cdata)
{
    page("<![CDATA[<a>]]><b>", "<b>");
    page("<![CDATA[ > <a>]]><b>", "<a><b>");
    page("<svg><![CDATA[<a> ]> ]]]><b>", "<*svg><b>");
    page("<svg><![CDATA[]]><b>", "<*svg><b>");
    page("<svg><![cdata[<a>]]>", "<*svg>");
    page("<svg><![CDATA[<a>", "<*svg>");
    page("<math><![CDATA[<a>]]></math><![CDATA[>]]><b>", "<*math></*math><b>");
}
END_TEST

START_TEST(text_elements)
{
    page("<title>a<b>c</b></title><b>", "<title>[a<b>c</b>]</title><b>");
    page("<title></title>", "<title></title>");
    page("<title>x</TITLE ><b>", "<title>[x]</title><b>");
    page("<title>x</title/><b>", "<title>[x]</title><b>");
    page("<title>x</title a='>'><b>", "<title>[x]</title><b>");
    page("<title>x</titles></Tit</title></title\n>",
         "<title>[x</titles></Tit]</title>");
    page("<title>x</<//title>< /title></title>",
         "<title>[x</<//title>< /title>]</title>");
    page("<title><!--</title>--><b>", "<title>[<!--]</title><b>");
    page("<title>x", "<title>[x]");
    page("<title>x</title", "<title>[x]");
    page("<textarea><a></textareas></textarea><b>", "<textarea><b>");
    page("<style>a<b>'</style>'<b>", "<style>[a<b>']</style><b>");
    page("<xmp><a></xmp><b>", "<xmp><b>");
    page("<iframe src=x><a></iframe><b>", "<iframe src=x></iframe><b>");
    page("<noembed><a></noembed><noframes><a></noframes><b>", "<noembed><noframes><b>");
    page("<noscript><a></noscript><b>", "<noscript><a><b>"); /* scripts do not run */
    page("<title/>x</title><b>", "<title>[x]</title><b>");
    page("<plaintext><a></plaintext><b>", "<plaintext>");
}
END_TEST

START_TEST(scripts)
{
    page("<script>if (a<b) '</a>'</script><b>", "<script></script><b>");
    page("<script></SCRIPT ><b>", "<script></script><b>");
    page("<script></script/><b>", "<script></script><b>");
    page("<script></scripts><a></script><b>", "<script></script><b>");
    page("<script><!-- <a> </script><b>", "<script></script><b>");
    page("<script><!-- <script> </script> <a> --></script><b>", "<script></script><b>");
    page("<script><!-- <script> </script> <a></script><b>", "<script></script><b>");
    page("<script><!-- <script/ </script/ <a></script><b>", "<script></script><b>");
    page("<script><!-- <scripts> </script> <b>", "<script></script><b>");
    page("<script><!-- <script </scripts> <a></script></script><b>",
         "<script></script><b>");
    page("<script><!-- <script> --></script><b>", "<script></script><b>");
    page("<script><!--> <script></script><b>", "<script></script><b>");
    page("<script><!---> <script></script><b>", "<script></script><b>");
    page("<script><!- <script></script><b>", "<script></script><b>");
    page("<script><!<!-- <script></script><a></script><b>", "<script></script><b>");
    page("<script><!-- --<script> -></script><a></script><b>", "<script></script><b>");
    page("<script><!-- <<script></script><a></script><b>", "<script></script><b>");
    page("<script><!-- <</script><b>", "<script></script><b>");
    page("<script><!--<script></script", "<script>");
    page("<script><a>", "<script>");
}
END_TEST

START_TEST(foreign)
{
    page("<svg><title><b></title><b>", "<*svg><*title><b></title><b>");
    page("<svg><style>a<a>b</style></svg><style><b></style>",
         "<*svg><*style>[a]<*a></*style></*svg><style>[<b>]</style>");
    page("<svg><style><![CDATA[a>b]]></style></svg>",
         "<*svg><*style>[a>b]]>]</*style></*svg>");
    page("<svg><style/><b>", "<*svg><*style><b>");
    page("<svg><script>a<b></script><title>", "<*svg><*script><b><title>");
    page("<svg/><title><b>", "<*svg><title>[<b>]");
    page("<svg><p><title><b>", "<*svg><p><title>[<b>]");
    page("<svg></p><title><b>", "<*svg><title>[<b>]");
    page("<svg><a></a><title><b>", "<*svg><*a></*a><*title><b>");
    page("<svg><svg></svg><title><b>", "<*svg><*svg></*svg><*title><b>");
    page("<svg><foreignObject><title><b></title></foreignObject><title><b>",
         "<*svg><*foreignobject><title>[<b>]</title><*title><b>");
    page("<svg><desc><svg></svg><title><b></title></desc></svg>",
         "<*svg><*desc><*svg></*svg><title>[<b>]</title></*svg>");
    page("<math><mi><title><b></title></mi><title><a>",
         "<*math><*mi><title>[<b>]</title><*title><*a>");
    page("</svg><title><b>", "<title>[<b>]");
}
END_TEST

START_TEST(every_name_is_found)
{
    static const char *const names[] = {
        "a",      "area",   "audio", "base",  "body",  "embed", "feImage", "frame",
        "html",   "iframe", "image", "img",   "input", "link",  "meta",    "object",
        "script", "source", "style", "table", "tbody", "td",    "tfoot",   "th",
        "thead",  "title",  "tr",    "track", "use",   "video", "bgsound"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const struct html_name *found = html_element_find(names[i], strlen(names[i]));

        ck_assert_int_ne(found->element, HTML_OTHER);
        ck_assert(slice_eq_nocase(slice_str(names[i]), found->text));
    }
    ck_assert_ptr_eq(html_element_find("", 0), &html_unknown);
    ck_assert_ptr_eq(html_element_find("ahref", 5), &html_unknown);
    ck_assert_ptr_eq(html_element_find("foreignobjects", 14), &html_unknown);
    ck_assert_int_eq(html_attr_find("HTTP-Equiv", 10), HTML_HTTP_EQUIV);
    ck_assert_int_eq(html_attr_find("\x12rc", 3), HTML_ATTRS);
}
END_TEST

/* A value one byte too long counts as none, however it comes. */
START_TEST(long_values)
{
    for (size_t extra = 0; extra < 2; extra++)
        for (size_t step = 1; step < 200000; step *= 31) {
            size_t n = HTML_VALUE_MAX + extra;
            struct seer s = {0};
            struct buf html = BUF_INIT;

            buf_append_str(&html, "<a id=x href='");
            memset(buf_reserve(&html, n), 'y', n);
            buf_commit(&html, n);
            buf_append_str(&html, "' rel=z><b>");
            read_page(&s, html.data, html.len, step, step);
            if (extra)
                ck_assert_str_eq(s.out.data, "<a id=x rel=z><b>");
            else
                ck_assert_uint_eq(s.out.len, n + strlen("<a href= id=x rel=z><b>"));
            buf_clear(&html);
            buf_clear(&s.out);
        }
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("html", tags, attributes, nul_bytes, comments, cdata,
                       text_elements, scripts, foreign, every_name_is_found,
                       long_values);
}

int main(void)
{
    return check_main(suite);
}
