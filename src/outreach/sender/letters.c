/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/sender/links.h"
#include "outreach/sender/sender_parts.h"
#include "outreach/sender/track.h"

enum {
    SUSPECT = 3, /* claimed so often without coming to be handed over: by itself */
    WRITTEN_MAX = 8 << 20
};
static const int64_t busy_us = 5 * US_PER_SECOND;
static const int64_t soon_us = US_PER_SECOND / 2, long_us = 5 * US_PER_SECOND;
static const int64_t empty_wait_us = 20000;

static struct channel *channel_of(struct sender *s, const char *name)
{
    for (size_t i = 0; i < s->channel_count; i++)
        if (strcmp(s->channels[i].name, name) == 0)
            return &s->channels[i];
    return NULL;
}

/* ---- claiming ----------------------------------------------------------------------------- */

size_t letters_wanted(void *ctx, const char *channel)
{
    const struct channel *c = channel_of(ctx, channel);

    return c ? c->left : CLAIM_MOST;
}

/* A message whose channel nobody has is claimed, to be told so. */
bool letters_room(void *ctx, const struct outbox_message *m, int64_t now_us, int64_t *out_us)
{
    struct channel *c = channel_of(ctx, m->channel);

    if (!c)
        return true;
    if (c->left && c->calls->room(c->self, m->address, now_us, out_us)) {
        c->left--;
        return true;
    }
    if (*out_us < now_us + busy_us)
        *out_us = now_us + busy_us;
    return false;
}

/* As many as it used up in half a second, and at least twice what it has places for: few commits
 * for many messages, and none waits long for its turn. */
static void want(struct channel *c, size_t most, int64_t now_us)
{
    if (!c->want)
        c->want = 2 * most;
    else if (now_us - c->wanted_us < soon_us)
        c->want *= 2;
    else if (now_us - c->wanted_us > long_us)
        c->want /= 2;
    if (c->want < 2 * most)
        c->want = 2 * most;
    if (c->want > CLAIM_MOST)
        c->want = CLAIM_MOST;
    c->wanted_us = now_us;
}

static size_t wanted(struct sender *s, int64_t now_us)
{
    size_t all = 0;

    for (size_t i = 0; i < s->channel_count; i++) {
        struct channel *c = &s->channels[i];
        size_t most;

        (void)c->calls->free(c->self, now_us, &most);
        c->left = 0;
        if (c->ahead > most)
            continue;
        want(c, most, now_us);
        c->left = c->want > c->ahead ? c->want - c->ahead : 0;
        all += c->left;
    }
    if (!s->channel_count)
        all = CLAIM_MOST;
    if (all > LETTERS_MOST - s->letter_count)
        all = LETTERS_MOST - s->letter_count;
    return all < CLAIM_MOST ? all : CLAIM_MOST;
}

/* Those that were claimed before and never came further go last, each alone: should one of them be
 * the death of the process, no other is held up by it. */
static void suspects_last(struct batch *b)
{
    b->front = 0;
    for (size_t i = 0; i < b->n; i++) {
        const struct outbox_message m = b->messages[i];

        if (m.claim > SUSPECT && !m.tries && m.reason != GATE_BUSY)
            continue;
        b->messages[i] = b->messages[b->front];
        b->messages[b->front++] = m;
    }
}

static enum err_code load(struct sender *s, struct err *err)
{
    struct batch *b = &s->batch;
    enum err_code rc = ERR_OK;

    TRY(outbox_begin(s->claims.outbox, err));
    for (size_t i = 0; rc == ERR_OK && i < b->n; i++) {
        struct outbox_message now;
        bool found;

        buf_reset(&b->data[i]);
        rc = outbox_find(s->claims.outbox, b->messages[i].id, &now, &b->data[i], &found, err);
    }
    return outbox_end(s->claims.outbox, rc, err);
}

/* What they say, and what is known of whom they go to. */
static enum err_code read_words(struct sender *s, struct err *err)
{
    const struct batch *b = &s->batch;
    struct str data[CLAIM_MOST];
    struct engine *engine = NULL;
    struct err none = ERR_INIT;
    enum err_code rc;

    if (!s->words)
        return ERR_OK;
    for (size_t i = 0; i < b->n; i++)
        data[i] = buf_str(&b->data[i]);
    if (s->engine.lend && s->engine.lend(s->engine.ctx, &engine, &none) != ERR_OK)
        engine = NULL;
    if (!engine)
        return words_read(s->words, NULL, b->messages, data, b->n, timestamp_now(), err);
    rc = words_read(s->words, engine, b->messages, data, b->n, timestamp_now(), &none);
    s->engine.give(s->engine.ctx);
    return rc == ERR_OK ? ERR_OK
                        : words_read(s->words, NULL, b->messages, data, b->n, timestamp_now(), err);
}

enum err_code letters_claim(struct sender *s, size_t *out_n, struct err *err)
{
    const int64_t now_us = timestamp_now();
    struct batch *b = &s->batch;
    enum err_code rc;
    size_t cap;

    *out_n = 0;
    if (b->next < b->n || (s->held_count && now_us - s->empty_us < empty_wait_us))
        return ERR_OK;
    cap = wanted(s, now_us);
    if (!cap)
        return ERR_OK;
    b->n = b->next = 0;
    TRY(claim_messages(&s->claims, now_us, b->messages, cap, &b->n, &s->counts.claims, err));
    *out_n = b->n;
    if (!b->n) {
        s->empty_us = now_us;
        return ERR_OK;
    }
    suspects_last(b);
    rc = load(s, err);
    if (rc == ERR_OK)
        rc = read_words(s, err);
    if (rc != ERR_OK) {
        b->n = 0; /* their leases end */
        return rc;
    }
    for (size_t i = 0; i < b->n; i++) {
        struct channel *c = channel_of(s, b->messages[i].channel);

        if (c)
            c->ahead++;
    }
    return ERR_OK;
}

/* ---- putting together ---------------------------------------------------------------------- */

/* The address by which this one leaves; "" for what needs none. */
static enum err_code leave_url(struct sender *s, const struct outbox_message *m, struct buf *out,
                               struct err *err)
{
    struct link_leave leave = {.message = m->id, .who = m->who};

    if (m->transactional)
        return ERR_OK;
    if (!s->base[0])
        return err_set(err, ERR_INVALID,
                       "the server has no public address for the link to unsubscribe");
    snprintf(leave.channel, sizeof(leave.channel), "%s", m->channel);
    snprintf(leave.purpose, sizeof(leave.purpose), "%s", m->purpose);
    buf_addf(out, "%s/u/", s->base);
    link_leave_write(consents_keys(s->claims.consents), &leave, out);
    return buf_check(out, err);
}

static struct letter *letter_new(struct sender *s, const struct outbox_message *m)
{
    struct letter *l = xcalloc(1, sizeof(*l));

    l->message = *m;
    l->channel = channel_of(s, m->channel);
    composed_init(&l->words);
    l->url = BUF_INIT(LINK_MAX);
    l->text = BUF_INIT(WRITTEN_MAX);
    l->track = (struct track){.keys = consents_keys(s->claims.consents),
                              .base = s->base,
                              .message = m->id,
                              .clicks = s->settings.sending.track_clicks,
                              .opens = s->settings.sending.track_opens};
    atomic_init(&l->state, LETTER_WRITTEN);
    return l;
}

void letter_free(struct sender *s, struct letter *l)
{
    if (!l)
        return;
    writers_take_back(s->writers, l);
    composed_release(&l->words);
    buf_release(&l->url);
    buf_release(&l->text);
    free(l);
}

/* The words of the batch's next one; they are written down by and by. */
static enum err_code compose(struct sender *s, struct letter *l, struct err *err)
{
    const struct str data = buf_str(&s->batch.data[s->batch.next]);
    const struct channel *c = l->channel;
    const int64_t now_us = timestamp_now();
    const char *url;

    if (!c)
        return err_set(err, ERR_INVALID, "no channel \"%s\" is set up", l->message.channel);
    if (c->calls->tell)
        return c->calls->tell(c->self, &l->message, data, &l->text, err);
    TRY(leave_url(s, &l->message, &l->url, err));
    l->track.untouched = url = buf_cstr(&l->url);
    TRY(s->compose.compose
            ? s->compose.compose(s->compose.ctx, &l->message, data, url, now_us, &l->words, err)
            : words_compose(s->words, s->batch.next, url, now_us, &l->words, err));
    writers_add(s->writers, l);
    return ERR_OK;
}

/* Words whose message cannot be told are skipped; a store that fails is not its fault. */
static bool is_its_fault(enum err_code rc)
{
    return rc != ERR_STORE && rc != ERR_IO && rc != ERR_BUSY;
}

bool letters_are_to_come(const struct sender *s)
{
    const struct batch *b = &s->batch;

    return b->next < b->n && s->letter_count < LETTERS_MOST &&
           (b->next < b->front || s->letter_count == 0);
}

static enum err_code skip(struct sender *s, const struct letter *l, const struct err *why,
                          struct err *err)
{
    TRY(claim_unfit(&s->claims, timestamp_now(), &l->message, str_of(why->msg), err));
    s->counts.unfit++;
    if (l->channel)
        l->channel->ahead--;
    return ERR_OK;
}

enum err_code letters_compose(struct sender *s, struct err *err)
{
    struct letter *l = letter_new(s, &s->batch.messages[s->batch.next]);
    struct err why = ERR_INIT;
    enum err_code rc = compose(s, l, &why);

    if (rc == ERR_OK) {
        s->letters[s->letter_count++] = l;
        s->batch.next++;
        return ERR_OK;
    }
    if (is_its_fault(rc))
        rc = skip(s, l, &why, err);
    else
        *err = why;
    letter_free(s, l);
    if (rc == ERR_OK)
        s->batch.next++;
    return rc;
}

/* ---- written down --------------------------------------------------------------------------- */

size_t letters_unwritten(const struct sender *s)
{
    size_t n = 0;

    for (size_t i = 0; i < s->letter_count; i++)
        n += letter_state(s->letters[i]) < LETTER_WRITTEN;
    return n;
}

void letters_close_ranks(struct sender *s)
{
    size_t kept = 0;

    for (size_t i = 0; i < s->letter_count; i++)
        if (s->letters[i])
            s->letters[kept++] = s->letters[i];
    s->letter_count = kept;
}

enum err_code letters_skip_unfit(struct sender *s, struct err *err)
{
    enum err_code rc = ERR_OK;

    for (size_t i = 0; rc == ERR_OK && i < s->letter_count; i++) {
        struct letter *l = s->letters[i];

        if (letter_state(l) != LETTER_UNFIT)
            continue;
        rc = skip(s, l, &l->why, err);
        if (rc != ERR_OK)
            break;
        letter_free(s, l);
        s->letters[i] = NULL;
    }
    letters_close_ranks(s);
    return rc;
}

void letters_drop(struct sender *s)
{
    for (size_t i = 0; i < s->letter_count; i++)
        letter_free(s, s->letters[i]);
    s->letter_count = 0;
    s->batch.n = s->batch.next = 0;
}

void letters_release(struct sender *s)
{
    letters_drop(s);
    for (size_t i = 0; i < CLAIM_MOST; i++)
        buf_release(&s->batch.data[i]);
}
