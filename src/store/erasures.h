/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* erasures.h - who was erased, when, and how far it is; nobody's name.
 *
 * Of a source of live data, too, which is forgotten by the same steps (privacy/forget_source.h).
 *
 * An erasure is written down before anything is taken away: the keyed hashes (pseudonym.h) of all
 * identifiers that the person had then, and, sealed (vault.h) until it is over, the identifiers
 * themselves, so that every step can be done again after the process has ended anywhere. The hashes
 * stay: what comes in later and tells of a time before the erasure is known by them
 * (intake/erased.h).
 *
 * Beside each hash stands a shorter one under a key of its own, by which almost every record is
 * known in an instant to be of nobody here.
 */
#ifndef TM_STORE_ERASURES_H
#define TM_STORE_ERASURES_H

#include "shop/personal.h"
#include "store/pseudonym.h"
#include "store/store.h"

/* Done one after the other; each may be done any number of times. Kept by number: only ever added
 * to. */
enum erasure_step {
    ERASE_JOURNAL, /* messages that came live */
    ERASE_RECORDS, /* the engine's raw tables */
    ERASE_DERIVED, /* what is made of them */
    ERASE_STORE,   /* reports, decisions, suggestions */
    ERASE_FILES,   /* all that lies in the folder besides */
    ERASE_VERIFY,  /* nothing is found any more */
    ERASE_DONE
};
const char *erasure_step_name(enum erasure_step step);

struct erasure {
    int64_t id;     /* given by the store */
    int64_t source; /* 0: a person; else the source of live data that is forgotten */
    int64_t requested_us, finished_us;              /* TIME_NONE: not yet */
    enum erasure_step step;                         /* the next one */
    char actor[64];                                 /* "user 3", "command line" */
    int64_t identifiers, messages, records, orders; /* how many were found of each */
    int64_t counted_seq; /* `messages` are those of the journal up to it; INT64_MAX: of all */
    int64_t searched_bytes, searched_files; /* read for the proof; in them was nothing */
    char problem[512];                      /* why it stands still; "" */
    char files[8192]; /* the shop's own files that name the person still, one a line */
};

struct erasure_id {
    enum personal kind;
    struct pseudonym hash;
    uint64_t quick;
    int64_t requested_us; /* out only */
    bool other;           /* of somebody else whose records name the person, too: not erased */
};

/* By how `quick` is made; 16 bytes of key. */
uint64_t erasure_quick(const unsigned char key[16], enum personal kind, struct str source,
                       struct str value);
void erasure_quick_key(const struct pseudonyms *p, unsigned char out[16]);
/* Both hashes of an identifier. False: it names nobody. */
bool erasure_hash(const struct pseudonyms *p, const unsigned char key[16], enum personal kind,
                  struct str source, struct str value, struct erasure_id *out);

/* requested_us, source, actor and identifiers are read, id and step are given. `identifiers`: the
 * text that is sealed. */
TM_MUST_CHECK enum err_code store_erasure_add(struct store *store, struct erasure *io_erasure,
                                              const struct erasure_id *ids, size_t n,
                                              struct str identifiers, struct err *err);
/* Writes step, counts, problem and, for ERASE_DONE, when; then the sealed text is gone. */
TM_MUST_CHECK enum err_code store_erasure_update(struct store *store, struct erasure *erasure,
                                                 struct err *err);
/* ERR_NOT_FOUND when it is over or never was. */
TM_MUST_CHECK enum err_code store_erasure_identifiers(struct store *store, int64_t id,
                                                      struct buf *out, struct err *err);
/* The oldest first; `open`: only those that are not done. `each` must not call the store. */
TM_MUST_CHECK enum err_code store_erasures_each(struct store *store, bool open,
                                                enum err_code (*each)(void *ctx,
                                                                      const struct erasure *erasure,
                                                                      struct err *err),
                                                void *ctx, struct err *err);
TM_MUST_CHECK enum err_code store_erasure_ids_each(
    struct store *store,
    enum err_code (*each)(void *ctx, const struct erasure_id *id, struct err *err), void *ctx,
    struct err *err);
/* Those of one erasure; the caller frees. */
TM_MUST_CHECK enum err_code store_erasure_ids(struct store *store, int64_t erasure,
                                              struct erasure_id **out, size_t *out_n,
                                              struct err *err);
/* The oldest that is not done; *out_found false without any. */
TM_MUST_CHECK enum err_code store_erasure_open(struct store *store, struct erasure *out,
                                               bool *out_found, struct err *err);

/* ---- taking rows out of the engine --------------------------------------------------------- */

/* How many records of a kind an import will have fewer: noted, all of them at once, before they go,
 * so that what the engine should hold is known whenever the process ends. */
struct erasure_count {
    uint32_t import_id;
    int kind;
    int64_t fewer;
};
TM_MUST_CHECK enum err_code store_erasure_plan(struct store *store, int64_t erasure,
                                               const struct erasure_count *counts, size_t n,
                                               struct err *err);
/* They are gone: the imports' counts are set right and the notes taken out, at once. */
TM_MUST_CHECK enum err_code store_erasure_settle(struct store *store, int64_t erasure,
                                                 struct err *err);
/* Whether there is such a note. */
TM_MUST_CHECK enum err_code store_erasure_planned(struct store *store, int64_t erasure,
                                                  bool *out_planned, struct err *err);

/* ---- the store's own texts ----------------------------------------------------------------- */

/* Empties each text of the store that holds one of the needles (compared without case), and lets
 * the answers go that are kept to be repeated. *out_n: texts that were found. */
TM_MUST_CHECK enum err_code store_erase_texts(struct store *store, const struct str *needles,
                                              size_t n, int64_t *out_n, struct err *err);
/* How many there are, in places that hold no hash or count. */
TM_MUST_CHECK enum err_code store_find_texts(struct store *store, const struct str *needles,
                                             size_t n, int64_t *out_n, struct err *err);
/* Lets go all answers that are kept to be repeated, and suggestions on people. */
TM_MUST_CHECK enum err_code store_forget_answers(struct store *store, struct err *err);
/* The file is written anew without what was deleted, and its log is empty. */
TM_MUST_CHECK enum err_code store_compact(struct store *store, struct err *err);

/* What each column of the store's tables holds of people. The test compares it with the schema. */
enum store_holds {
    STORE_FACTS,  /* nothing of a customer */
    STORE_HASHES, /* by which nobody is known without the workspace's key */
    STORE_WORDS,  /* words in which somebody may be named: searched and emptied */
    STORE_ROW     /* the same; the whole row goes */
};
struct store_place {
    const char *table, *column;
    enum store_holds holds;
};
extern const struct store_place store_places[];
extern const size_t store_place_count;

#endif
