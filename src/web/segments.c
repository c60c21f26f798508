/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is told to those who find out who belongs to segments, by everybody else. */
#include "web/segments.h"

#include "base/log.h"
#include "base/timestamp.h"
#include "intake/live/live.h"
#include "web/live.h"
#include "web/request.h"
#include "web/segments_parts.h"

enum { COUNTS_AT_ONCE = 2 };

/* What is under way is of something else by now. */
void segments_ask(struct segments *s)
{
    atomic_fetch_add(&s->wish, 1);
    s->due = true;
    jobs_stir(s->web->jobs);
}

void segments_changed(struct segments *s)
{
    pthread_mutex_lock(&s->lock);
    s->texts_changed = true;
    pthread_cond_signal(&s->news);
    pthread_mutex_unlock(&s->lock);
    segments_ask(s);
}

void segments_want(struct segments *s)
{
    s->wanted = true;
    segments_ask(s);
}

void segments_hold(struct segments *s)
{
    s->held = true;
    atomic_fetch_add(&s->tables, 1);
}

void segments_figures(struct segments *s, int64_t seq)
{
    s->figures = seq;
    atomic_fetch_add(&s->tables, 1);
    s->held = false;
    atomic_fetch_add(&s->wish, 1);
    s->due = true;
    touched_sweep(s, seq);
    segments_came(s);
}

void segments_came(struct segments *s)
{
    pthread_mutex_lock(&s->lock);
    s->came = true;
    pthread_cond_signal(&s->news);
    pthread_mutex_unlock(&s->lock);
}

void segments_forget(struct segments *s)
{
    atomic_fetch_add(&s->wish, 1);
    pthread_mutex_lock(&s->lock);
    s->forget = true;
    pthread_cond_signal(&s->news);
    pthread_mutex_unlock(&s->lock);
}

bool segments_count_begin(struct segments *s)
{
    if (atomic_fetch_add(&s->counting, 1) < COUNTS_AT_ONCE)
        return true;
    atomic_fetch_sub(&s->counting, 1);
    return false;
}

void segments_count_end(struct segments *s)
{
    atomic_fetch_sub(&s->counting, 1);
}

static bool find_source(void *ctx, int64_t id, struct source_entry *out)
{
    return live_source(ctx, id, out);
}

int64_t segments_seq(const struct segments *s)
{
    return s->figures;
}

enum err_code segments_open(struct web *web, struct segments **out, struct err *err)
{
    struct segments *s = xcalloc(1, sizeof(*s));
    enum err_code rc = store_again(web->store, &s->store, err);

    s->web = web;
    s->texts_changed = true;
    s->tables = 1;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->news, NULL);
    if (rc == ERR_OK)
        rc = store_again(web->store, &s->live_store, err);
    if (rc == ERR_OK)
        rc = journal_follow(live_journal(web->live), &s->follower, err);
    if (rc == ERR_OK)
        rc = audience_recent_open(live_journal(web->live), find_source, web->live, &s->recent, err);
    if (rc == ERR_OK && (errno = pthread_create(&s->thread, NULL, segments_follow, s)) != 0)
        rc = err_errno(err, "starting the thread that follows segments");
    s->started = rc == ERR_OK;
    if (s->started)
        pthread_setname_np(s->thread, "segments");
    if (rc == ERR_OK)
        *out = s;
    else
        segments_close(s);
    return rc;
}

void segments_close(struct segments *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    s->over = true;
    pthread_cond_signal(&s->news);
    pthread_mutex_unlock(&s->lock);
    if (s->started)
        pthread_join(s->thread, NULL);
    segments_live_release(s);
    segments_drop_making(s);
    journal_unfollow(s->follower);
    store_close(s->live_store);
    store_close(s->store);
    free(s->touched);
    pthread_cond_destroy(&s->news);
    pthread_mutex_destroy(&s->lock);
    free(s);
}
