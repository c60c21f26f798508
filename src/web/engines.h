/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* engines.h - the shops' analytics engines: started when first needed, only so many at once; inside
 * src/web only.
 *
 * While anybody holds a shop's engine it stays awake; when one more is needed than may be, the one
 * that was idle longest is ended. Any thread; never with web->lock held, for waking takes a second.
 */
#ifndef TM_WEB_ENGINES_H
#define TM_WEB_ENGINES_H

#include "engine/engine.h"

#include <pthread.h>
#include <stdatomic.h>

struct web;
struct site;

enum engine_state { ENGINE_ASLEEP, ENGINE_CHANGING, ENGINE_AWAKE };

/* Under the site's engines.lock. */
struct shop_engine {
    enum engine_state state;
    struct engine *first; /* the worker's; others attach to it */
    int holders;
    int64_t used_us;
};

struct engines {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int awake;
};

int engines_awake(struct site *site);
void engines_init(struct engines *engines);
/* Nobody holds one any more. */
void engines_end(struct site *site);

/* ERR_UNAVAILABLE when too many engines are busy for longer than a few seconds. */
TM_MUST_CHECK enum err_code engine_hold(struct web *web, struct engine **out_first,
                                        struct err *err);
/* For the worker, who waits until there is one, *cancelled or the server's end. */
TM_MUST_CHECK enum err_code engine_hold_long(struct web *web, const atomic_bool *cancelled,
                                             struct err *err);
void engine_release(struct web *web);
/* The shop's engine is awake and yet does not answer. Waits up to a second for it. */
bool engine_hangs(struct web *web);

#endif
