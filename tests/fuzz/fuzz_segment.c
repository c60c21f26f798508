/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as a request of the Segment API: the first byte is the call, the rest its body. What is
 * taken is read as records, twice: a message out of the journal says the same at any time. */
#include "fuzz.h"
#include "fuzz_live.h"

#include "intake/live/segment.h"

enum { PARSER_MAX = 600 << 10 };

static struct fuzz_seen read_message(const struct journal_record *record, bool ledger)
{
    const struct source_entry source = {.id = 1, .protocol = "segment", .ledger = ledger};
    struct fuzz_seen seen = fuzz_read_message(&source, record);

    MUST(!seen.rejected);                 /* what cannot be read was refused at the door */
    MUST(!seen.urgent || record->urgent); /* no withdrawal waits for the drain */
    return seen;
}

static void check_record(const struct journal_record *record)
{
    MUST(record->source == 7 && record->body.n > 0 && record->body.n <= JOURNAL_BODY_MAX);
    MUST(record->id.n > 0 && record->id.n <= JOURNAL_ID_MAX);
    if (record->refused)
        return;
    for (int ledger = 0; ledger < 2; ledger++) {
        struct fuzz_seen one = read_message(record, ledger), two = read_message(record, ledger);

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
