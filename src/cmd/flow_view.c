/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/flow_view.h"

#include "base/i18n.h"
#include "cmd/cmd.h"

/* ---- as people read it -------------------------------------------------------------------- */

static void print_place(struct buf *out, const struct flow *flow, const char *when, size_t to,
                        size_t below)
{
    if (to == below)
        return;
    buf_addf(out, "      %s -> %s\n", when,
             to < flow->step_count ? flow->steps[to].name : _("end"));
}

static void print_send(struct buf *out, const struct flow_step *s)
{
    TM_CLEANUP(buf_release) struct buf channels = BUF_INIT(200);

    for (size_t i = 0; i < s->channel_count; i++)
        buf_addf(&channels, "%s%s", i ? ", " : "", s->channels[i]);
    buf_addf(out,
             s->channel_count > 1 ? _("sends \"%s\" by the first of these that reaches: %s")
                                  : _("sends \"%s\" by %s"),
             s->message, buf_cstr(&channels));
}

static void print_what(struct buf *out, const struct flow_step *s)
{
    switch (s->kind) {
    case FLOW_WAIT:
        buf_addf(out, _("waits %s"), cmd_length(s->wait_us).text);
        break;
    case FLOW_UNTIL:
        buf_addf(out, _("waits until %02d:%02d"), s->minute / 60, s->minute % 60);
        break;
    case FLOW_WAIT_FOR:
        buf_addf(out, _("waits for \"%s\", at most %s"), s->event, cmd_length(s->wait_us).text);
        break;
    case FLOW_IF:
        buf_addf(out, _("asks: %s"), s->condition);
        break;
    case FLOW_SPLIT:
        buf_addz(out, _("draws a lot"));
        break;
    case FLOW_SEND:
        print_send(out, s);
        break;
    case FLOW_ASK:
        buf_addf(out, _("asks the team, within %s: %s"), cmd_length(s->due_us).text, s->task);
        break;
    case FLOW_WEBHOOK:
        buf_addf(out, _("tells %s"), s->url);
        break;
    case FLOW_STEP_KINDS:
        break;
    }
    buf_addc(out, '\n');
}

/* How many came there, unless nobody did. */
static void print_passed(struct buf *out, const struct flow_step *s,
                         const struct flow_numbers *numbers)
{
    struct flow_step_number n;

    if (!numbers)
        return;
    n = flow_numbers_of(numbers, s->id);
    if (n.passed)
        buf_addf(out,
                 P_("      %" PRId64 " person came here\n", "      %" PRId64 " people came here\n",
                    (uint64_t)n.passed),
                 n.passed);
    if (n.unreached)
        buf_addf(out,
                 P_("      %" PRId64 " of them could not be reached\n",
                    "      %" PRId64 " of them could not be reached\n", (uint64_t)n.unreached),
                 n.unreached);
}

static void print_step(struct buf *out, const struct flow *flow, size_t i,
                       const struct flow_numbers *numbers)
{
    const struct flow_step *s = &flow->steps[i];

    buf_addf(out, "  %2zu  %s: ", i + 1, s->name);
    print_what(out, s);
    print_passed(out, s, numbers);
    if (s->kind == FLOW_IF || s->kind == FLOW_WAIT_FOR) {
        print_place(out, flow, s->kind == FLOW_IF ? _("yes") : _("it came"), s->then, SIZE_MAX);
        print_place(out, flow, s->kind == FLOW_IF ? _("no") : _("it did not"), s->otherwise,
                    SIZE_MAX);
    } else if (s->kind != FLOW_SPLIT) {
        print_place(out, flow, _("then"), s->next, i + 1);
    }
    for (size_t k = 0; k < s->way_count; k++) {
        char share[24];

        snprintf(share, sizeof(share), "%g %%", s->ways[k].share);
        print_place(out, flow, share, s->ways[k].to, SIZE_MAX);
    }
}

static void print_date(struct buf *out, const struct flow *flow)
{
    const unsigned days = (unsigned)(flow->days < 0 ? -flow->days : flow->days);

    buf_addf(out,
             flow->every_year ? _("  starts every year by the date \"%s\", at %02d:%02d\n")
                              : _("  starts by the date \"%s\", at %02d:%02d\n"),
             flow->start_name, flow->minute / 60, flow->minute % 60);
    if (flow->days)
        buf_addf(out,
                 flow->days < 0 ? P_("  %u day before it\n", "  %u days before it\n", days)
                                : P_("  %u day after it\n", "  %u days after it\n", days),
                 days);
}

void flow_view(struct buf *out, const struct flow *flow, const struct flow_numbers *numbers)
{
    buf_addf(out, "%s%s\n", cmd_line_start(), flow->name);
    if (*flow->about)
        buf_addf(out, "  %s\n", flow->about);
    if (flow->start == FLOW_ON_DATE)
        print_date(out, flow);
    else
        buf_addf(out,
                 flow->start == FLOW_ON_EVENT    ? _("  starts with the event \"%s\"\n")
                 : flow->start == FLOW_ON_ENTERS ? _("  starts when somebody comes into \"%s\"\n")
                                                 : _("  starts when somebody leaves \"%s\"\n"),
                 flow->start_name);
    if (flow->holdout > 0)
        buf_addf(out, _("  %g %% of people get nothing, to measure what it brings\n"),
                 flow->holdout);
    for (size_t i = 0; i < flow->step_count; i++)
        print_step(out, flow, i, numbers);
}

const char *flow_state_text(enum named_state state)
{
    static const char *const texts[NAMED_STATES] = {
        [NAMED_OFF] = N_("off"), [NAMED_ON] = N_("on"), [NAMED_ENDED] = N_("stopped")};

    return _(texts[state]);
}

void flow_view_people(struct buf *out, const struct flow_numbers *n)
{
    buf_addf(out,
             _("  started: %" PRId64 ", on the way: %" PRId64 ", reached the goal: %" PRId64
               ", held out: %" PRId64 "\n"),
             n->people.started, n->people.by_outcome[RUN_GOING], n->people.by_outcome[RUN_GOAL],
             n->held_out.started);
}
