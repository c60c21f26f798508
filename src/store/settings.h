/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* settings.h - what a shop tells about itself: tidemark.yaml of its workspace (docs/settings.md).
 *
 * Everything is optional; what is not set is "" or a default below. Checked when read: an error
 * names the file, the line, the field and what would be valid.
 */
#ifndef TM_STORE_SETTINGS_H
#define TM_STORE_SETTINGS_H

#include "base/locale.h"
#include "base/timestamp.h"
#include "store/sending_settings.h"
#include "store/store.h"

/* When a person whom a shop's system wants erased is: docs/privacy.md. */
enum erase_on_request { ERASE_IN_TIME, ERASE_AT_ONCE, ERASE_BY_HAND };

enum week_start { WEEK_MONDAY, WEEK_SUNDAY, WEEK_SATURDAY };

struct settings {
    char shop[128];
    char currency[4];   /* ISO 4217, upper case; "" not set */
    char country[3];    /* ISO 3166 alpha-2, upper case; "" not set */
    char time_zone[64]; /* IANA; "UTC" unless set */
    enum week_start week_start;
    double margin;           /* contribution margin 0..1; NaN not set */
    int64_t goal;            /* of a calendar quarter's revenue, minor units; 0 not set */
    char vertical[64];       /* "apparel"; "" not set */
    int64_t opened_day;      /* first day of business since 1970; 0 not set */
    char rates[512];         /* file of exchange rates, from the workspace's folder; "" none */
    struct locale_ways ways; /* how figures are written, where a language has two ways */
    /* Days for which events of visits, messages sent and live messages as they came are kept; 0:
     * for ever. */
    int keep_events, keep_messages, keep_live;
    /* The same of what the store has (store/keep.h). */
    int keep_reasons, keep_marks, keep_audit, keep_erasures;
    enum erase_on_request erase_on_request;
    /* Days without any sign of them after which people are erased; 0: never. No more than
     * keep_events and keep_messages, which it is told by. */
    int keep_people;
    /* Where who was erased is written down outside of the workspace's folder, from there; "": not
     * (privacy/filed.h). */
    char erasures_file[512];
    uint64_t memory_bytes; /* cap of the engine; 0 = its own default */
    struct sending sending;
};

struct settings settings_default(void);
/* A missing file gives the defaults. */
TM_MUST_CHECK enum err_code settings_read(const char *path, struct settings *out_settings,
                                          struct err *err);
/* From the text of such a file; `name` as in struct yaml_reader. */
TM_MUST_CHECK enum err_code settings_parse(const char *name, struct str text,
                                           struct settings *out_settings, struct err *err);
/* Those of a workspace, from its tidemark.yaml as it is in force (hand.h). Any thread. */
TM_MUST_CHECK enum err_code settings_of(const struct store *store, struct settings *out_settings,
                                        struct err *err);
/* Its ways of dates and digits, with its zone. */
struct locale_ways settings_ways(const struct settings *settings);
/* 1 Monday to 7 Sunday. */
int settings_first_weekday(const struct settings *settings);
/* Whether settings_write() would take them. */
TM_MUST_CHECK enum err_code settings_check(const struct settings *settings, struct err *err);
/* `text`, from which `before` was read, becomes one from which `after` is: only what differs is
 * written anew, comments and order stay. */
TM_MUST_CHECK enum err_code settings_edit(struct buf *text, const struct settings *before,
                                          const struct settings *after, struct err *err);
/* Writes what differs from the defaults, replacing the file in one step. */
TM_MUST_CHECK enum err_code settings_write(const char *path, const struct settings *settings,
                                           struct err *err);

#endif
