/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is worked out from an assessment, for the small model of fake.h: numbers by hand. */
#include "fake.h"

#define NONE ((double)NAN)
#define DAY(n) (INT64_C(1790726400) * US_PER_SECOND - (int64_t)(n)*US_PER_DAY)

enum { PRACTICES = 9, DIMENSIONS = 4 };

static struct practice_money worths[PRACTICES];

static struct lever_money levers[] = {
    {.lever = "second_purchase",
     .practice = 4,
     .level = 3,
     .now = .2741,
     .cut = .28,
     .alone = {41230, 123456, 298700},
     .share = {30000, 98765, 250000},
     .known = true},
    {.lever = "ad_return", .practice = 6, .level = 3, .missing = "the advertising spend"},
};

static struct money money_of_fake = {
    .currency = "EUR",
    .decimals = 2,
    .level = 3,
    .margin = .42,
    .margin_low = .3,
    .margin_high = .55,
    .joint = {30000, 98765, 250000},
    .revenue = 4821050,
    .levers = levers,
    .lever_count = TM_COUNT(levers),
    .practices = worths,
    .incrementality = .4,
};

static struct road_step steps[] = {
    {.practice = 6,
     .from = 2,
     .to = 3,
     .owner = "",
     .hours = 14,
     .gain = {NONE, NONE, NONE},
     .p_success = .5,
     .birnbaum = .3,
     .opens = SIZE_MAX,
     .waits_for = SIZE_MAX,
     .check = {.now = NONE}},
    {.practice = 4,
     .from = 2,
     .to = 3,
     .quarter = 1,
     .last = 1,
     .owner = "",
     .hours = 22,
     .gain = {41230, 123456, 298700},
     .p_success = .5,
     .birnbaum = .2,
     .quick_win = true,
     .opens = SIZE_MAX,
     .waits_for = SIZE_MAX,
     .check = {.now = .2741}},
};

static struct roadmap road = {
    .target = 3, .quarters = 4, .steps = steps, .step_count = TM_COUNT(steps), .reached = 1};

static const double dimensions_now[DIMENSIONS] = {2.8, 2.25, 2.25, 3.25};
static const double dimensions_then[DIMENSIONS] = {2.1, 2.25, 2.5, 3.25};
static const char *const dimension_ids[DIMENSIONS] = {"FND", "EML", "RET", "ORG"};
static struct trend_point points[] = {
    {.id = 1,
     .as_of = DAY(182),
     .stage_best = 1,
     .stage_confirmed = 1,
     .index = NONE,
     .index_low = 20,
     .index_high = 70,
     .dimensions = dimensions_then},
    {.id = 2,
     .as_of = DAY(91),
     .stage_best = 2,
     .stage_confirmed = 1,
     .index = 44,
     .index_low = 33,
     .index_high = 60,
     .dimensions = dimensions_then},
    {.id = 3,
     .as_of = DAY(0),
     .stage_best = 2,
     .stage_confirmed = 2,
     .index = 51.4,
     .index_low = 38,
     .index_high = 66,
     .dimensions = dimensions_now},
};
static struct trend trend_of_fake = {.points = points,
                                     .count = TM_COUNT(points),
                                     .dimension_ids = dimension_ids,
                                     .dimension_count = DIMENSIONS};

static struct unmet_essential essentials[] = {
    {.practice = 6, .level = 2, .needed = 3},
    {.practice = 8, .needed = 3, .unknown = true},
};
static struct short_dimension shorts[] = {{.dimension = 1, .mean = 1.8, .needed = 2, .levels = 1}};
static struct upgrade upgrades[] = {
    {.practice = 6, .from = 2, .to = 3, .forced = true, .hours = 14},
    {.practice = 8, .from = 1, .to = 3, .unknown = true, .forced = true, .hours = 20},
    {.practice = 4, .from = 2, .to = 3, .hours = 22},
};
static struct natural_unit units[] = {{.practice = 4,
                                       .level = 3,
                                       .cut = .28,
                                       .k = 148,
                                       .n = 540,
                                       .value = .2741,
                                       .more = 4,
                                       .more_confirmed = 21}};
static struct fragility fragile[] = {
    {.practice = 2, .p_drop = .05, .p_drop_trend = NONE, .stage_after = 1}};
static struct practice_sensitivity importance[PRACTICES];
static struct connection_value connections[] = {
    {.need = 1, .bits = .31, .share = .64, .worth = NONE, .practice = 2}};
static struct sensitivity sensitivity_of_fake = {
    .target = 3,
    .binding = {essentials, TM_COUNT(essentials), .58, .7, .12, 1.2, shorts, TM_COUNT(shorts),
                false},
    .sets = {{upgrades, 3, 56, NONE}, {upgrades, 2, 60, NONE}},
    .set_count = 2,
    .sets_proven = true,
    .units = units,
    .unit_count = TM_COUNT(units),
    .fragile = fragile,
    .fragile_count = TM_COUNT(fragile),
    .practices = importance,
    .connections = connections,
    .connection_count = TM_COUNT(connections),
    .stage_bits = .48,
    .stage_bits_shown = .4,
    .robustness = {500, .83, .9, .95, {.02, .83, .15, 0}},
};

/* A place among seven shops of the same kind, and a figure that only one other shop has. */
static struct peer_standing standings[] = {
    {.practice = 4,
     .value = .2741,
     .shops = 7,
     .group = PEERS_VERTICAL,
     .worse = {.24, .47, .71},
     .median = .25},
    {.practice = 2, .value = .9, .shops = 1, .worse = {NONE, NONE, NONE}, .median = NONE},
};
static struct peers peers_of_fake = {.items = standings, .count = TM_COUNT(standings), .shops = 8};

static void prepare(void)
{
    for (size_t i = 0; i < PRACTICES; i++)
        worths[i] = (struct practice_money){
            .gain = {NONE, NONE, NONE}, .share = {NONE, NONE, NONE}, .at_stake = NONE};
    worths[4] = (struct practice_money){
        .gain = levers[0].alone, .share = levers[0].share, .at_stake = 131000, .known = true};
    worths[6].missing = levers[1].missing;
    for (int q = 0; q <= road.quarters; q++)
        road.quarter_days[q] = DAY(0) / US_PER_DAY + 91 * q;
    for (size_t i = 0; i < TM_COUNT(steps); i++) {
        steps[i].start_day = road.quarter_days[i] + 3;
        steps[i].end_day = road.quarter_days[i] + 40;
    }
}

void fake_add_worth(struct report_options *options)
{
    prepare();
    options->sensitivity = &sensitivity_of_fake;
    options->money = &money_of_fake;
    options->roadmap = &road;
    options->trend = &trend_of_fake;
    options->peers = &peers_of_fake;
}
