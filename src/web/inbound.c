/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/inbound.h"

#include "outreach/sender/mailbox.h"
#include "outreach/sender/password.h"
#include "store/settings.h"

#include <stdatomic.h>
#include <time.h>

enum { MOST = 200, PROBLEM_MAX = 256, LOOK_SECONDS = 2 };
static const int64_t folder_every_us = 10 * US_PER_SECOND;
static const int64_t mailbox_every_us = 30 * US_PER_SECOND;
static const int64_t mailbox_most_us = 600 * US_PER_SECOND; /* while it cannot be read */

/* A place that is looked at once in a while. */
struct place {
    int64_t next_us, wait_us;
    char problem[PROBLEM_MAX]; /* under the lock */
};

struct inbound {
    struct web *web;
    struct store *store; /* owned: a connection of its own */
    pthread_mutex_t lock;
    pthread_cond_t look;
    atomic_bool over;
    pthread_t thread;
    bool started;
    /* The thread's own. */
    struct outbox *outbox;
    struct consents *ledger; /* NULL until then, as the outbox */
    struct sending sending;
    struct place folder, mailbox;
    struct mailbox_trouble trouble;
};

/* ---- the places --------------------------------------------------------------------------- */

static enum err_code read_folder(struct inbound *in, const struct returns *of, bool *out_more,
                                 struct err *err)
{
    struct returns_counts counts = {0};
    struct returns r = *of;
    char dir[2048];
    size_t n = 0;

    TRY(sender_path(in->store, in->sending.bounce_folder, dir, sizeof(dir), err));
    r.dir = dir;
    TRY(returns_read(&r, MOST, &counts, &n, err));
    *out_more = n == MOST;
    return ERR_OK;
}

static bool is_over(void *ctx)
{
    return atomic_load(&((struct inbound *)ctx)->over);
}

static enum err_code read_mailbox(struct inbound *in, const struct returns *of, bool *out_more,
                                  struct err *err)
{
    struct mailbox_way way = mailbox_way_default(in->store, &in->sending);
    struct returns_counts counts = {0};

    way.over = is_over;
    way.ctx = in;
    return mailbox_read(&way, of, MOST, &in->trouble, &counts, out_more, err);
}

static void note(struct inbound *in, struct place *p, const char *problem)
{
    pthread_mutex_lock(&in->lock);
    snprintf(p->problem, sizeof(p->problem), "%.*s", PROBLEM_MAX - 1, problem);
    pthread_mutex_unlock(&in->lock);
}

/* A place that cannot be read is asked less and less often; one that refuses us, seldom at once:
 * who asks often with a wrong password is shut out. */
static void look_at(struct inbound *in, struct place *p, bool named, int64_t every_us,
                    int64_t most_us,
                    enum err_code (*read)(struct inbound *in, const struct returns *of,
                                          bool *out_more, struct err *err))
{
    const struct breaker_rules rules = breaker_rules_default();
    const struct returns of = {.outbox = in->outbox, .consents = in->ledger, .rules = &rules};
    const int64_t now_us = timestamp_now();
    struct err err = ERR_INIT;
    enum err_code rc;
    bool more = false;

    if (!named) {
        note(in, p, "");
        p->next_us = TIME_NONE;
        return;
    }
    if (p->next_us != TIME_NONE && now_us < p->next_us && p->next_us - now_us <= most_us)
        return;
    rc = read(in, &of, &more, &err);
    if (rc == ERR_OK)
        p->wait_us = more ? 0 : every_us;
    else
        p->wait_us = rc == ERR_DENIED || 2 * p->wait_us > most_us ? most_us
                     : p->wait_us < every_us                      ? every_us
                                                                  : 2 * p->wait_us;
    p->next_us = timestamp_now() + p->wait_us;
    note(in, p, rc == ERR_OK || atomic_load(&in->over) ? "" : err.msg);
}

/* ---- the thread --------------------------------------------------------------------------- */

/* What is set anew is looked at at once. */
static enum err_code read_settings(struct inbound *in, struct err *err)
{
    struct settings *settings = xcalloc(1, sizeof(*settings));
    enum err_code rc = settings_of(in->store, settings, err);

    if (rc == ERR_OK && memcmp(&in->sending, &settings->sending, sizeof(in->sending)) != 0) {
        in->sending = settings->sending;
        in->folder.next_us = in->mailbox.next_us = TIME_NONE;
        in->trouble = (struct mailbox_trouble){0};
    }
    free(settings);
    return rc;
}

static enum err_code look(struct inbound *in, struct err *err)
{
    const struct sending *s = &in->sending;

    TRY(read_settings(in, err));
    if (!s->bounce_folder[0] && !s->mailbox.url[0] && !in->folder.problem[0] &&
        !in->mailbox.problem[0])
        return ERR_OK;
    if (!in->outbox)
        TRY(outbox_open_kept(in->store, &in->outbox, err));
    if (!in->outbox)
        return ERR_OK; /* nothing was ever planned */
    if (!in->ledger)
        TRY(consents_open(in->store, &in->ledger, err));
    look_at(in, &in->folder, s->bounce_folder[0], folder_every_us, folder_every_us, read_folder);
    look_at(in, &in->mailbox, s->mailbox.url[0], mailbox_every_us, mailbox_most_us, read_mailbox);
    return ERR_OK;
}

static void await(struct inbound *in)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += LOOK_SECONDS;
    pthread_mutex_lock(&in->lock);
    while (!atomic_load(&in->over))
        if (pthread_cond_timedwait(&in->look, &in->lock, &until) != 0)
            break;
    pthread_mutex_unlock(&in->lock);
}

static void *work(void *ctx)
{
    struct inbound *in = ctx;

    while (!atomic_load(&in->over)) {
        struct err err = ERR_INIT;

        if (look(in, &err) != ERR_OK)
            note(in, &in->folder, err.msg);
        await(in);
    }
    return NULL;
}

void inbound_problem(struct inbound *in, char *out, size_t size)
{
    pthread_mutex_lock(&in->lock);
    snprintf(out, size, "%s", in->folder.problem[0] ? in->folder.problem : in->mailbox.problem);
    pthread_mutex_unlock(&in->lock);
}

enum err_code inbound_open(struct web *web, struct inbound **out, struct err *err)
{
    struct inbound *in = xcalloc(1, sizeof(*in));
    enum err_code rc;

    in->web = web;
    in->folder.next_us = in->mailbox.next_us = TIME_NONE;
    pthread_mutex_init(&in->lock, NULL);
    pthread_cond_init(&in->look, NULL);
    rc = store_again(web->store, &in->store, err);
    if (rc == ERR_OK && (errno = pthread_create(&in->thread, NULL, work, in)) != 0)
        rc = err_errno(err, "starting to read what comes back");
    in->started = rc == ERR_OK;
    if (in->started)
        pthread_setname_np(in->thread, "inbound");
    if (rc == ERR_OK)
        *out = in;
    else
        inbound_close(in);
    return rc;
}

void inbound_close(struct inbound *in)
{
    if (!in)
        return;
    pthread_mutex_lock(&in->lock);
    atomic_store(&in->over, true);
    pthread_cond_signal(&in->look);
    pthread_mutex_unlock(&in->lock);
    if (in->started)
        pthread_join(in->thread, NULL);
    consents_close(in->ledger);
    outbox_close(in->outbox);
    store_close(in->store);
    pthread_cond_destroy(&in->look);
    pthread_mutex_destroy(&in->lock);
    free(in);
}
