/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/changing.h"

void changing_actor(const struct request *q, char out[CHANGING_ACTOR])
{
    if (q->key.id)
        snprintf(out, CHANGING_ACTOR, "key %" PRId64, q->key.id);
    else
        snprintf(out, CHANGING_ACTOR, "%.100s", q->user.email);
}

void changing_version(const struct named *named, char out[CHANGING_VERSION])
{
    snprintf(out, CHANGING_VERSION, "%" PRIx64, (uint64_t)named->changed_us);
}

bool changing_matches(const struct request *q, const char *version)
{
    const char *wanted = MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, "If-Match");
    char quoted[CHANGING_VERSION + 2];

    snprintf(quoted, sizeof(quoted), "\"%s\"", version);
    return !wanted || strcmp(wanted, "*") == 0 || strcmp(wanted, version) == 0 ||
           strstr(wanted, quoted);
}

enum err_code changing_check(struct request *q, const char *version, const char *by,
                             struct err *err)
{
    if (changing_matches(q, version))
        return ERR_OK;
    err_set(err, ERR_BUSY, "this was changed meanwhile by %s", by);
    err_hint(err, "Load it again, and change that.");
    return refuse(q, 412, ERR_BUSY);
}

enum err_code changing_check_named(struct request *q, const struct named *named, struct err *err)
{
    char version[CHANGING_VERSION];

    changing_version(named, version);
    return changing_check(q, version, named->actor, err);
}
