#include "gather/template.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "gather/pointer.h"

static void reference_clear(struct reference *r)
{
    free(r->text);
    free(r->name);
    free(r->detail);
}

void template_clear(struct template *t)
{
    for (size_t i = 0; i < t->count; i++) {
        free(t->pieces[i].literal);
        reference_clear(&t->pieces[i].reference);
    }
    free(t->pieces);
    *t = (struct template){0};
}

struct reference *template_next(const struct template *t, size_t *piece)
{
    while (*piece < t->count) {
        struct piece *p = &t->pieces[(*piece)++];

        if (p->kind != PIECE_LITERAL)
            return &p->reference;
    }
    return NULL;
}

static struct piece *add_piece(struct template *t, enum piece_kind kind)
{
    struct piece *p;

    t->pieces = mem_reallocarray(t->pieces, t->count + 1, sizeof(*t->pieces));
    p = &t->pieces[t->count++];
    *p = (struct piece){.kind = kind};
    return p;
}

/* Literals that follow each other are one. Takes the bytes over. */
static void add_literal(struct template *t, struct buf *text)
{
    struct piece *p;

    if (text->len) {
        p = add_piece(t, PIECE_LITERAL);
        p->literal_len = text->len;
        p->literal = buf_take(text);
    }
    buf_clear(text);
}

/* ---- one reference ---- */

bool template_name_good(struct slice name)
{
    for (size_t i = 0; i < name.len; i++)
        if ((unsigned char)name.data[i] <= ' ' || name.data[i] == 0x7f ||
            strchr("{}#.\"", name.data[i]))
            return false;
    return name.len > 0;
}

static int set_detail(struct reference *r, enum reference_part part, struct slice s)
{
    r->part = part;
    r->detail = slice_dup(s);
    r->detail_len = s.len;
    return 0;
}

static int parse_pointer(struct reference *r, struct slice pointer, struct fault *f)
{
    const char *wrong = pointer_wrong(pointer);

    if (wrong)
        return fault_set(f, r->at, "{{%s}}: %s", r->text, wrong);
    return set_detail(r, THE_VALUE, pointer);
}

static int parse_property(struct reference *r, struct slice property, struct fault *f)
{
    static const char headers[] = "headers.";
    size_t n = sizeof(headers) - 1;

    if (slice_eq(property, "status")) {
        r->part = THE_STATUS;
        return 0;
    }
    if (property.len > n && !memcmp(property.data, headers, n) &&
        !memchr(property.data, '\0', property.len))
        return set_detail(r, THE_HEADER,
                          (struct slice){property.data + n, property.len - n});
    return fault_set(f, r->at,
                     "{{%s}}: behind the name may stand #/pointer, .status or "
                     ".headers.NAME",
                     r->text);
}

static enum reference_source source_of(const char *name)
{
    static const struct {
        const char *word;
        enum reference_source source;
    } words[] = {{"env", FROM_ENV},
                 {"item", FROM_ITEM},
                 {"index", FROM_INDEX},
                 {"user", FROM_USER}};

    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (!strcmp(name, words[i].word))
            return words[i].source;
    return FROM_NAME;
}

/* env.NAME: the name is all that follows, for the environment knows no parts. */
static int parse_env(struct reference *r, struct slice rest, struct fault *f)
{
    if (rest.len < 2 || *rest.data != '.')
        return fault_set(f, r->at, "{{%s}}: a variable of the environment is env.NAME",
                         r->text);
    free(r->name);
    r->name = slice_dup((struct slice){rest.data + 1, rest.len - 1});
    return 0;
}

static int parse_rest(struct reference *r, struct slice rest, struct fault *f)
{
    bool has_parts = r->source == FROM_NAME;

    if (r->source == FROM_ENV)
        return parse_env(r, rest, f);
    if (!rest.len)
        return 0;
    if (*rest.data == '#' && (has_parts || r->source == FROM_ITEM))
        return parse_pointer(r, (struct slice){rest.data + 1, rest.len - 1}, f);
    if (*rest.data == '.' && has_parts)
        return parse_property(r, (struct slice){rest.data + 1, rest.len - 1}, f);
    return fault_set(f, r->at, "{{%s}}: %s has no such part", r->text, r->name);
}

/* `text` is what stands between the braces, unescaped. */
static int parse_reference(struct reference *r, struct slice text, struct fault *f)
{
    size_t n = 0;

    text = slice_trim(text);
    r->text = slice_dup(text);
    while (n < text.len && text.data[n] != '#' && text.data[n] != '.')
        n++;
    if (memchr(text.data, '\0', text.len) ||
        !template_name_good((struct slice){text.data, n}))
        return fault_set(f, r->at,
                         "{{%s}} names nothing; a { that is none is written \\u007b",
                         r->text);
    r->name = slice_dup((struct slice){text.data, n});
    r->source = source_of(r->name);
    return parse_rest(r, (struct slice){text.data + n, text.len - n}, f);
}

/* ---- a string ---- */

/* What stands in the quotes, escaped as it is: `from` to `to` of it. */
static void append_plain(struct buf *out, const char *from, const char *to)
{
    struct buf quoted = BUF_INIT;

    buf_append_char(&quoted, '"');
    buf_append(&quoted, from, (size_t)(to - from));
    buf_append_char(&quoted, '"');
    json_append_unquoted(out, (struct slice){quoted.data, quoted.len});
    buf_clear(&quoted);
}

static const char *find(const char *from, const char *to, const char *word)
{
    return memmem(from, (size_t)(to - from), word, 2);
}

/* Adds the reference that `open` begins; *end is set behind it. */
static int add_reference(struct template *t, enum piece_kind kind, const char *open,
                         const char *to, const char **end, struct fault *f)
{
    const char *close = find(open + 2, to, "}}");
    struct buf text = BUF_INIT;
    struct piece *p;
    int r;

    if (!close)
        return fault_set(f, open,
                         "{{ is not closed; a { that is none is written \\u007b");
    *end = close + 2;
    p = add_piece(t, kind);
    p->reference.at = open;
    buf_append_str(&text, "");
    append_plain(&text, open + 2, close);
    r = parse_reference(&p->reference,
                        (struct slice){text.data ? text.data : "", text.len}, f);
    buf_clear(&text);
    return r;
}

/* Adds what stands between `from` and `to` within quotes; literals go through
 * `literal`, which may hold some already. */
static int add_inner(struct template *t, const char *from, const char *to, bool json,
                     struct buf *literal, struct fault *f)
{
    while (from < to) {
        const char *open = find(from, to, "{{"), *end = open ? open : to;
        int r;

        if (json)
            buf_append(literal, from, (size_t)(end - from));
        else
            append_plain(literal, from, end);
        from = end;
        if (!open)
            break;
        add_literal(t, literal);
        r = add_reference(t, PIECE_TEXT, open, to, &from, f);
        if (r < 0)
            return r;
    }
    return 0;
}

/* Whether all that stands between is one reference. */
static bool is_reference(const char *from, const char *to)
{
    return to - from >= 4 && !memcmp(from, "{{", 2) &&
           find(from + 2, to, "}}") == to - 2;
}

int template_parse_text(struct template *t, struct slice string, struct fault *f)
{
    const char *from = string.data + 1, *to = string.data + string.len - 1;
    struct buf literal = BUF_INIT;
    int r;

    t->at = string.data;
    if (is_reference(from, to))
        return add_reference(t, PIECE_VALUE, from, to, &from, f);
    r = add_inner(t, from, to, false, &literal, f);
    add_literal(t, &literal);
    return r;
}

/* ---- a JSON value ---- */

/* Behind the closing quote of the string at `s`. */
static const char *string_end(const char *s, const char *end)
{
    for (s++; s < end && *s != '"'; s++)
        if (*s == '\\')
            s++;
    return s < end ? s + 1 : end;
}

/* Adds the string from its quote to `end`, behind the other. A key stays a string. */
static int add_string(struct template *t, const char *s, const char *end, bool key,
                      struct buf *literal, struct fault *f)
{
    int r;

    if (!key && is_reference(s + 1, end - 1)) {
        add_literal(t, literal);
        return add_reference(t, PIECE_VALUE, s + 1, end - 1, &s, f);
    }
    buf_append_char(literal, '"');
    r = add_inner(t, s + 1, end - 1, true, literal, f);
    buf_append_char(literal, '"');
    return r;
}

static bool is_key(const char *behind, const char *end)
{
    while (behind < end && char_is_space(*behind))
        behind++;
    return behind < end && *behind == ':';
}

int template_parse_json(struct template *t, struct slice value, struct fault *f)
{
    const char *s = value.data, *end = s + value.len;
    struct buf literal = BUF_INIT;
    int r = 0;

    t->at = s;
    t->json = true;
    while (s < end && r == 0) {
        if (*s == '"') {
            const char *behind = string_end(s, end);

            r = add_string(t, s, behind, is_key(behind, end), &literal, f);
            s = behind;
        } else {
            if (!char_is_space(*s)) /* between tokens there is nothing but that */
                buf_append_char(&literal, *s);
            s++;
        }
    }
    add_literal(t, &literal);
    return r;
}
