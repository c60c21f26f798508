/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* live_people.h - whose a live message is, as soon as it is in the journal.
 *
 * After figures were made it takes from the engine what identifiers were seen together
 * (live_people_fill()), and follows the journal from there on. Each message is turned into the
 * records that the drain makes of it, and these are linked as identity_build() links all of them
 * (links.h): the same rules, blocked values, limits, decisions, and nothing of those who were
 * erased. So the next figures find the people that it has told of before.
 *
 * Threads: any may call. One of its own, of low priority, reads what was stored; who stored it only
 * wakes it, and waits for nothing. Memory: links_bytes(), some 150 bytes an identifier with what it
 * was seen with, and some 45 an address, bounded by `bytes_max`; a filling needs that twice. Above
 * it, and before the first filling, nobody is known (live_people_state()). After a first order or
 * customer of a second shop numbers count otherwise than before, and nobody is known until the next
 * filling. Errors of reading end the following until the next filling and are logged.
 */
#ifndef TM_IDENTITY_LIVE_PEOPLE_H
#define TM_IDENTITY_LIVE_PEOPLE_H

#include "identity/links.h"
#include "store/journal.h"
#include "store/pseudonym.h"
#include "store/settings.h"
#include "store/sources.h"

enum {
    LIVE_PEOPLE_KEPT = 65536, /* messages of which it is kept whose they are: the newest */
    LIVE_PEOPLE_LABEL = 64
};

struct live_people;

struct live_people_ctx {
    struct journal *journal; /* borrowed */
    /* The source of that number; false when there is none. Any thread. */
    bool (*source)(void *ctx, int64_t id, struct source_entry *out);
    void *ctx;
    size_t bytes_max;
};

TM_MUST_CHECK enum err_code live_people_new(const struct live_people_ctx *ctx,
                                            struct live_people **out, struct err *err);
void live_people_free(struct live_people *people); /* NULL is fine */

/* Takes all anew out of the engine, whose raw tables have every message up to `after`, and more at
 * most. Others are told as before until it is done. */
TM_MUST_CHECK enum err_code live_people_fill(struct live_people *people, struct engine *engine,
                                             struct store *store, const struct settings *settings,
                                             int64_t after, struct err *err);
/* Messages were stored. */
void live_people_came(struct live_people *people);
/* `stirred` is called after a filling, and whenever something was learnt of a person who is
 * watched; it must not call back or wait. NULL: nobody is told any more. */
void live_people_tell(struct live_people *people, void (*stirred)(void *ctx), void *ctx);
/* Somebody is being erased: nobody is known until the next filling, which leaves them out. */
void live_people_forget(struct live_people *people);

enum live_whose_state {
    WHOSE_UNKNOWN, /* nobody is known, or it is too long ago */
    WHOSE_SOON,    /* it was not read yet */
    WHOSE_NOBODY,  /* it names nobody */
    WHOSE_VISITOR, /* of a device that nobody was known on; `person` is the device's number */
    WHOSE_PERSON
};

struct live_whose {
    enum live_whose_state state;
    uint64_t person;                   /* as figures will number it */
    uint64_t page;                     /* under which the present figures have the person; 0: not */
    bool created;                      /* nobody knew the person before this message */
    uint64_t joined[LINKS_BEFORE_MAX]; /* people whom it made one: their numbers until then */
    size_t joined_count;
    uint64_t was;                  /* else the person's number until then, when it was another; 0 */
    bool learnt;                   /* it told something new of whose identifiers are */
    char label[LIVE_PEOPLE_LABEL]; /* an address that the person gave lately; "" */
};

/* Of a message by its number in the journal. */
void live_people_whose(struct live_people *people, int64_t seq, struct live_whose *out);
/* Whose an identifier is now: engine/hash.h of kind and value. 0: nobody's that is known. */
uint64_t live_people_of(struct live_people *people, uint64_t id);
/* Under which number the present figures have who has that person's number or identifier now; 0:
 * they do not. */
uint64_t live_people_page(struct live_people *people, uint64_t person);
bool live_people_is_ready(struct live_people *people);
/* The person of the identifier is watched, as soon as it is one's; 0 is nobody's. */
void live_people_watch(struct live_people *people, uint64_t id);
void live_people_unwatch(struct live_people *people); /* all of them, from the next filling on */
/* Pseudonyms of the e-mail addresses, or phones, of whom the first of the ids that is somebody's is
 * of; 0: there are none that are known. */
size_t live_people_addresses(struct live_people *people, const uint64_t *ids, size_t n, bool phones,
                             struct pseudonym *out, size_t most);
/* Another one after each filling and forgetting. */
uint64_t live_people_turn(struct live_people *people);
/* Messages after that number, of LIVE_PEOPLE_KEPT at most, of who has that person's number or
 * identifier now: their numbers, the newest first. *out_n: how many there are in all. */
size_t live_people_waiting(struct live_people *people, uint64_t person, int64_t after,
                           int64_t *out_seqs, size_t most, int64_t *out_n);
/* The same of everybody: messages after that number, the newest first, with whose each is now.
 * `each` must be quick and not call back. */
void live_people_since(struct live_people *people, int64_t after,
                       void (*each)(void *ctx, int64_t seq, uint64_t person), void *ctx);
/* Grows whenever what was told may be otherwise by now. */
int64_t live_people_changes(struct live_people *people);

enum live_people_ready {
    PEOPLE_WAITING,
    PEOPLE_READY,
    PEOPLE_TOO_MANY,
    PEOPLE_RENUMBERED,
    PEOPLE_FAILED
};
extern const char *const live_people_ready_names[]; /* "waiting", "ready", "too_many", ... */

struct live_people_times {
    int64_t half_us, most_us, longest_us; /* of half, of 99 of 100, of all; 0 without any */
};
struct live_people_state {
    enum live_people_ready ready;
    uint64_t identifiers;
    size_t bytes;
    int64_t behind;                       /* messages that are not read yet */
    int64_t messages;                     /* read since the server began */
    int64_t filling_us;                   /* how long the last filling took */
    struct live_people_times known_after; /* it came */
    struct live_people_times processor;   /* time of reading and linking it */
};
void live_people_state(struct live_people *people, struct live_people_state *out);

#endif
