/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/live/door.h"

#include "base/i18n.h"
#include "intake/live/live.h"

static const struct row {
    const char *name, *text, *hint;
} rows[DOOR_WHY_COUNT] = {
    [DOOR_UNKNOWN_KEY] = {"unknown_key", N_("The key is not known or was revoked."),
                          N_("Copy the key from this page once more, to where it is used.")},
    [DOOR_BAD_SIGNATURE] = {"bad_signature", N_("The signature is not the shop's."),
                            N_("Copy the secret from the shop's webhook settings once more and "
                               "give it in here.")},
    [DOOR_MALFORMED] = {"malformed", N_("It could not be read."),
                        N_("Whoever built the sender finds the format in the guide on live data.")},
    [DOOR_TOO_LARGE] = {"body_too_large", N_("It was too large."),
                        N_("Whoever built the sender finds the limits in the guide on live data.")},
    [DOOR_TOO_OFTEN] = {"too_often", N_("Too much came at once."),
                        N_("The sender tries again by itself.")},
    [DOOR_NOT_NOW] = {"not_now", N_("It could not be stored just then."),
                      N_("Look whether the server's disk is full. The sender tries again.")},
    [DOOR_NO_SHOP] =
        {"no_shop",
         N_("No shop of this server knows the key, and it came to the address that all "
            "of them share."),
         N_("If it was meant for this shop, copy the key from this page once more, to "
            "where it is used.")},
};

static const struct row *find(const char *name)
{
    for (size_t i = 0; i < DOOR_WHY_COUNT; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}

const char *door_name(enum door_why why)
{
    return rows[why].name;
}

const char *door_text(const char *name)
{
    const struct row *row = find(name);

    return row ? _(row->text) : live_reason_text(name);
}

const char *door_hint(const char *name)
{
    const struct row *row = find(name);

    return row ? _(row->hint) : "";
}
