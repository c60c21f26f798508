/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* consents_parts.h - one word on consent, out of the engine or of a message that just came, as a
 * fact of the ledger: the same word is the same fact from both. Inside of src/intake only. */
#ifndef TM_INTAKE_CONSENTS_PARTS_H
#define TM_INTAKE_CONSENTS_PARTS_H

#include "store/suppression.h"

struct consent_told {
    int64_t import_id, line; /* import_id 0: a live message whose import is not known yet */
    int64_t at_us;
    struct str source, profile, email, phone, customer, channel;
    struct str state; /* what became of a message, where it is of one */
    struct str method, proof, wording, page, ip, agent;
    bool of_message;
};

struct consent_whose {
    enum pseudonym_kind kind;
    struct str value;
};
/* The channel's own address, else whatever tells the person. */
struct consent_whose consent_whose(struct str channel, struct str email, struct str phone,
                                   struct str customer, struct str profile);
bool consent_is_of_phones(struct str channel);

/* Within consents_begin() and consents_end(). *out_added: it is new. */
TM_MUST_CHECK enum err_code consent_take_told(struct consents *ledger,
                                              const struct consent_told *told, bool *out_added,
                                              struct err *err);

#endif
