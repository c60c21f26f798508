/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* hand_held.h - what connections to one workspace share; for store.c and hand.c alone. */
#ifndef TM_STORE_HAND_HELD_H
#define TM_STORE_HAND_HELD_H

struct hand;

struct hand *hand_new(void);
struct hand *hand_share(struct hand *hand); /* one more has it */
void hand_free(struct hand *hand);          /* one less; NULL is fine */

#endif
