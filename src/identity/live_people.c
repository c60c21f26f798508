/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "identity/live_people.h"

#include "base/log.h"
#include "base/timestamp.h"
#include "identity/live_told.h"
#include "intake/live/live.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <time.h>

enum { CHUNK = 64, LABELS = 4096, NICE = 10, AGAIN = 1000, LOOKS = 4096, ADDRESSES = 64 };
/* One alone is read at once; where many come, those of a millisecond together. */
enum { TOGETHER_US = 1000 };

const char *const live_people_ready_names[] = {"waiting", "ready", "too_many", "renumbered",
                                               "failed"};

/* What was found out of one message. */
struct known {
    int64_t seq;
    uint64_t id; /* one of the person's identifiers; 0: it names nobody */
    uint64_t joined[LINKS_BEFORE_MAX];
    uint64_t was;
    uint8_t joined_count;
    bool created, learnt;
};

struct label {
    uint64_t person;
    char text[LIVE_PEOPLE_LABEL];
};

/* How often something took how long: four steps for each power of two of microseconds. */
enum { SPREAD_STEPS = 4, SPREAD_SIZE = 40 * SPREAD_STEPS };
struct spread {
    int64_t n[SPREAD_SIZE], longest;
};

struct live_people {
    struct live_people_ctx ctx;
    pthread_mutex_t lock; /* held for one message at a time */
    sem_t more;
    pthread_t thread;
    bool has_thread;
    atomic_bool stop, wanted; /* the thread shall end; shall look */
    struct links *links;      /* owned; NULL while `ready` is not PEOPLE_READY */
    struct live_told *told;
    enum live_people_ready ready;
    uint64_t turn;   /* another one after each filling and forgetting */
    uint64_t filled; /* identifiers that the present figures have */
    int64_t cursor;  /* the last message that was read */
    struct journal_follower *follower;
    struct known *kept; /* LIVE_PEOPLE_KEPT, a ring by seq */
    struct label *labels;
    int64_t messages, filling_us;
    struct spread known_after; /* from the moment it came */
    struct spread processor;   /* of reading and linking it */
    int64_t counted_from;      /* those up to it were read late, or twice */
    uint64_t *watched;         /* owned */
    size_t watched_count, watched_cap;
    void (*stirred)(void *ctx);
    void *stirred_ctx;
    atomic_llong changes;
};

static int64_t clock_us(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

static enum err_code too_many(struct err *err)
{
    return err_set(err, ERR_TOO_LARGE, "more people are watched than fit in memory");
}

/* With the lock held. */
static void stir(struct live_people *p)
{
    if (p->stirred)
        p->stirred(p->stirred_ctx);
}

/* ---- a message, with the lock held -------------------------------------------------------- */

static void keep_label(struct live_people *p, uint64_t person, const char *text)
{
    struct label *label = &p->labels[person % LABELS];

    label->person = person;
    snprintf(label->text, sizeof(label->text), "%s", text);
}

static int64_t spread_step_us(int step)
{
    int64_t base = INT64_C(1) << step / SPREAD_STEPS;

    return base + base * (step % SPREAD_STEPS) / SPREAD_STEPS;
}

static void spread_add(struct spread *spread, int64_t us)
{
    int at = 0;

    while (at + 1 < SPREAD_SIZE && spread_step_us(at) < us)
        at++;
    spread->n[at]++;
    if (us > spread->longest)
        spread->longest = us;
}

/* An upper bound of what that share took. */
static int64_t spread_at(const struct spread *spread, int64_t per_mille)
{
    int64_t all = 0, sum = 0;

    for (int i = 0; i < SPREAD_SIZE; i++)
        all += spread->n[i];
    for (int i = 0; i < SPREAD_SIZE && all; i++) {
        sum += spread->n[i];
        if (sum * 1000 >= all * per_mille)
            return spread_step_us(i);
    }
    return 0;
}

static struct live_people_times spread_times(const struct spread *spread)
{
    return (struct live_people_times){spread_at(spread, 500), spread_at(spread, 990),
                                      spread->longest};
}

/* Read a second time it is who was new and who became one as it was at first. */
static void keep(struct live_people *p, int64_t seq, const struct live_told_answer *answer,
                 bool learnt)
{
    struct known *known = &p->kept[(uint64_t)seq % LIVE_PEOPLE_KEPT];
    const bool again = known->seq == seq;

    known->seq = seq;
    known->id = answer->id;
    if (again)
        return;
    known->created = answer->created;
    known->was = answer->was;
    known->learnt = learnt;
    known->joined_count = (uint8_t)answer->joined_count;
    memcpy(known->joined, answer->joined, sizeof(known->joined));
}

static enum err_code take(struct live_people *p, const struct journal_entry *entry, struct err *err)
{
    const uint64_t before = links_changes(p->links);
    struct live_told_answer answer = {0};
    struct source_entry source;
    uint64_t person;

    p->cursor = entry->seq;
    p->messages++;
    if (!entry->damaged && p->ctx.source(p->ctx.ctx, entry->source, &source))
        TRY(live_told_take(p->told, p->links, &source, entry, &answer, err));
    keep(p, entry->seq, &answer, links_changes(p->links) != before);
    if (links_changes(p->links) != before && links_is_watched(p->links, answer.id))
        stir(p);
    person = answer.email[0] ? links_person(p->links, answer.id) : 0;
    if (person)
        keep_label(p, person, answer.email);
    return ERR_OK;
}

static void give_up(struct live_people *p, enum err_code rc, const struct err *err)
{
    p->ready = rc == ERR_TOO_LARGE     ? PEOPLE_TOO_MANY
               : rc == ERR_UNAVAILABLE ? PEOPLE_RENUMBERED
                                       : PEOPLE_FAILED;
    p->turn++;
    log_line(rc == ERR_UNAVAILABLE ? LOG_INFO : LOG_ERROR, "identity",
             "whose live messages are is not known until the next figures: %s", err->msg);
    links_free(p->links);
    p->links = NULL;
}

/* ---- who reads ---------------------------------------------------------------------------- */

struct reading {
    struct live_people *people;
    uint64_t turn;
    int64_t from_us; /* processor time */
    int64_t n;
};

/* What a filling or a forgetting overtook is read anew, if it is to be. */
static enum err_code read_one(void *ctx, const struct journal_entry *entry, struct err *err)
{
    struct reading *r = ctx;
    struct live_people *p = r->people;
    enum err_code rc = ERR_CANCELLED;
    int64_t now_us;

    pthread_mutex_lock(&p->lock);
    if (p->turn == r->turn) {
        rc = take(p, entry, err);
        if (rc != ERR_OK)
            give_up(p, rc, err);
        if (entry->seq > p->counted_from && !entry->damaged)
            spread_add(&p->known_after, timestamp_now() - entry->received_us);
        now_us = clock_us(CLOCK_THREAD_CPUTIME_ID);
        spread_add(&p->processor, now_us - r->from_us);
        r->from_us = now_us;
        r->n++;
    }
    pthread_mutex_unlock(&p->lock);
    return rc;
}

/* The next ones, at most CHUNK. False when there is nothing more to read. */
static bool read_some(struct live_people *p)
{
    struct reading r = {.people = p, .from_us = clock_us(CLOCK_THREAD_CPUTIME_ID)};
    struct err err = ERR_INIT;
    int64_t after;
    enum err_code rc;
    bool going;

    pthread_mutex_lock(&p->lock);
    going = p->ready == PEOPLE_READY;
    r.turn = p->turn;
    after = p->cursor;
    pthread_mutex_unlock(&p->lock);
    if (!going)
        return false;
    rc = journal_follow_each(p->follower, after, CHUNK, read_one, &r, &err);
    pthread_mutex_lock(&p->lock);
    going = p->turn != r.turn || (rc == ERR_OK && r.n > 0);
    if (rc != ERR_OK && p->turn == r.turn)
        give_up(p, rc, &err);
    pthread_mutex_unlock(&p->lock);
    atomic_fetch_add(&p->changes, r.n > 0);
    return going;
}

static void *follow(void *arg)
{
    struct live_people *p = arg;

    int64_t read_us = 0;

    (void)setpriority(PRIO_PROCESS, 0, NICE); /* of this thread alone */
    while (!p->stop) {
        if (sem_wait(&p->more) != 0)
            continue;
        if (clock_us(CLOCK_MONOTONIC) - read_us < TOGETHER_US)
            nanosleep(&(struct timespec){.tv_nsec = TOGETHER_US * 1000L}, NULL);
        atomic_store(&p->wanted, false);
        while (!p->stop && read_some(p))
            ;
        read_us = clock_us(CLOCK_MONOTONIC);
    }
    return NULL;
}

/* Nothing here waits for anything: who calls has an answer to give. */
void live_people_came(struct live_people *p)
{
    if (!atomic_exchange(&p->wanted, true))
        sem_post(&p->more);
}

enum err_code live_people_new(const struct live_people_ctx *ctx, struct live_people **out,
                              struct err *err)
{
    struct live_people *p = xcalloc(1, sizeof(*p));
    enum err_code rc;

    p->ctx = *ctx;
    pthread_mutex_init(&p->lock, NULL);
    sem_init(&p->more, 0, 0);
    p->kept = xcalloc(LIVE_PEOPLE_KEPT, sizeof(*p->kept));
    p->labels = xcalloc(LABELS, sizeof(*p->labels));
    p->told = live_told_new();
    rc = journal_follow(ctx->journal, &p->follower, err);
    if (rc == ERR_OK && (errno = pthread_create(&p->thread, NULL, follow, p)) != 0)
        rc = err_errno(err, "starting the thread that follows people");
    p->has_thread = rc == ERR_OK;
    if (p->has_thread)
        pthread_setname_np(p->thread, "people");
    if (rc == ERR_OK)
        *out = p;
    else
        live_people_free(p);
    return rc;
}

void live_people_free(struct live_people *p)
{
    if (!p)
        return;
    p->stop = true;
    sem_post(&p->more);
    if (p->has_thread)
        pthread_join(p->thread, NULL);
    journal_unfollow(p->follower);
    links_free(p->links);
    live_told_free(p->told);
    free(p->kept);
    free(p->labels);
    free(p->watched);
    pthread_mutex_destroy(&p->lock);
    sem_destroy(&p->more);
    free(p);
}

/* What is watched as it comes in is told of, too, although the tables have it: to read a message
 * again changes nothing. */
static int64_t first_unknown(const struct live_people *p, int64_t after)
{
    int64_t seq = after;

    while (seq > 0 && after - seq < AGAIN && p->kept[(uint64_t)seq % LIVE_PEOPLE_KEPT].seq != seq)
        seq--;
    return seq;
}

enum err_code live_people_fill(struct live_people *p, struct engine *engine, struct store *store,
                               const struct settings *settings, int64_t after, struct err *err)
{
    const int64_t begun_us = clock_us(CLOCK_MONOTONIC);
    struct links *links = links_new(p->ctx.bytes_max);
    struct live_told *told = live_told_new();
    enum err_code rc = live_told_fill(told, links, engine, store, settings, err);

    pthread_mutex_lock(&p->lock);
    links_free(p->links);
    live_told_free(p->told);
    p->links = links;
    p->told = told;
    p->ready = PEOPLE_READY;
    p->turn++;
    p->filled = links_identifiers(links);
    p->cursor = first_unknown(p, after);
    p->counted_from = journal_last(p->ctx.journal);
    p->filling_us = clock_us(CLOCK_MONOTONIC) - begun_us;
    for (size_t i = 0; i < p->watched_count && rc == ERR_OK; i++)
        rc = links_watch(links, p->watched[i]) ? ERR_OK : too_many(err);
    if (rc != ERR_OK)
        give_up(p, rc, err);
    stir(p);
    pthread_mutex_unlock(&p->lock);
    atomic_fetch_add(&p->changes, 1);
    if (!atomic_exchange(&p->wanted, true))
        sem_post(&p->more);
    if (rc == ERR_TOO_LARGE)
        *err = ERR_INIT;
    return rc == ERR_TOO_LARGE ? ERR_OK : rc;
}

void live_people_forget(struct live_people *p)
{
    pthread_mutex_lock(&p->lock);
    links_free(p->links);
    p->links = NULL;
    p->ready = PEOPLE_WAITING;
    p->turn++;
    memset(p->kept, 0, LIVE_PEOPLE_KEPT * sizeof(*p->kept));
    memset(p->labels, 0, LABELS * sizeof(*p->labels));
    pthread_mutex_unlock(&p->lock);
    atomic_fetch_add(&p->changes, 1);
}

/* ---- those who are watched ----------------------------------------------------------------- */

void live_people_tell(struct live_people *p, void (*stirred)(void *ctx), void *ctx)
{
    pthread_mutex_lock(&p->lock);
    p->stirred = stirred;
    p->stirred_ctx = ctx;
    pthread_mutex_unlock(&p->lock);
}

void live_people_watch(struct live_people *p, uint64_t id)
{
    struct err err = ERR_INIT;

    if (!id)
        return;
    pthread_mutex_lock(&p->lock);
    if (p->watched_count == p->watched_cap) {
        p->watched_cap = p->watched_cap ? 2 * p->watched_cap : 64;
        p->watched = xrealloc(p->watched, p->watched_cap * sizeof(*p->watched));
    }
    p->watched[p->watched_count++] = id;
    if (p->ready == PEOPLE_READY && !links_watch(p->links, id))
        give_up(p, too_many(&err), &err);
    pthread_mutex_unlock(&p->lock);
}

void live_people_unwatch(struct live_people *p)
{
    pthread_mutex_lock(&p->lock);
    p->watched_count = 0;
    pthread_mutex_unlock(&p->lock);
}

size_t live_people_addresses(struct live_people *p, const uint64_t *ids, size_t n, bool phones,
                             struct pseudonym *out, size_t most)
{
    uint64_t found[ADDRESSES];
    size_t count = 0, addresses = 0;

    pthread_mutex_lock(&p->lock);
    for (size_t i = 0; i < n && !count && p->ready == PEOPLE_READY; i++)
        count = ids[i] ? links_of_kind(p->links, ids[i], phones ? ID_PHONE : ID_EMAIL, found,
                                       TM_COUNT(found))
                       : 0;
    for (size_t i = 0; i < count && addresses < most; i++) {
        const struct pseudonym *who = live_told_address(p->told, found[i]);

        if (who)
            out[addresses++] = *who;
    }
    pthread_mutex_unlock(&p->lock);
    return addresses;
}

uint64_t live_people_turn(struct live_people *p)
{
    uint64_t turn;

    pthread_mutex_lock(&p->lock);
    turn = p->turn;
    pthread_mutex_unlock(&p->lock);
    return turn;
}

/* ---- asking ------------------------------------------------------------------------------- */

static void tell(struct live_people *p, const struct known *known, struct live_whose *out)
{
    const struct label *label;

    out->person = links_person(p->links, known->id);
    out->state = !known->id ? WHOSE_NOBODY : out->person ? WHOSE_PERSON : WHOSE_VISITOR;
    out->created = known->created;
    out->joined_count = known->joined_count;
    memcpy(out->joined, known->joined, sizeof(out->joined));
    out->was = known->was;
    out->learnt = known->learnt;
    if (out->state != WHOSE_PERSON) {
        out->person = known->id;
        return;
    }
    out->page = links_person_among(p->links, out->person, p->filled);
    label = &p->labels[out->person % LABELS];
    if (label->person == out->person)
        snprintf(out->label, sizeof(out->label), "%s", label->text);
}

void live_people_whose(struct live_people *p, int64_t seq, struct live_whose *out)
{
    const struct known *known = &p->kept[(uint64_t)seq % LIVE_PEOPLE_KEPT];

    *out = (struct live_whose){.state = WHOSE_UNKNOWN};
    pthread_mutex_lock(&p->lock);
    if (p->ready == PEOPLE_READY && seq > p->cursor)
        out->state = WHOSE_SOON;
    else if (p->ready == PEOPLE_READY && seq > 0 && known->seq == seq)
        tell(p, known, out);
    pthread_mutex_unlock(&p->lock);
}

uint64_t live_people_of(struct live_people *p, uint64_t id)
{
    uint64_t person = 0;

    pthread_mutex_lock(&p->lock);
    if (p->ready == PEOPLE_READY)
        person = links_person(p->links, id);
    pthread_mutex_unlock(&p->lock);
    return person;
}

uint64_t live_people_page(struct live_people *p, uint64_t person)
{
    uint64_t now, page = 0;

    pthread_mutex_lock(&p->lock);
    now = p->ready == PEOPLE_READY ? links_person(p->links, person) : 0;
    if (now)
        page = links_person_among(p->links, now, p->filled);
    pthread_mutex_unlock(&p->lock);
    return page;
}

bool live_people_is_ready(struct live_people *p)
{
    bool is_ready;

    pthread_mutex_lock(&p->lock);
    is_ready = p->ready == PEOPLE_READY;
    pthread_mutex_unlock(&p->lock);
    return is_ready;
}

/* Some at a time, so that nobody waits long. */
void live_people_since(struct live_people *p, int64_t after,
                       void (*each)(void *ctx, int64_t seq, uint64_t person), void *ctx)
{
    int64_t seq = INT64_MAX, least = after + 1;
    bool ready = true;

    while (ready && seq >= least) {
        pthread_mutex_lock(&p->lock);
        ready = p->ready == PEOPLE_READY;
        if (seq == INT64_MAX)
            seq = p->cursor;
        if (least <= p->cursor - LIVE_PEOPLE_KEPT)
            least = p->cursor - LIVE_PEOPLE_KEPT + 1;
        for (int i = 0; ready && i < LOOKS && seq >= least; i++, seq--) {
            const struct known *known = &p->kept[(uint64_t)seq % LIVE_PEOPLE_KEPT];
            const uint64_t person =
                known->seq == seq && known->id ? links_person(p->links, known->id) : 0;

            if (person)
                each(ctx, seq, person);
        }
        pthread_mutex_unlock(&p->lock);
    }
}

/* As well. */
size_t live_people_waiting(struct live_people *p, uint64_t person, int64_t after, int64_t *out_seqs,
                           size_t most, int64_t *out_n)
{
    int64_t seq = INT64_MAX, least = after + 1;
    size_t n = 0;

    *out_n = 0;
    while (seq >= least) {
        pthread_mutex_lock(&p->lock);
        if (seq == INT64_MAX)
            seq = p->cursor;
        if (least <= p->cursor - LIVE_PEOPLE_KEPT)
            least = p->cursor - LIVE_PEOPLE_KEPT + 1;
        const uint64_t now = p->ready == PEOPLE_READY ? links_person(p->links, person) : 0;
        for (int i = 0; now && i < LOOKS && seq >= least; i++, seq--) {
            const struct known *known = &p->kept[(uint64_t)seq % LIVE_PEOPLE_KEPT];

            if (known->seq != seq || !known->id || links_person(p->links, known->id) != now)
                continue;
            if (n < most)
                out_seqs[n++] = seq;
            ++*out_n;
        }
        pthread_mutex_unlock(&p->lock);
        if (!now)
            break;
    }
    return n;
}

int64_t live_people_changes(struct live_people *p)
{
    return p->changes;
}

void live_people_state(struct live_people *p, struct live_people_state *out)
{
    pthread_mutex_lock(&p->lock);
    *out = (struct live_people_state){.ready = p->ready,
                                      .messages = p->messages,
                                      .filling_us = p->filling_us,
                                      .known_after = spread_times(&p->known_after),
                                      .processor = spread_times(&p->processor)};
    if (p->ready == PEOPLE_READY) {
        out->identifiers = links_identifiers(p->links);
        out->bytes = links_bytes(p->links) + live_told_bytes(p->told);
        out->behind = journal_last(p->ctx.journal) - p->cursor;
    }
    pthread_mutex_unlock(&p->lock);
}
