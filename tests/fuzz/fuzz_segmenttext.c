/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any text as a segment: what is read can be printed, read again as the same, and asked of a person
 * without a doubt; what is refused says why. */
#include "fuzz.h"

#include "audience/facts.h"
#include "base/timestamp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct audience_now now = {
        .now_us = INT64_C(1795162500250001), .today = 20777, .decimals = 2};
    struct audience_segment segment = {.name = "x", .text = {(const char *)data, size}};
    struct audience_set set = {&segment, 1};
    struct audience_facts *facts = audience_facts_new();
    struct buf out = BUF_INIT(1 << 20);

    audience_set_link(&set, &now);
    MUST((segment.tree == NULL) == (segment.err.code != ERR_OK));
    MUST(segment.tree || segment.err.msg[0]);
    if (segment.tree) {
        struct audience *again = NULL;
        struct err err = ERR_INIT;

        audience_print(segment.tree, &out);
        MUST(!out.failed);
        MUST(audience_parse(buf_str(&out), &again, &err) == ERR_OK || out.n > AUDIENCE_TEXT_MAX);
        MUST(!again || audience_equal(segment.tree, again));
        audience_free(again);
        fact_int(audience_facts_row(facts, FROM_ORDERS), ORDERS_at, now.now_us - US_PER_DAY);
        fact_int(audience_facts_row(facts, FROM_EVENTS), EVENTS_at, now.now_us - US_PER_HOUR);
        MUST(audience_holds(&set, 0, facts, &now) == audience_holds(&set, 0, facts, &now));
    }
    audience_set_release(&set);
    audience_facts_free(facts);
    buf_release(&out);
    return 0;
}
