/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/answers_kept.h"

#include "base/file.h"
#include "base/input.h"

#include <unistd.h>

enum { ANSWERS_BYTES_MAX = 4 << 20 };

static const char answers_name[] = "answers.yaml";
/* The digest of the file that the kept ones were taken from. */
static const char from_name[] = "answers_from";

/* False where it does not fit or cannot be read. */
static bool stands_in(const char *folder, char *out, size_t size)
{
    return folder && (size_t)snprintf(out, size, "%s/%s", folder, answers_name) < size &&
           access(out, R_OK) == 0;
}

void answers_find(const struct assess_wish *wish, char *out_path, size_t size,
                  char *out_passed_over, size_t passed_size)
{
    out_path[0] = out_passed_over[0] = '\0';
    if (wish->answers) {
        snprintf(out_path, size, "%s", wish->answers);
        return;
    }
    if (!stands_in(wish->workspace, out_path, size))
        out_path[0] = '\0';
    for (size_t i = 0; i < wish->path_count; i++) {
        bool own = out_path[0] != '\0';

        if (stands_in(wish->paths[i], own ? out_passed_over : out_path, own ? passed_size : size))
            return;
        (own ? out_passed_over : out_path)[0] = '\0';
    }
}

static bool take(char *to, size_t size, const char *fact)
{
    if (!fact || !fact[0] || strcmp(to, fact) == 0)
        return false;
    snprintf(to, size, "%s", fact);
    return true;
}

static enum err_code keep_facts(const struct shop_facts *facts, struct store *store,
                                struct err *err)
{
    struct settings s;
    char path[2048];
    bool other = false;

    TRY(store_path(store, "tidemark.yaml", path, sizeof(path), err));
    TRY(settings_read(path, &s, err));
    other |= take(s.shop, sizeof(s.shop), facts->shop);
    other |= take(s.currency, sizeof(s.currency), facts->currency);
    other |= take(s.country, sizeof(s.country), facts->country);
    other |= take(s.time_zone, sizeof(s.time_zone), facts->time_zone);
    other |= take(s.vertical, sizeof(s.vertical), facts->vertical);
    if (!isnan(facts->margin) && s.margin != facts->margin) {
        s.margin = facts->margin;
        other = true;
    }
    return other ? settings_write(path, &s, err) : ERR_OK;
}

enum err_code answers_known(struct store *store, const char *path, bool *out_known, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf kept = BUF_INIT(256);
    char digest[65];
    bool found;

    TRY(input_digest(path, NULL, digest, err));
    TRY(store_get(store, from_name, &kept, &found, err));
    *out_known = found && str_eqz(buf_str(&kept), digest);
    return ERR_OK;
}

enum err_code answers_keep(const struct assess_wish *wish, const char *path,
                           const struct answers *from, const struct model *model,
                           struct store *store, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(ANSWERS_BYTES_MAX);
    struct answers kept = *from;
    char own[2048], digest[65];

    TRY(store_path(store, answers_name, own, sizeof(own), err));
    if (!wish->answers && access(own, F_OK) == 0)
        return ERR_OK;
    TRY(input_digest(path, NULL, digest, err));
    TRY(keep_facts(&from->facts, store, err));
    kept.facts = (struct shop_facts){.shop = "",
                                     .margin = (double)NAN,
                                     .currency = "",
                                     .time_zone = "",
                                     .country = "",
                                     .vertical = "",
                                     .opened_at = from->facts.opened_at,
                                     .not_open = from->facts.not_open};
    answers_write_template(model, i18n_current(), &kept, &text);
    TRY(buf_check(&text, err));
    TRY(file_replace(own, buf_str(&text), err));
    return store_put(store, from_name, str_of(digest), err);
}
