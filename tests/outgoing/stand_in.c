/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Linked into the program under test alone (--wrap=egress_get): what it asks of a server of
 * Amazon's it asks of one on this machine. The file that STAND_IN names says of which, in three
 * lines: "HOST:443:127.0.0.1:PORT", the certificates that are believed, and "private" where this
 * machine may be asked at all. Nothing else about the program is changed.
 */
#include "outreach/egress/egress.h"

enum err_code __real_egress_get(const struct egress_settings *settings, struct str url,
                                struct buf *out, struct err *err);
enum err_code __wrap_egress_get(const struct egress_settings *settings, struct str url,
                                struct buf *out, struct err *err);

enum err_code __wrap_egress_get(const struct egress_settings *settings, struct str url,
                                struct buf *out, struct err *err)
{
    char at[300] = "", ca[1000] = "", network[20] = "";
    struct egress_settings way = *settings;
    const char *path = getenv("STAND_IN");
    FILE *f = path ? fopen(path, "r") : NULL;
    int n = f ? fscanf(f, "%299s %999s %19s", at, ca, network) : 0;

    if (f)
        fclose(f);
    if (n < 3)
        return err_set(err, ERR_INTERNAL, "STAND_IN says nothing");
    way.connect_to = at;
    way.ca_file = ca;
    way.rules.private_network = strcmp(network, "private") == 0;
    return __real_egress_get(&way, url, out, err);
}
