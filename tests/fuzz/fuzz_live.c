/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "fuzz_live.h"

#include "fuzz.h"

/* What must not wait for the drain (intake/live/urgent.h). */
static bool is_urgent(enum record_kind kind, const void *record)
{
    const struct message_record *message = record;

    return kind == RECORD_CONSENT ||
           (kind == RECORD_MESSAGE &&
            (str_eqz(message->name, "unsubscribed") || str_eqz(message->name, "complained") ||
             str_eqz(message->name, "bounced")));
}

static enum err_code put(void *ctx, enum record_kind kind, const void *record, struct err *err)
{
    const struct record_layout *layout = record_layout(kind);
    struct fuzz_seen *seen = ctx;

    (void)err;
    seen->records++;
    seen->urgent |= is_urgent(kind, record);
    for (size_t i = 0; i < layout->column_count; i++) {
        const char *at = (const char *)record + layout->columns[i].offset;
        struct str text;

        if (layout->columns[i].type != COL_STR)
            continue;
        memcpy(&text, at, sizeof(text));
        seen->hash = seen->hash * 31 + str_hash(text); /* every byte that is claimed is there */
    }
    return ERR_OK;
}

struct fuzz_seen fuzz_read_message(const struct source_entry *source,
                                   const struct journal_record *record)
{
    const struct live_message message = {.source = source,
                                         .seq = 1,
                                         .received_us = record->received_us,
                                         .id = record->id,
                                         .body = record->body};
    struct arena arena = ARENA_INIT(1 << 20);
    struct fuzz_seen seen = {0};
    struct live_run run = {.sink = {put, &seen},
                           .parser = json_parser_new(LIVE_BODY_MAX),
                           .arena = &arena,
                           .currency = "EUR",
                           .country = "DE"};
    struct err err = ERR_INIT;

    MUST(live_records(&run, &message, &err) == ERR_OK);
    seen.rejected = run.rejected;
    json_parser_free(run.parser);
    arena_release(&arena);
    return seen;
}
