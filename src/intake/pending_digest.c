/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/pending_digest.h"

#include "base/i18n.h"
#include "base/input.h"

#include <pthread.h>
#include <stdatomic.h>

struct pending_digest {
    char *path; /* owned */
    enum language language;
    pthread_t thread;
    bool started, joined;
    atomic_bool stop;
    /* The thread's, until it was joined. */
    enum err_code rc;
    struct err err;
    char hex[65];
};

static void *make(void *opaque)
{
    struct pending_digest *p = opaque;

    i18n_use(p->language);
    p->rc = input_digest(p->path, &p->stop, p->hex, &p->err);
    return NULL;
}

static void join(struct pending_digest *p)
{
    if (p->started && !p->joined)
        pthread_join(p->thread, NULL);
    p->joined = true;
}

enum err_code pending_digest_start(const char *path, struct pending_digest **out_pending,
                                   struct err *err)
{
    struct pending_digest *p = xcalloc(1, sizeof(*p));
    int failed;

    p->path = xstrdup(path);
    p->language = i18n_current();
    atomic_init(&p->stop, false);
    failed = pthread_create(&p->thread, NULL, make, p);
    if (failed) {
        pending_digest_free(p);
        return err_errno_at(err, failed, __FILE__, __LINE__, "could not start a thread");
    }
    p->started = true;
    *out_pending = p;
    return ERR_OK;
}

enum err_code pending_digest_take(struct pending_digest *p, char out_hex[65], struct err *err)
{
    join(p);
    if (p->rc != ERR_OK && err)
        *err = p->err;
    memcpy(out_hex, p->hex, sizeof(p->hex));
    return p->rc;
}

void pending_digest_free(struct pending_digest *p)
{
    if (!p)
        return;
    atomic_store(&p->stop, true);
    join(p);
    free(p->path);
    free(p);
}
