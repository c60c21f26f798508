/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* piece.h - one path of an import: a file, or an archive with several. Inside src/intake only.
 *
 * A piece is first read, which stages its records apart from everything that counts, and then
 * concluded, which makes them part of the data. Several may be read at the same time, by a thread
 * and with a context each; they are concluded one after the other.
 */
#ifndef TM_INTAKE_PIECE_H
#define TM_INTAKE_PIECE_H

#include "intake/import/mapping.h"

enum { MAPPINGS_MAX = 16 };

/* Mappings in force: the one that was named, or those of a folder. */
struct mappings {
    struct mapping *list[MAPPINGS_MAX]; /* owned */
    size_t n;
};

struct piece {
    const char *path;                /* borrowed */
    const struct mappings *mappings; /* borrowed */
    int64_t size;                    /* on the disk; -1: not known */
    struct import_report report;     /* owned: of its files */
    enum err_code rc;                /* what ends all work, such as a failure of the engine */
    struct err err;
};

/* Imports get their ids in the order of the pieces, whichever is recognised first. */
struct piece_turn {
    void (*wait)(void *ctx); /* until all pieces before this one need no more ids */
    void (*pass)(void *ctx); /* this one needs no more */
    void *ctx;
};

/* Reads all files of the piece; what became of each is in the report. */
void piece_read(struct piece *piece, const struct import_ctx *ctx, const struct piece_turn *turn);
/* Makes what was staged part of the data. */
void piece_conclude(struct piece *piece, const struct import_ctx *ctx);
/* Removes what was staged: it is as if the piece had not been read. */
void piece_abandon(struct piece *piece, const struct import_ctx *ctx);

/* Of an import that was interrupted: its staged records become part of the data. */
TM_MUST_CHECK enum err_code piece_move(const struct target *target,
                                       const struct import_entry *entry, struct err *err);
TM_MUST_CHECK enum err_code piece_end_import(struct store *store, struct import_entry *entry,
                                             enum import_status status, struct err *err);

#endif
