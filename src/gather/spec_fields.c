/* Values of a spec that have a form of their own. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "gather/pointer.h"
#include "gather/spec_internal.h"

/* A century, as for --max-time. */
#define LONGEST_TIME (100.0 * 366 * 24 * 3600)

char *spec_read_string(struct slice value, const char *what, struct fault *f)
{
    struct buf text = BUF_INIT;

    if (json_type(value) != JSON_STRING) {
        fault_set(f, value.data, "%s must be a string", what);
        return NULL;
    }
    json_append_unquoted(&text, value);
    if (text.len && memchr(text.data, '\0', text.len)) {
        fault_set(f, value.data, "%s holds a NUL", what);
        buf_clear(&text);
        return NULL;
    }
    return buf_take(&text);
}

/* JSON's numbers are a part of what strtod reads, in the C locale. */
int spec_read_seconds(struct slice value, double *seconds, const char *what,
                      struct fault *f)
{
    char *text;

    if (json_type(value) != JSON_NUMBER)
        return fault_set(f, value.data, "%s must be a number of seconds", what);
    text = slice_dup(value);
    *seconds = strtod(text, NULL);
    free(text);
    if (!(*seconds >= 0 && *seconds <= LONGEST_TIME))
        return fault_set(f, value.data, "%s must not be negative, nor over a century",
                         what);
    return 0;
}

int spec_read_count(struct slice value, int64_t most, int64_t *n, const char *what,
                    struct fault *f)
{
    if (slice_parse_digits(value, n) < 0 || *n > most)
        return fault_set(f, value.data, "%s must be a whole number from 0 to %lld",
                         what, (long long)most);
    return 0;
}

int spec_read_bool(struct slice value, bool *b, const char *what, struct fault *f)
{
    if (json_type(value) != JSON_BOOL)
        return fault_set(f, value.data, "%s must be true or false", what);
    *b = slice_eq(value, "true");
    return 0;
}

int spec_read_pointer(struct slice value, struct slice *pointer, const char *what,
                      struct fault *f)
{
    struct buf text = BUF_INIT;
    const char *wrong;

    if (json_type(value) != JSON_STRING)
        return fault_set(f, value.data, "%s must be a JSON pointer such as \"/items\"",
                         what);
    json_append_unquoted(&text, value);
    wrong = pointer_wrong((struct slice){text.data, text.len});
    if (wrong) {
        buf_clear(&text);
        return fault_set(f, value.data, "%s: %s", what, wrong);
    }
    free((void *)pointer->data);
    pointer->len = text.len;
    pointer->data = buf_take(&text);
    return 0;
}

int spec_read_think(struct spec_request *rq, struct slice value, struct fault *f)
{
    double *bounds[] = {&rq->think_min, &rq->think_max};
    struct json_iter it = json_iter(value);
    size_t n = 0;

    if (json_type(value) != JSON_ARRAY) {
        int r = spec_read_seconds(value, &rq->think_min, "\"think\"", f);

        rq->think_max = rq->think_min;
        return r;
    }
    for (; json_next(&it); n++)
        if (n < 2 && spec_read_seconds(it.value, bounds[n], "\"think\"", f) < 0)
            return -EINVAL;
    if (n != 2 || rq->think_min > rq->think_max)
        return fault_set(f, value.data,
                         "\"think\" must be seconds, or [from, to] such as [0.5, 1.5]");
    return 0;
}

int spec_want_object(struct slice value, const char *what, struct fault *f)
{
    if (json_type(value) == JSON_OBJECT)
        return 0;
    return fault_set(f, value.data, "%s must be an object", what);
}

/* ---- statuses ---- */

/* Three digits, of which the last two may be "xx". */
static bool parse_status(struct slice s, unsigned *first, unsigned *last)
{
    bool class = s.len == 3 && s.data[1] == 'x' && s.data[2] == 'x';
    int64_t n;

    if (class) {
        *first = (unsigned)(s.data[0] - '0') * 100;
        *last = *first + 99;
    } else {
        if (slice_parse_digits(s, &n) < 0 || n > 999)
            return false;
        *first = *last = (unsigned)n;
    }
    return *first >= 100 && *last <= 999;
}

/* 404, "404", "4xx" or "500-599". */
static bool add_statuses(struct status_set *set, struct slice value)
{
    struct slice text = value, part;
    unsigned first, last, ignored;
    bool range;

    if (json_type(value) == JSON_STRING)
        text = (struct slice){value.data + 1, value.len - 2};
    range = text.len && memchr(text.data, '-', text.len);
    if (!slice_next(&text, '-', &part) || !parse_status(part, &first, &last))
        return false;
    if (range && !parse_status(text, &ignored, &last))
        return false;
    if (first > last)
        return false;
    status_set_add(set, first, last);
    return true;
}

static int read_status(struct slice value, struct status_set *set, bool *expects,
                       const char *what, struct fault *f)
{
    enum json_type type = json_type(value);

    if (expects && slice_eq(value, "\"expect\"")) {
        *expects = true;
        return 0;
    }
    if ((type == JSON_NUMBER || type == JSON_STRING) && add_statuses(set, value))
        return 0;
    return fault_set(f, value.data,
                     "%s must hold statuses such as 404, \"5xx\" or \"500-503\"%s",
                     what, expects ? ", or \"expect\"" : "");
}

int spec_read_statuses(struct slice value, struct status_set *set, bool *expects,
                       const char *what, struct fault *f)
{
    struct json_iter it = json_iter(value);
    bool any = false;

    if (json_type(value) != JSON_ARRAY)
        return read_status(value, set, expects, what, f);
    for (; json_next(&it); any = true)
        if (read_status(it.value, set, expects, what, f) < 0)
            return -EINVAL;
    return any ? 0 : fault_set(f, value.data, "%s must not be empty", what);
}

/* ---- names ---- */

int spec_unknown(struct slice key, const char *what, const char *name,
                 const char *const *known, struct fault *f)
{
    const char *best = NULL;
    size_t least = strlen(name) / 2 + 1, distance;

    for (; *known; known++)
        if ((distance = str_distance(name, *known)) < least) {
            least = distance;
            best = *known;
        }
    if (best)
        return fault_set(f, key.data, "%s \"%s\" is not known; did you mean \"%s\"?",
                         what, name, best);
    return fault_set(f, key.data, "%s \"%s\" is not known", what, name);
}
