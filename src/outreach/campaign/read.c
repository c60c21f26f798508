/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* read.c - a campaign out of its text: fields and values. */
#include "outreach/campaign/campaign.h"

#include "outreach/values.h"

enum { MEMORY_MAX = 4 << 20, ABOUT_MAX = 1000, PRACTICE_MAX = 12, HOUR_MOST = 10000000 };

static const size_t name_max = CAMPAIGN_NAME_MAX, about_max = ABOUT_MAX,
                    practice_max = PRACTICE_MAX, purpose_max = OUTBOX_WORD_MAX;
/* Late mail of a time that was named is worse than none. */
static const int64_t timed_late_us = US_PER_HOUR, other_late_us = US_PER_DAY;

#define AT(type, member) offsetof(struct type, member)

/* ---- to whom ------------------------------------------------------------------------------ */

static const struct yaml_field group_fields[] = {
    {"where", AT(campaign_group, where), value_condition, NULL, false},
};

/* A segment's name, or {where: a segment's text}. */
static enum err_code read_group(struct yaml_reader *r, yaml_node_t *node, void *out,
                                const void *arg)
{
    struct campaign_group *group = out;

    (void)arg;
    *group = (struct campaign_group){NULL, NULL};
    if (node->type == YAML_MAPPING_NODE)
        return yaml_read_map(r, node, group_fields, TM_COUNT(group_fields), group);
    return yaml_read_string(r, node, &group->segment, &name_max);
}

static const struct yaml_list group_list = {1, CAMPAIGN_GROUPS_MAX, sizeof(struct campaign_group),
                                            read_group, NULL};

static enum err_code read_groups(struct yaml_reader *r, yaml_node_t *node, void *out,
                                 const void *arg)
{
    struct campaign_groups *groups = out;
    struct yaml_items items = {0};

    (void)arg;
    if (node->type == YAML_SEQUENCE_NODE) {
        TRY(yaml_read_list(r, node, &items, &group_list));
        *groups = (struct campaign_groups){items.p, items.n};
        return ERR_OK;
    }
    groups->list = arena_alloc(r->arena, sizeof(*groups->list));
    groups->n = 1;
    TRY(arena_check(r->arena, r->err));
    return read_group(r, node, groups->list, NULL);
}

static const struct yaml_field to_fields[] = {
    {"include", AT(campaign, include), read_groups, NULL, false},
    {"exclude", AT(campaign, exclude), read_groups, NULL, true},
};

static enum err_code read_to(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    (void)arg;
    return yaml_read_map(r, node, to_fields, TM_COUNT(to_fields), out);
}

/* ---- when --------------------------------------------------------------------------------- */

/* The digits at p as a number; -1 where there are others. */
static int number_at(const char *p, int digits)
{
    int n = 0;

    for (int i = 0; i < digits; i++) {
        if (p[i] < '0' || p[i] > '9')
            return -1;
        n = n * 10 + (p[i] - '0');
    }
    return n;
}

static bool civil_of(struct str s, struct civil *out)
{
    if (s.n != 16 || s.p[4] != '-' || s.p[7] != '-' || (s.p[10] != ' ' && s.p[10] != 'T') ||
        s.p[13] != ':')
        return false;
    *out = (struct civil){.year = number_at(s.p, 4),
                          .month = number_at(s.p + 5, 2),
                          .day = number_at(s.p + 8, 2),
                          .hour = number_at(s.p + 11, 2),
                          .minute = number_at(s.p + 14, 2)};
    return out->year >= 1970 && out->hour >= 0 && out->minute >= 0 && civil_valid(out);
}

static enum err_code read_when(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    struct campaign_send *send = out;

    (void)arg;
    if (str_ieqz(yaml_scalar(node), "at once"))
        return ERR_OK;
    send->time = CAMPAIGN_AT;
    if (!civil_of(yaml_scalar(node), &send->at))
        return yaml_fail(r, node,
                         "must be \"at once\" or a day and a time such as \"2026-11-27 09:00\"");
    return ERR_OK;
}

static enum err_code read_zone(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    static const char *const whose[] = {"shop", "person", NULL};
    int which = 0;

    (void)arg;
    TRY(yaml_read_word(r, node, &which, whose));
    *(bool *)out = which == 1;
    return ERR_OK;
}

static enum err_code read_only(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    static const char *const words[] = {"everybody", "ordered", "not ordered", NULL};
    int which = 0;

    (void)arg;
    TRY(yaml_read_word(r, node, &which, words));
    *(enum campaign_only *)out = (enum campaign_only)which;
    return ERR_OK;
}

static enum err_code read_channels(struct yaml_reader *r, yaml_node_t *node, void *out,
                                   const void *arg)
{
    struct campaign_send *send = out;

    (void)arg;
    send->channel_count = 1;
    if (node->type != YAML_SEQUENCE_NODE)
        return value_channel(r, node, &send->channels[0], NULL);
    TRY(yaml_list(r, node, 1, CAMPAIGN_CHANNELS_MAX, &send->channel_count));
    for (size_t i = 0; i < send->channel_count; i++) {
        TRY(value_channel(r, yaml_item(r, node, i), &send->channels[i], NULL));
        for (size_t k = 0; k < i; k++)
            if (strcmp(send->channels[k], send->channels[i]) == 0)
                return yaml_fail(r, yaml_item(r, node, i), "\"%s\" is named twice",
                                 send->channels[i]);
    }
    return ERR_OK;
}

/* ---- variants ----------------------------------------------------------------------------- */

static const struct yaml_range share_range = {0, 100, true}, test_range = {1, 90, false},
                               holdout_range = {0, 50, false}, hour_range = {1, HOUR_MOST, false};

static const struct yaml_field variant_fields[] = {
    {"name", AT(campaign_variant, name), yaml_read_string, &name_max, false},
    {"message", AT(campaign_variant, message), yaml_read_string, &name_max, false},
    {"share", AT(campaign_variant, share), yaml_read_number, &share_range, false},
};

static enum err_code read_variant(struct yaml_reader *r, yaml_node_t *node, void *out,
                                  const void *arg)
{
    (void)arg;
    *(struct campaign_variant *)out = (struct campaign_variant){0};
    return yaml_read_map(r, node, variant_fields, TM_COUNT(variant_fields), out);
}

static const struct yaml_list variant_list = {2, CAMPAIGN_VARIANTS_MAX,
                                              sizeof(struct campaign_variant), read_variant, NULL};

static enum err_code read_variants(struct yaml_reader *r, yaml_node_t *node, void *out,
                                   const void *arg)
{
    struct campaign_send *send = out;
    struct yaml_items items = {0};
    double sum = 0;

    (void)arg;
    TRY(yaml_read_list(r, node, &items, &variant_list));
    send->variants = items.p;
    send->variant_count = items.n;
    for (size_t i = 0; i < items.n; i++) {
        sum += send->variants[i].share;
        for (size_t k = 0; k < i; k++)
            if (strcmp(send->variants[k].name, send->variants[i].name) == 0)
                return yaml_fail(r, yaml_item(r, node, i), "two variants are called \"%s\"",
                                 send->variants[i].name);
    }
    if (fabs(sum - 100) > 1e-6)
        return yaml_fail(r, node, "the shares come to %g, not to 100", sum);
    return ERR_OK;
}

static enum err_code read_measure(struct yaml_reader *r, yaml_node_t *node, void *out,
                                  const void *arg)
{
    static const char *const measures[] = {"clicks", "orders", NULL};
    int which = 0;

    (void)arg;
    if (str_ieqz(yaml_scalar(node), "opens"))
        return yaml_fail(r, node, "machines open most messages: choose by clicks or orders");
    TRY(yaml_read_word(r, node, &which, measures));
    *(enum campaign_measure *)out = (enum campaign_measure)which;
    return ERR_OK;
}

static const struct yaml_field winner_fields[] = {
    {"test", AT(campaign_send, test), yaml_read_number, &test_range, false},
    {"after", AT(campaign_send, winner_after_us), value_duration, NULL, false},
    {"by", AT(campaign_send, winner_by), read_measure, NULL, false},
};

static enum err_code read_winner(struct yaml_reader *r, yaml_node_t *node, void *out,
                                 const void *arg)
{
    struct campaign_send *send = out;

    (void)arg;
    send->has_winner = true;
    return yaml_read_map(r, node, winner_fields, TM_COUNT(winner_fields), send);
}

/* ---- messages ----------------------------------------------------------------------------- */

static const struct yaml_field send_fields[] = {
    {"name", AT(campaign_send, name), yaml_read_string, &name_max, false},
    {"message", AT(campaign_send, message), yaml_read_string, &name_max, true},
    {"channel", 0, read_channels, NULL, false},
    {"when", 0, read_when, NULL, true},
    {"zone", AT(campaign_send, persons_clock), read_zone, NULL, true},
    {"after", AT(campaign_send, after_us), value_duration, NULL, true},
    {"only", AT(campaign_send, only), read_only, NULL, true},
    {"variants", 0, read_variants, NULL, true},
    {"winner", 0, read_winner, NULL, true},
    {"not_after", AT(campaign_send, not_after_us), value_duration, NULL, true},
};

/* Keys that have no meaning beside one another, or none alone. */
static enum err_code check_send(struct yaml_reader *r, yaml_node_t *node,
                                const struct campaign_send *send)
{
    bool when = yaml_get(r, node, "when"), after = yaml_get(r, node, "after"),
         message = yaml_get(r, node, "message"), variants = send->variant_count > 0;

    if (when == after)
        return yaml_fail(r, node, "say either \"when\" or \"after\"");
    if (message == variants)
        return yaml_fail(r, node, "name either a \"message\" or \"variants\" of one");
    if (yaml_get(r, node, "zone") && send->time != CAMPAIGN_AT)
        return yaml_fail(r, yaml_get(r, node, "zone"),
                         "has a meaning beside a day and a time only");
    if (!send->has_winner)
        return ERR_OK;
    if (!variants)
        return yaml_fail(r, yaml_get(r, node, "winner"), "there are no variants to choose from");
    if (after || send->persons_clock)
        return yaml_fail(r, yaml_get(r, node, "winner"),
                         "needs a message that goes to all at one time: \"when\", by the shop's "
                         "clock");
    return ERR_OK;
}

static enum err_code one_variant(struct yaml_reader *r, struct campaign_send *send)
{
    send->variants = arena_alloc(r->arena, sizeof(*send->variants));
    TRY(arena_check(r->arena, r->err));
    send->variants[0] = (struct campaign_variant){"", send->message, 100};
    send->variant_count = 1;
    return ERR_OK;
}

static enum err_code read_send(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    struct campaign_send *send = out;

    (void)arg;
    *send = (struct campaign_send){.line = yaml_line(node)};
    TRY(yaml_read_map(r, node, send_fields, TM_COUNT(send_fields), send));
    TRY(check_send(r, node, send));
    send->id = value_id(send->name);
    if (send->after_us)
        send->time = CAMPAIGN_AFTER;
    if (!send->not_after_us)
        send->not_after_us = send->time == CAMPAIGN_AT ? timed_late_us : other_late_us;
    return send->variant_count ? ERR_OK : one_variant(r, send);
}

static const struct yaml_list send_list = {1, CAMPAIGN_SENDS_MAX, sizeof(struct campaign_send),
                                           read_send, NULL};

static enum err_code read_sends(struct yaml_reader *r, yaml_node_t *node, void *out,
                                const void *arg)
{
    struct campaign *campaign = out;
    struct yaml_items items = {0};

    (void)arg;
    TRY(yaml_read_list(r, node, &items, &send_list));
    campaign->sends = items.p;
    campaign->send_count = items.n;
    if (campaign->sends[0].time == CAMPAIGN_AFTER || campaign->sends[0].only)
        return yaml_fail(r, yaml_item(r, node, 0),
                         "the first message has none before it: \"after\" and \"only\" are for "
                         "those below it");
    for (size_t i = 1; i < items.n; i++)
        for (size_t k = 0; k < i; k++)
            if (campaign->sends[k].id == campaign->sends[i].id)
                return yaml_fail(r, yaml_item(r, node, i), "two messages are called \"%s\"",
                                 campaign->sends[i].name);
    return ERR_OK;
}

/* ---- the whole ---------------------------------------------------------------------------- */

static const struct yaml_field campaign_fields[] = {
    {"name", AT(campaign, name), yaml_read_string, &name_max, false},
    {"about", AT(campaign, about), yaml_read_optional_text, &about_max, true},
    {"practice", AT(campaign, practice), yaml_read_optional_text, &practice_max, true},
    {"to", 0, read_to, NULL, false},
    {"purpose", AT(campaign, purpose), yaml_read_string, &purpose_max, true},
    {"holdout", AT(campaign, holdout), yaml_read_number, &holdout_range, true},
    {"throttle", AT(campaign, per_hour), yaml_read_int, &hour_range, true},
    {"needs_approval", AT(campaign, needs_second), yaml_read_flag, NULL, true},
    {"sends", 0, read_sends, NULL, false},
};

enum err_code campaign_read(struct str text, const char *name, struct yaml_faults *faults,
                            struct campaign **out_campaign, struct err *err)
{
    struct arena *memory = xcalloc(1, sizeof(*memory));
    struct yaml_reader r = {
        .name = name ? name : "campaign", .arena = memory, .err = err, .faults = faults};
    struct campaign *campaign;
    enum err_code rc;

    *memory = ARENA_INIT(MEMORY_MAX);
    *out_campaign = NULL;
    campaign = arena_alloc(memory, sizeof(*campaign));
    *campaign =
        (struct campaign){.about = "", .practice = "", .purpose = "marketing", .memory = memory};
    rc = text.n > CAMPAIGN_TEXT_MAX
             ? err_set(err, ERR_TOO_LARGE, "a campaign has at most %d bytes", CAMPAIGN_TEXT_MAX)
             : yaml_reader_open(&r, text);
    if (rc == ERR_OK)
        rc = yaml_read_map(&r, yaml_root(&r), campaign_fields, TM_COUNT(campaign_fields), campaign);
    yaml_reader_close(&r);
    if (rc != ERR_OK && faults && faults->n)
        *err = faults->items[0];
    if (rc == ERR_OK)
        *out_campaign = campaign;
    else
        campaign_free(campaign);
    return rc;
}
