/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/home.h"

#include <sodium.h>
#include <sys/stat.h>

static const char home_name[] = "home";

enum err_code home_of(const char *path, unsigned char out[HOME_BYTES], struct err *err)
{
    char machine[64] = "", *real;
    struct stat st;
    crypto_generichash_state h;
    FILE *f = fopen("/etc/machine-id", "re");

    if (f) {
        size_t n = fread(machine, 1, sizeof(machine) - 1, f);

        machine[n] = '\0';
        fclose(f);
    }
    if (stat(path, &st) != 0)
        return err_errno(err, "looking at \"%s\"", path);
    real = realpath(path, NULL);
    if (!real)
        return err_errno(err, "looking at \"%s\"", path);
    crypto_generichash_init(&h, NULL, 0, HOME_BYTES);
    crypto_generichash_update(&h, (const unsigned char *)machine, strlen(machine) + 1);
    crypto_generichash_update(&h, (const unsigned char *)real, strlen(real) + 1);
    crypto_generichash_update(&h, (const unsigned char *)&st.st_ino, sizeof(st.st_ino));
    crypto_generichash_final(&h, out, HOME_BYTES);
    free(real);
    return ERR_OK;
}

static enum err_code here(struct store *store, char out[2 * HOME_BYTES + 1], struct err *err)
{
    unsigned char home[HOME_BYTES];
    char path[1200];

    TRY(store_path(store, "store.db", path, sizeof(path), err));
    TRY(home_of(path, home, err));
    sodium_bin2hex(out, 2 * HOME_BYTES + 1, home, sizeof(home));
    return ERR_OK;
}

enum err_code store_has_moved(struct store *store, bool *out, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf kept = BUF_INIT(256);
    char hex[2 * HOME_BYTES + 1];
    bool known = false;

    *out = false;
    TRY(store_get(store, home_name, &kept, &known, err));
    if (!known)
        return store_stay(store, err);
    TRY(here(store, hex, err));
    *out = !str_eqz(buf_str(&kept), hex);
    return ERR_OK;
}

enum err_code store_stay(struct store *store, struct err *err)
{
    char hex[2 * HOME_BYTES + 1];

    TRY(here(store, hex, err));
    return store_put(store, home_name, str_of(hex), err);
}
