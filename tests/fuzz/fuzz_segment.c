/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as a request of the Segment API: the first byte is the call, the rest its body. What is
 * taken is read as records, twice: a message out of the journal says the same at any time. */
#include "fuzz.h"

#include "intake/live/segment.h"

enum { PARSER_MAX = 600 << 10 };

struct seen {
    uint64_t hash;
    size_t records;
};

static enum err_code put(void *ctx, enum record_kind kind, const void *record, struct err *err)
{
    const struct record_layout *layout = record_layout(kind);
    struct seen *seen = ctx;

    (void)err;
    seen->records++;
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

static struct seen read_message(const struct journal_record *record, bool ledger)
{
    const struct source_entry source = {.id = 1, .protocol = "segment", .ledger = ledger};
    const struct live_message message = {.source = &source,
                                         .seq = 1,
                                         .received_us = record->received_us,
                                         .id = record->id,
                                         .body = record->body};
    struct arena arena = ARENA_INIT(1 << 20);
    struct seen seen = {0};
    struct live_run run = {.sink = {put, &seen},
                           .parser = json_parser_new(LIVE_BODY_MAX),
                           .arena = &arena,
                           .currency = "EUR",
                           .country = "DE"};
    struct err err = ERR_INIT;

    MUST(live_records(&run, &message, &err) == ERR_OK);
    MUST(!run.rejected); /* what cannot be read was refused at the door */
    json_parser_free(run.parser);
    arena_release(&arena);
    return seen;
}

static void check_record(const struct journal_record *record)
{
    MUST(record->source == 7 && record->body.n > 0 && record->body.n <= JOURNAL_BODY_MAX);
    MUST(record->id.n > 0 && record->id.n <= JOURNAL_ID_MAX);
    if (record->refused)
        return;
    for (int ledger = 0; ledger < 2; ledger++) {
        struct seen one = read_message(record, ledger), two = read_message(record, ledger);

        MUST(one.hash == two.hash && one.records == two.records);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct segment_request request = {.received_us = INT64_C(1795004800000000)};
    struct json_parser *parser;
    struct segment_taken taken;
    struct err err = ERR_INIT;

    if (!size)
        return 0;
    request.call = (enum segment_call)(data[0] % (SEGMENT_BATCH + 1));
    request.body = (struct str){(const char *)data + 1, size - 1};
    parser = json_parser_new(PARSER_MAX);
    if (segment_open(&request, parser, &err) == ERR_OK) {
        segment_write_key(&request);
        if (segment_accept(&request, 7, &taken, &err) == ERR_OK) {
            MUST(request.call == SEGMENT_BATCH || taken.n == 1);
            for (size_t i = 0; i < taken.n; i++)
                check_record(&taken.records[i]);
            segment_taken_release(&taken);
        }
    }
    json_parser_free(parser);
    return 0;
}
