/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* edits.h - what people write by hand in a shop's folder while the server runs (store/hand.h);
 * inside src/web only.
 *
 * An edit is in force about a second after the file was closed. One that is wrong is told (in the
 * log, by edits_show() and by edits_wrong) and changes nothing: what was in force goes on. Half of
 * a file is no edit: nobody may be writing it, it must have kept still, and one that is empty or
 * gone for a moment only counts for nothing. A save over the web never goes over an edit that it
 * does not know. Any thread.
 */
#ifndef TM_WEB_EDITS_H
#define TM_WEB_EDITS_H

#include "base/json_write.h"
#include "store/hand.h"
#include "web/request.h"

enum { EDITS_LOOK_MS = 500, EDITS_VERSION = 24 };

struct edits;

/* Holds what is there; what is wrong from the first is told where it is asked for. */
TM_MUST_CHECK enum err_code edits_open(struct web *web, struct edits **out, struct err *err);
void edits_close(struct edits *edits); /* NULL is fine */
/* Called every EDITS_LOOK_MS, by one thread. */
void edits_look(struct edits *edits);
/* How many files are not in force as they stand. */
int edits_wrong(struct edits *edits);
/* "right", or "wrong-" and what is another text when something else is wrong. */
void edits_state(struct edits *edits, char out[EDITS_VERSION]);
/* An array of them: name, detail, hint, since. In the language of who asks. */
void edits_show(struct edits *edits, struct json_writer *w);

/* The text in force, for who is about to save (with web->lock held): an edit that was made just now
 * is taken first, and one that cannot be refuses the save. `out_version`: names this text. */
TM_MUST_CHECK enum err_code edits_text(struct request *q, enum hand_file file, struct buf *out_text,
                                       char out_version[EDITS_VERSION], struct err *err);
void edits_version_of(struct str text, char out[EDITS_VERSION]);
/* For who only tells of it. */
void edits_version(struct edits *edits, enum hand_file file, char out[EDITS_VERSION]);
/* Refuses (412) what was asked of another version than this: by If-Match, which may be missing. */
TM_MUST_CHECK enum err_code edits_match(struct request *q, const char *version, const char *name,
                                        struct err *err);
/* Writes the file, from the text of edits_text() and checked, and makes it the one in force. */
TM_MUST_CHECK enum err_code edits_save(struct request *q, enum hand_file file, struct str text,
                                       struct err *err);

#endif
