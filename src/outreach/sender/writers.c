/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/sender/writers.h"

#include "base/i18n.h"

#include <pthread.h>
#include <unistd.h>

enum { WRITERS_MOST = 3 };

struct writers {
    pthread_t threads[WRITERS_MOST];
    size_t count;
    enum language language; /* of what is said of letters that cannot be written */

    pthread_mutex_t lock; /* of all below */
    pthread_cond_t more, done;
    struct letter *first, *last; /* that nobody has begun; borrowed */
    bool over;
};

/* The parts without the link by which one leaves: that is each message's own. */
static void add_without(struct str text, struct str link, struct buf *out)
{
    const char *end = text.p + text.n, *at;

    while (link.n && text.n && (at = memmem(text.p, (size_t)(end - text.p), link.p, link.n))) {
        buf_adds(out, (struct str){text.p, (size_t)(at - text.p)});
        text.p = at + link.n;
        text.n = (size_t)(end - text.p);
    }
    buf_adds(out, text);
    buf_addc(out, '\0');
}

/* By which the gate knows that somebody was told the same before. */
static void note_content(struct letter *l)
{
    TM_CLEANUP(buf_release) struct buf said = BUF_INIT((MESSAGE_PARTS + 1) * MESSAGE_HTML_MAX);

    for (int part = 0; part < MESSAGE_PARTS; part++)
        add_without(buf_str(&l->words.parts[part]), buf_str(&l->url), &said);
    pseudonym_digest(l->track.keys, "content", buf_str(&said), &l->message.content);
}

static void write_down(struct letter *l)
{
    const struct channel *c = l->channel;
    enum err_code rc;

    if (!l->message.transactional) {
        note_content(l);
        track_html(&l->track, &l->words.parts[MESSAGE_HTML]);
    }
    rc = c->calls->write(c->self, &l->message, &l->words, buf_cstr(&l->url), &l->text, &l->why);
    composed_release(&l->words);
    atomic_store_explicit(&l->state, rc == ERR_OK ? LETTER_WRITTEN : LETTER_UNFIT,
                          memory_order_release);
}

/* Under the lock. */
static struct letter *begin_next(struct writers *w)
{
    struct letter *l = w->first;

    if (!l)
        return NULL;
    w->first = l->next;
    if (!w->first)
        w->last = NULL;
    atomic_store_explicit(&l->state, LETTER_BEGUN, memory_order_relaxed);
    return l;
}

static void *work(void *opaque)
{
    struct writers *w = opaque;
    struct letter *l;

    i18n_use(w->language);
    pthread_mutex_lock(&w->lock);
    for (;;) {
        while (!w->over && !w->first)
            pthread_cond_wait(&w->more, &w->lock);
        l = begin_next(w);
        if (!l)
            break;
        pthread_mutex_unlock(&w->lock);
        write_down(l);
        pthread_mutex_lock(&w->lock);
        pthread_cond_signal(&w->done);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

struct writers *writers_new(void)
{
    struct writers *w = xcalloc(1, sizeof(*w));
    long others = sysconf(_SC_NPROCESSORS_ONLN) - 1;

    w->language = i18n_current();
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->more, NULL);
    pthread_cond_init(&w->done, NULL);
    while (w->count < WRITERS_MOST && (long)w->count < others &&
           pthread_create(&w->threads[w->count], NULL, work, w) == 0)
        w->count++;
    return w;
}

void writers_free(struct writers *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    assert(!w->first);
    w->over = true;
    pthread_cond_broadcast(&w->more);
    pthread_mutex_unlock(&w->lock);
    for (size_t i = 0; i < w->count; i++)
        pthread_join(w->threads[i], NULL);
    pthread_cond_destroy(&w->done);
    pthread_cond_destroy(&w->more);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

void writers_add(struct writers *w, struct letter *l)
{
    l->next = NULL;
    pthread_mutex_lock(&w->lock);
    atomic_store_explicit(&l->state, LETTER_WAITS, memory_order_relaxed);
    if (w->last)
        w->last->next = l;
    else
        w->first = l;
    w->last = l;
    pthread_cond_signal(&w->more);
    pthread_mutex_unlock(&w->lock);
}

bool writers_help(struct writers *w)
{
    struct letter *l;

    pthread_mutex_lock(&w->lock);
    l = begin_next(w);
    pthread_mutex_unlock(&w->lock);
    if (l)
        write_down(l);
    return l;
}

void writers_take_back(struct writers *w, struct letter *l)
{
    struct letter *before = NULL;

    pthread_mutex_lock(&w->lock);
    while (letter_state(l) == LETTER_BEGUN)
        pthread_cond_wait(&w->done, &w->lock);
    if (letter_state(l) == LETTER_WAITS) {
        for (struct letter *at = w->first; at && at != l; at = at->next)
            before = at;
        if (before)
            before->next = l->next;
        else
            w->first = l->next;
        if (w->last == l)
            w->last = before;
    }
    pthread_mutex_unlock(&w->lock);
}
