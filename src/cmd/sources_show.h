/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sources_show.h - how each source of live data does, for the terminal and as JSON: the same
 * figures as the dashboard's (intake/live/pulse.h). */
#ifndef TM_CMD_SOURCES_SHOW_H
#define TM_CMD_SOURCES_SHOW_H

#include "intake/live/pulse_show.h"

struct sources_told {
    struct source_entry *list; /* owned */
    struct pulse *pulses;      /* owned; of the same */
    size_t n;
    struct pulse_strangers strangers;
};

/* `journal` may be NULL. Released by the caller, after an error too. */
TM_MUST_CHECK enum err_code sources_told_read(struct store *store, struct journal *journal,
                                              const char *time_zone, struct sources_told *out,
                                              struct err *err);
void sources_told_release(struct sources_told *told);

/* The source's object. */
void source_told_json(const struct source_entry *source, const struct pulse *pulse,
                      struct json_writer *w);
/* Members "sources", "errors" and "strangers". */
void sources_told_json(const struct sources_told *told, struct json_writer *w);
void source_told_text(const struct source_entry *source, const struct pulse *pulse,
                      struct buf *out);
void sources_told_text(const struct sources_told *told, struct buf *out);
/* One line: "accepted: 6; stored: 5, ..." */
void source_told_counts(const struct pulse *pulse, struct buf *out);
/* One line: "Nothing for 14 hours; ..."; nothing unless it is quieter than is usual. */
void source_told_quiet(const struct pulse *pulse, struct buf *out);

#endif
