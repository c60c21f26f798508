/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* yaml.h - YAML into structs by tables, where every mistake has file, line and field.
 *
 * A table lists the keys of a mapping with the reader of each value; unknown, missing and doubled
 * keys are refused. Messages read `shop.yaml:12: practices[3] (RET-1).weight: must be above 0`.
 * Scalars are taken as they are written: there are no booleans or dates by accident (YAML 1.1's
 * `no`). Texts are valid UTF-8 without control characters.
 *
 * One thread per reader. Errors go to the reader's `err`. Text is copied to the reader's arena.
 */
#ifndef TM_BASE_YAML_H
#define TM_BASE_YAML_H

#include "base/arena.h"

#include <yaml.h>

enum {
    YAML_FILE_MAX = 4 << 20,
    YAML_TEXT_MAX = 4096,
    YAML_FIELD_MAX = 200,
    YAML_KEYS_MAX = 64,
    YAML_BRACKETS_MAX = 100
};

/* Mistakes one after the other, for a reader that goes on after one. */
struct yaml_faults {
    struct err *items; /* the caller's, `cap` of them */
    size_t n, cap;
    bool fresh; /* the reader's error is not among them yet */
};

struct yaml_reader {
    yaml_document_t document;
    bool loaded;
    const char *name;    /* of the file, for messages; borrowed; NULL: they tell no file and line */
    struct arena *arena; /* borrowed */
    struct err *err;     /* borrowed */
    void *user;          /* for the caller's value readers */
    struct yaml_faults *faults; /* borrowed; NULL: the first mistake ends the reading */
    bool may_be_empty;          /* nothing but comments is no mistake: yaml_root() is NULL */
    char field[YAML_FIELD_MAX];
    size_t field_n;
};

/* Reads one value; `out` is the field in the caller's struct, `arg` comes from the table. */
typedef enum err_code (*yaml_read_fn)(struct yaml_reader *r, yaml_node_t *node, void *out,
                                      const void *arg);

struct yaml_field {
    const char *key;
    size_t offset; /* in the struct that is filled */
    yaml_read_fn read;
    const void *arg;
    bool optional; /* absent: the struct keeps what it holds */
};

/* A list of like things, in the arena. */
struct yaml_items {
    void *p;
    size_t n;
};

struct yaml_list {
    size_t min, max; /* entries */
    size_t size;     /* of an entry in memory */
    yaml_read_fn read;
    const void *arg; /* of `read` */
};

struct yaml_range {
    double min, max;
    bool above; /* min itself is not allowed */
};

/* Parses one document. `r` needs name, arena and err. */
TM_MUST_CHECK enum err_code yaml_reader_open(struct yaml_reader *r, struct str text);
void yaml_reader_close(struct yaml_reader *r);
yaml_node_t *yaml_root(struct yaml_reader *r);

/* Where in the document: what is entered shows in messages until the mark is left. */
size_t yaml_enter(struct yaml_reader *r, const char *fmt, ...) TM_PRINTF(2, 3);
void yaml_leave(struct yaml_reader *r, size_t mark);
/* Sets the error `name:line: field: message` and returns its code. */
enum err_code yaml_fail(struct yaml_reader *r, const yaml_node_t *node, const char *fmt, ...)
    TM_PRINTF(3, 4);
/* After a mistake (ERR_INVALID) under yaml_enter()'s `mark`: true where the reader collects
 * mistakes, which keeps this one and leaves the mark. A mapping is read to its end and then
 * returns ERR_INVALID once more. */
bool yaml_go_on(struct yaml_reader *r, enum err_code code, size_t mark);
/* The line on which it begins, from 1. */
size_t yaml_line(const yaml_node_t *node);

/* Fills a struct from a mapping, in the table's order. */
TM_MUST_CHECK enum err_code yaml_read_map(struct yaml_reader *r, yaml_node_t *node,
                                          const struct yaml_field *fields, size_t count, void *out);
/* A list's length, which must lie between min and max. */
TM_MUST_CHECK enum err_code yaml_list(struct yaml_reader *r, yaml_node_t *node, size_t min,
                                      size_t max, size_t *out_n);
yaml_node_t *yaml_item(struct yaml_reader *r, yaml_node_t *list, size_t i);
/* The value of a key, or NULL. */
yaml_node_t *yaml_get(struct yaml_reader *r, yaml_node_t *map, const char *key);
/* Key and value of a mapping's pair i; false past the end. */
bool yaml_pair(struct yaml_reader *r, yaml_node_t *map, size_t i, yaml_node_t **out_key,
               yaml_node_t **out_value);
/* Nothing was written there, or `~`. */
bool yaml_is_null(const yaml_node_t *node);
/* The scalar as a view; empty for anything else. */
struct str yaml_scalar(const yaml_node_t *node);

/* Readers for tables. Texts: arg is a const size_t, the bytes at most, or NULL (YAML_TEXT_MAX). */
enum err_code yaml_read_string(struct yaml_reader *r, yaml_node_t *node, void *out,
                               const void *arg);
enum err_code yaml_read_optional_text(struct yaml_reader *r, yaml_node_t *node, void *out,
                                      const void *arg); /* "" is allowed */
/* bool: yes, no, true or false. */
enum err_code yaml_read_flag(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg);
/* struct yaml_items; arg: struct yaml_list. */
enum err_code yaml_read_list(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg);
/* double; arg: struct yaml_range or NULL. */
enum err_code yaml_read_number(struct yaml_reader *r, yaml_node_t *node, void *out,
                               const void *arg);
/* int; arg: struct yaml_range. */
enum err_code yaml_read_int(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg);
/* int: index of the word in arg, a NULL-ended array of words. */
enum err_code yaml_read_word(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg);

#endif
