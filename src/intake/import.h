/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* import.h - the front of src/intake: export files into the workspace.
 *
 * import_paths() takes files and folders, recognises each file's format by its header, reads it
 * through the importer of that format (import/importer.h) and stores all of a file or nothing.
 * A content that was imported before changes nothing. What cannot be used is told file by file
 * in the report, with line and reason; the other files go on.
 *
 * A crash at any point leaves a workspace that import_recover() brings in order: what was
 * complete is finished, what was not is dropped. Memory does not grow with the files.
 */
#ifndef TM_INTAKE_IMPORT_H
#define TM_INTAKE_IMPORT_H

#include "base/parse.h"
#include "intake/erased.h"
#include "intake/target.h"
#include "store/settings.h"
#include "store/store.h"

#include <signal.h>

enum {
    IMPORT_FILES_MAX = 10000,
    IMPORT_NOTES_MAX = 32,
    IMPORT_TOTALS_MAX = 32,
    IMPORT_REJECTS_SHOWN = 20
};

struct import_options {
    const char *currency;       /* of files that name none; NULL = the shop's */
    enum date_order dates;      /* --dates: of dates such as 03/04/2026 */
    enum decimal_mark decimals; /* --decimals: of numbers such as 1,234 */
    bool buddhist;
    const char *mapping; /* --mapping: a mapping file for these paths; NULL = none */
};

struct import_ctx {
    struct store *store;             /* borrowed */
    struct target target;            /* borrowed */
    const struct settings *settings; /* borrowed */
    struct import_options options;
    /* Told now and then, with bytes of the file on the disk; may be NULL. */
    void (*progress)(void *ctx, const char *name, uint64_t done, uint64_t total);
    void *progress_ctx;
    const volatile sig_atomic_t *cancel; /* not 0: stop; may be NULL */
    const struct erased *erased;         /* filled by import_paths() */
};

enum import_outcome {
    IMPORT_STORED,       /* new, and in the workspace now */
    IMPORT_ALREADY,      /* the same content was imported before: nothing changed */
    IMPORT_IGNORED,      /* settings, answers, mappings: no export */
    IMPORT_UNRECOGNISED, /* no known format; err tells the closest */
    IMPORT_REFUSED       /* nothing of it is stored; err tells why */
};

struct import_total {
    char name[48];
    char currency[4];
    int64_t minor;
};

struct import_reject_line {
    int64_t line;
    char *reason; /* owned */
};

/* What became of one file. rows = stored + merged + rejected + skipped. */
struct import_file {
    enum import_outcome outcome;
    struct err err;            /* for UNRECOGNISED and REFUSED */
    struct import_entry entry; /* path, name, format, counts, encoding, delimiter, newest, ... */
    char title[128];           /* the format for people, "" unrecognised */
    int64_t known[RECORD_KIND_COUNT]; /* records that an earlier import had already */
    struct import_total totals[IMPORT_TOTALS_MAX];
    size_t total_count;
    char *notes[IMPORT_NOTES_MAX]; /* owned */
    size_t note_count;
    struct import_reject_line *rejects; /* owned; the first of entry.rejected */
    size_t reject_count;
};

struct import_report {
    struct import_file **files; /* owned, in the order in which they were read */
    size_t n;
};

void import_report_release(struct import_report *report);
/* ERR_OK when every file was stored, known or rightly ignored; else the first problem's code. */
enum err_code import_report_code(const struct import_report *report);

/* Imports files and folders (recursively, by name). Returns an error only when the work itself
 * could not go on (cancelled, engine or disk failed); the report then tells what was done. Problems
 * of single files are in the report. */
TM_MUST_CHECK enum err_code import_paths(const struct import_ctx *ctx, const char *const *paths,
                                         size_t n, struct import_report *out_report,
                                         struct err *err);

/* Finishes or drops what an interrupted import left; import_paths() begins with it. */
TM_MUST_CHECK enum err_code import_recover(struct store *store, const struct target *target,
                                           struct err *err);

#endif
