/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* told.h - what a live message tells that flows look at: what happened, to whom, and the data of
 * messages about it. Inside of src/outreach/acting only.
 *
 * Happenings and who they are of come from the records that the drain makes of the same message;
 * names of products, pictures and addresses of pages, which records have no place for, from the
 * message itself.
 *
 * What happened more than TOLD_OLD_US before it came is history (a shop's past, brought in by its
 * API): it starts nobody.
 */
#ifndef TM_OUTREACH_ACTING_TOLD_H
#define TM_OUTREACH_ACTING_TOLD_H

#include "intake/live/live.h"
#include "shop/event.h"
#include "store/journal.h"
#include "store/outbox.h"

#define TOLD_OLD_US US_PER_DAY
enum { TOLD_MOST = 6, TOLD_KEYS = 2, TOLD_IDS = 8, TOLD_TEXT = 200, TOLD_DATA_MAX = 48 << 10 };

struct told_happening {
    char name[EVENT_NAME_MAX + 1];
    int64_t key;             /* of it alone: the message's number, or the first of those below */
    int64_t keys[TOLD_KEYS]; /* by which other messages tell the same (store/runs.h) */
    size_t key_count;        /* 0: nothing else does */
};

/* As the message told it; "" for what it did not. */
struct told_contact {
    char email[OUTBOX_ADDRESS_MAX + 1], phone[40], first_name[TOLD_TEXT + 1],
        last_name[TOLD_TEXT + 1], language[17], country[3], zone[OUTBOX_WORD_MAX + 1];
};

struct told {
    struct told_happening happenings[TOLD_MOST];
    size_t n;
    struct pseudonym who; /* of the identifier that says most */
    bool has_who;
    uint64_t ids[TOLD_IDS]; /* engine/hash.h of its identifiers, those that say most first */
    size_t id_count;
    struct told_contact contact;
    char order_number[TOLD_TEXT + 1], currency[4];
    int64_t value; /* minor units; AMOUNT_NONE */
};

struct teller;
/* `keys` is borrowed, the texts ("" when not set) are copied. */
struct teller *teller_new(const struct pseudonyms *keys, const char *currency, const char *country);
void teller_free(struct teller *teller); /* NULL is fine */
/* What is wrong with the message is the drain's to tell: nothing happened then. */
void teller_tell(struct teller *teller, const struct source_entry *source,
                 const struct journal_entry *entry, struct told *out);
/* The data of messages about one of its happenings (docs/templates.md); at most TOLD_DATA_MAX. */
void teller_write(struct teller *teller, const struct journal_entry *entry, const struct told *told,
                  const char *happening, struct buf *out);

#endif
