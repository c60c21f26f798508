/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Linked into the program under test alone (--wrap=egress_get,--wrap=egress_new): servers of others
 * stand on this machine. The file that STAND_IN names says which, in three lines:
 * "HOST:443:127.0.0.1:PORT", the certificates that are believed, and "private" where what the
 * program fetches by itself may be asked of this machine at all. What it sends goes by its own
 * rules. Nothing else about the program is changed.
 */
#include "outreach/egress/egress.h"

enum err_code __real_egress_get(const struct egress_settings *settings, struct str url,
                                struct buf *out, struct err *err);
enum err_code __wrap_egress_get(const struct egress_settings *settings, struct str url,
                                struct buf *out, struct err *err);
enum err_code __real_egress_new(const struct egress_settings *settings, struct egress **out,
                                struct err *err);
enum err_code __wrap_egress_new(const struct egress_settings *settings, struct egress **out,
                                struct err *err);

struct stand_in {
    char at[300], ca[1000], network[20];
};

static enum err_code find(struct stand_in *out, struct err *err)
{
    const char *path = getenv("STAND_IN");
    FILE *f = path ? fopen(path, "r") : NULL;
    int n = f ? fscanf(f, "%299s %999s %19s", out->at, out->ca, out->network) : 0;

    if (f)
        fclose(f);
    return n == 3 ? ERR_OK : err_set(err, ERR_INTERNAL, "STAND_IN says nothing");
}

enum err_code __wrap_egress_get(const struct egress_settings *settings, struct str url,
                                struct buf *out, struct err *err)
{
    struct egress_settings way = *settings;
    struct stand_in of;

    TRY(find(&of, err));
    way.connect_to = of.at;
    way.ca_file = of.ca;
    way.rules.private_network = strcmp(of.network, "private") == 0;
    return __real_egress_get(&way, url, out, err);
}

enum err_code __wrap_egress_new(const struct egress_settings *settings, struct egress **out,
                                struct err *err)
{
    struct egress_settings way = *settings;
    struct stand_in of;

    TRY(find(&of, err));
    way.connect_to = of.at;
    way.ca_file = of.ca;
    return __real_egress_new(&way, out, err);
}
