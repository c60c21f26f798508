/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* campaign.h - the front of src/outreach/campaign: one plan over several channels to people of
 * segments, once.
 *
 * A campaign is a text (docs/campaigns.md): to whom, and one or more messages with their channels
 * and times. What happens to people after something happened is a flow (flow/flow.h).
 *
 *     campaign.h   the text and its checks
 *     schedule.h   who gets which variant, when, and who is held out: pure
 *     crowd.h      whom it is for, by the engine
 *     plan.h       people into the outbox, batch by batch
 *     life.h       preview, approval, launch, pause and end
 *
 * A message of a campaign is known by its name. A campaign that was read never changes, and is read
 * by any number of threads.
 */
#ifndef TM_OUTREACH_CAMPAIGN_CAMPAIGN_H
#define TM_OUTREACH_CAMPAIGN_CAMPAIGN_H

#include "base/json_write.h"
#include "base/timestamp.h"
#include "base/yaml.h"
#include "store/outbox.h"

enum {
    CAMPAIGN_TEXT_MAX = 256 << 10,
    CAMPAIGN_SENDS_MAX = 20,
    CAMPAIGN_VARIANTS_MAX = 8,
    CAMPAIGN_CHANNELS_MAX = 4,
    CAMPAIGN_GROUPS_MAX = 20,
    CAMPAIGN_NAME_MAX = 200
};

/* People of a kept segment, or of a segment's text. */
struct campaign_group {
    const char *segment; /* its name; NULL */
    const char *where;   /* its text; NULL */
};
struct campaign_groups {
    struct campaign_group *list;
    size_t n;
};

enum campaign_time {
    CAMPAIGN_AT_ONCE, /* when it is launched */
    CAMPAIGN_AT,      /* at that time */
    CAMPAIGN_AFTER    /* so long after the person was sent the first */
};
enum campaign_only { CAMPAIGN_EVERYBODY, CAMPAIGN_ORDERED, CAMPAIGN_NOT_ORDERED };
enum campaign_measure { CAMPAIGN_BY_CLICKS, CAMPAIGN_BY_ORDERS };

struct campaign_variant {
    const char *name;
    const char *message;
    double share; /* in percent */
};

struct campaign_send {
    const char *name;
    int64_t id;  /* of the name; what the outbox knows it by */
    size_t line; /* of the text */
    const char *message;
    const char *channels[CAMPAIGN_CHANNELS_MAX]; /* the first that reaches the person */
    size_t channel_count;
    enum campaign_time time;
    struct civil at;         /* CAMPAIGN_AT: what the clock shows */
    bool persons_clock;      /* CAMPAIGN_AT: the person's, else the shop's */
    int64_t after_us;        /* CAMPAIGN_AFTER */
    enum campaign_only only; /* by orders since the first */
    struct campaign_variant *variants;
    size_t variant_count; /* at least one */
    bool has_winner;      /* the variants are tried out on some first */
    double test;          /* percent of people */
    int64_t winner_after_us;
    enum campaign_measure winner_by;
    int64_t not_after_us; /* how late it may be */
};

struct campaign {
    const char *name, *about, *practice; /* "" when not given */
    const char *purpose;
    struct campaign_groups include, exclude;
    double holdout;    /* percent of people who get nothing of it */
    int per_hour;      /* messages of one kind at most; 0: as fast as it goes */
    bool needs_second; /* somebody else than who changed it last must approve it */
    struct campaign_send *sends;
    size_t send_count;
    struct arena *memory; /* of all of it */
};

/* `name` is the file's, for messages, or NULL. All mistakes of the text are in `faults` (may be
 * NULL), the first in err. ERR_INVALID: a field, two messages by one name, nobody to write to. */
TM_MUST_CHECK enum err_code campaign_read(struct str text, const char *name,
                                          struct yaml_faults *faults,
                                          struct campaign **out_campaign, struct err *err);
void campaign_free(struct campaign *campaign); /* NULL is fine */
void campaign_freep(struct campaign **campaign);

/* The names of messages that it sends, each once; NULL past the last. */
const char *campaign_message(const struct campaign *campaign, size_t i);
/* For the editor and the API. */
void campaign_write_json(const struct campaign *campaign, struct json_writer *w);
/* "2026-11-27 09:00" */
void campaign_at_text(const struct civil *at, char out[17]);

/* Campaigns to begin with. */
struct campaign_starter {
    const char *code;
    const char *name, *about; /* marked for translation */
    const char *text;         /* without its name */
};
const struct campaign_starter *campaign_starter(size_t i); /* NULL past the end */
/* The text as it is kept, with name and purpose in the thread's language. */
void campaign_starter_write(const struct campaign_starter *starter, struct buf *out);

#endif
