/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* json_write.h - JSON out: an append-only writer that cannot produce ill-formed text.
 *
 * Calls follow the structure of the document; a call out of place is a bug and asserts.
 * Indented by two spaces. Numbers: integers exactly; doubles with as few digits as read back to
 * the same value, non-finite ones as null.
 */
#ifndef TM_BASE_JSON_WRITE_H
#define TM_BASE_JSON_WRITE_H

#include "base/buf.h"

enum { JSON_DEPTH_MAX = 32 };

struct json_writer {
    struct buf *out; /* borrowed */
    int depth;
    bool in_object[JSON_DEPTH_MAX];
    bool has_items[JSON_DEPTH_MAX];
    bool after_key;
};

#define JSON_WRITER(buffer) ((struct json_writer){.out = (buffer)})

void json_begin_object(struct json_writer *w);
void json_end_object(struct json_writer *w);
void json_begin_array(struct json_writer *w);
void json_end_array(struct json_writer *w);
void json_key(struct json_writer *w, const char *key);

void json_string(struct json_writer *w, struct str s);
void json_stringz(struct json_writer *w, const char *z); /* NULL becomes null */
void json_int(struct json_writer *w, int64_t v);
void json_double(struct json_writer *w, double v);
void json_bool(struct json_writer *w, bool v);
void json_null(struct json_writer *w);

/* A whole document that this writer made before. */
void json_raw(struct json_writer *w, struct str json);

/* A key with its value. */
void json_key_stringz(struct json_writer *w, const char *key, const char *z);
void json_key_string(struct json_writer *w, const char *key, struct str s);
void json_key_int(struct json_writer *w, const char *key, int64_t v);
void json_key_double(struct json_writer *w, const char *key, double v);
/* An instant as ISO 8601 in UTC; null for TIME_NONE and AMOUNT_NONE. */
void json_key_time(struct json_writer *w, const char *key, int64_t at_us);
void json_key_bool(struct json_writer *w, const char *key, bool v);

#endif
