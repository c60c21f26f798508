/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* insert.h - what insert.c and upload.c share: blocks on their way to the node. */
#ifndef TM_ENGINE_INSERT_H
#define TM_ENGINE_INSERT_H

#include "engine/transfer.h"

struct upload;

/* Starts a thread that sends the blocks it is given as the body of one request. */
TM_MUST_CHECK enum err_code upload_open(struct engine *engine, const struct request *request,
                                        struct upload **out_upload, struct err *err);
/* Hands over a block, which is emptied; waits while too many are under way. The error of the
 * request when it has failed. Any thread may call it. */
TM_MUST_CHECK enum err_code upload_block(struct upload *upload, struct buf *block, struct err *err);
/* Ends the body and waits for the engine's answer. */
TM_MUST_CHECK enum err_code upload_finish(struct upload *upload, struct err *err);
/* Breaks off when it is still under way. NULL is fine. */
void upload_close(struct upload *upload);

/* The kind of record that an insert takes (insert_record.c); NULL for a plain insert. */
void insert_set_layout(struct insert *insert, const struct record_layout *layout);
const struct record_layout *insert_layout(const struct insert *insert);

#endif
