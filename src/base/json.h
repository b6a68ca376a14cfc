/* json.h - JSON (RFC 8259): writing, and reading that keeps every byte.
 *
 * A document that passes through trawl keeps its numbers, its key order and its
 * duplicate keys byte for byte, so values are handled as slices of the text they
 * came in, never as doubles. */
#ifndef TRAWL_BASE_JSON_H
#define TRAWL_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"

/* Deeper nesting is refused, though the reader does not recurse: others do, and jq 1.6
 * reads no more than 256, of which a record that holds the value is one. */
#define JSON_MAX_DEPTH 200

/* Appends a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD;
 * control characters (C0, DEL, C1), U+2028 and U+2029 are escaped. */
void json_append_string(struct buf *out, const char *s, size_t n);
void json_append_cstr(struct buf *out, const char *s); /* NULL gives null */

/* Appends `"key":` with a comma before it unless the last byte of `out` is '{'.
 * `key` is a plain ASCII literal that needs no escaping. */
void json_append_key(struct buf *out, const char *key);

/* Checks that `text` is one JSON value with nothing but white space around it, and
 * appends it to `out` (unless NULL) without the insignificant white space: one line,
 * every token as it came. Returns 0, or -EINVAL and in *where (unless NULL) the
 * offset of the first wrong byte; `out` is then as before. Not UTF-8 is an error. With
 * more than JSON_MAX_DEPTH arrays and objects within each other it is -ERANGE, whatever
 * else may be wrong further on. */
int json_compact(struct buf *out, struct slice text, size_t *where);

enum json_type {
    JSON_NULL,
    JSON_BOOL,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};

/* The type of a value that json_compact has accepted. */
enum json_type json_type(struct slice value);

/* Walks the members of an object, or the elements of an array, that json_compact has
 * accepted (white space is fine). Start with json_iter; each json_next sets `value`
 * and, in an object, `key` (with its quotes). False after the last. What is no JSON
 * gives nothing of use, but ends. */
struct json_iter {
    struct slice rest;
    struct slice key, value;
    bool object;
};
struct json_iter json_iter(struct slice container);
bool json_next(struct json_iter *it);

/* The first member with that name, however its key is escaped. False when there is
 * none, or `object` is no object. */
bool json_member(struct slice object, const char *name, struct slice *value);

/* Appends what a JSON string stands for. Lone surrogates become U+FFFD. */
void json_append_unquoted(struct buf *out, struct slice string);

/* The same of any value: what is no string is appended as it is written. */
void json_append_text(struct buf *out, struct slice value);

/* Whether a JSON string stands for that text, however it is escaped. */
bool json_string_is(struct slice string, struct slice text);

#endif
