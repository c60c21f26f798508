/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any text as a flow: what is read leads everybody to the end within its number of steps; what is
 * refused says why. */
#include "fuzz.h"

#include "outreach/flow/walk.h"

enum { PEOPLE = 4 };

static enum err_code holds(void *ctx, uint64_t person, const char *condition, bool *out,
                           struct err *err)
{
    (void)ctx, (void)condition, (void)err;
    *out = person % 2;
    return ERR_OK;
}

static void go_through(const struct flow *flow, struct zone *zone, uint64_t person)
{
    struct run run = {.flow = 1, .person = person};
    struct flow_world world = {.now_us = INT64_C(1795162500250001), .zone = zone, .holds = holds};
    struct flow_passed passed;
    struct err err = ERR_INIT;
    size_t steps = 0;

    for (enum flow_cause cause = FLOW_STARTED; run.outcome == RUN_GOING;
         cause = person < 2 ? FLOW_WOKE : FLOW_CAME) {
        MUST(flow_walk(flow, &run, cause, &world, &passed, &err) == ERR_OK);
        steps += passed.n;
        MUST(steps <= flow->step_count);
        MUST(run.outcome != RUN_GOING || run.wake_us > world.now_us);
        world.now_us = run.wake_us;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct zone *zone;
    struct buf json = BUF_INIT(8 << 20);
    struct json_writer w = JSON_WRITER(&json);
    struct flow *flow = NULL;
    struct err err = ERR_INIT;
    enum err_code rc = flow_read((struct str){(const char *)data, size}, NULL, NULL, &flow, &err);

    MUST(zone || zone_open("Europe/Berlin", &zone, &err) == ERR_OK);
    MUST((rc == ERR_OK) == (flow != NULL));
    MUST(flow || err.msg[0]);
    for (uint64_t person = 0; flow && person < PEOPLE; person++)
        go_through(flow, zone, person);
    if (flow) {
        flow_write_json(flow, &w);
        MUST(!json.failed);
    }
    flow_free(flow);
    buf_release(&json);
    return 0;
}
