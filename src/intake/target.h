/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* target.h - where the records of imported files end up.
 *
 * Records are first staged, apart from everything that counts; when a file was read to its end
 * its staged records are moved in, kind by kind. Each step can be repeated after a crash without
 * doubling or losing a record. The engine is the one target of the program; tests use others.
 */
#ifndef TM_INTAKE_TARGET_H
#define TM_INTAKE_TARGET_H

#include "engine/engine.h"
#include "intake/sink.h"

struct target {
    void *ctx;
    /* Opens the staging of an import, empty. `attempt` counts readings of the same file. */
    enum err_code (*begin)(void *ctx, uint32_t import_id, const char *source, int attempt,
                           struct err *err);
    enum err_code (*put)(void *ctx, enum record_kind kind, const void *record, struct err *err);
    /* A context for put() by thread `i` of several, for as long as the import lasts. NULL: records
     * must come from one thread. */
    void *(*lane)(void *ctx, size_t i);
    /* ERR_OK: everything that was put is staged for good. */
    enum err_code (*finish)(void *ctx, struct err *err);
    /* Moves the `count` staged records of a kind in, beside the `before` that the import has there.
     * ERR_OK at once when they are in already. */
    enum err_code (*move)(void *ctx, uint32_t import_id, enum record_kind kind, int64_t before,
                          int64_t count, struct err *err);
    /* Abandons and removes all that is staged of an import; what was moved in stays. */
    enum err_code (*drop)(void *ctx, uint32_t import_id, struct err *err);
    /* How many of the import's records an earlier import had, by source and natural key. */
    enum err_code (*known)(void *ctx, uint32_t import_id, enum record_kind kind, int64_t *out_n,
                           struct err *err);
    /* A second way into the same tables, for a thread that reads another file at the same time;
     * NULL: one file at a time. It ends with its close(), before the first. */
    enum err_code (*again)(void *ctx, struct target *out_target, struct err *err);
    void (*close)(void *ctx);
};

/* Takes out what was moved in of an import, kind by kind; telling how far it is where `tell` is not
 * NULL. May be repeated. */
TM_MUST_CHECK enum err_code target_drop_moved(struct engine *engine, uint32_t import_id,
                                              void (*tell)(void *ctx, double done), void *ctx,
                                              struct err *err);

/* The engine as target; borrowed, released before it. */
struct engine_target;
struct engine_target *engine_target_new(struct engine *engine);
void engine_target_free(struct engine_target *et);
void engine_target_freep(struct engine_target **et);
struct target engine_target_door(struct engine_target *et);

#endif
