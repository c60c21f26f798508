/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* duty.h - a request by law that came by a shop's system (store/duties.h): whom it is about. */
#ifndef TM_PRIVACY_DUTY_H
#define TM_PRIVACY_DUTY_H

#include "privacy/who.h"
#include "store/duties.h"

/* What the request itself names; nobody when it is done. */
TM_MUST_CHECK enum err_code duty_named(struct store *store, int64_t duty, struct who *out,
                                       struct err *err);
/* The person with all that names them, as for who_find_all(); the records are resolved. Nobody is
 * no error: then who_is_nobody(). */
TM_MUST_CHECK enum err_code duty_person(struct store *store, struct engine *engine, int64_t duty,
                                        struct who *who, struct err *err);
/* Duties are done whose own erasure is finished, or whose person was erased by another way since
 * they came. */
TM_MUST_CHECK enum err_code duties_settle(struct store *store, struct err *err);

/* Whether its day is over and it is not done. */
bool duty_is_late(const struct duty *duty);
/* As a JSON object. `named`: of duty_named(); NULL tells nobody. `file`: whether the file that was
 * made for it is there. */
void duty_json(const struct duty *duty, const struct who *named, bool file, struct json_writer *w);

#endif
