/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/parse_text.h"

#include "base/i18n.h"

enum err_code parse_flag(struct str s, int64_t *out_flag, struct err *err)
{
    static const struct {
        const char *word;
        int64_t flag;
    } words[] = {
        {"yes", 1}, {"no", 0}, {"true", 1},       {"false", 0},        {"1", 1}, {"0", 0},
        {"y", 1},   {"n", 0},  {"subscribed", 1}, {"unsubscribed", 0}, {"t", 1}, {"f", 0},
    };
    char memory[PARSE_TEXT_MAX];
    struct str text;

    TRY(parse_clean(s, memory, N_("yes or no"), &text, err));
    for (size_t i = 0; i < TM_COUNT(words); i++) {
        if (str_ieqz(text, words[i].word)) {
            *out_flag = words[i].flag;
            return ERR_OK;
        }
    }
    if (!parse_is_unknown(text))
        return parse_refuse(text, N_("yes or no"), err);
    *out_flag = -1;
    return ERR_OK;
}
