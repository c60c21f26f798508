/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The engine's errors, in words and codes of this program. */
#include "engine/transfer.h"

#include "base/i18n.h"

static const struct {
    int code;
    enum err_code as;
    const char *hint;
} meanings[] = {
    {241, ERR_MEMORY, N_("Give the engine more memory, or look at a shorter time.")},
    {173, ERR_MEMORY, N_("The machine ran out of memory. Close other programs.")},
    {159, ERR_TIMEOUT, N_("Try again, or raise the time limit.")},
    {394, ERR_CANCELLED, NULL},
    {516, ERR_DENIED,
     N_("Another program may have taken the engine's place. Start the command again.")},
    {497, ERR_DENIED, N_("The engine may only use its own tables.")},
    {243, ERR_NO_SPACE, N_("Free some space on the disk of the engine's folder.")},
    {158, ERR_TOO_LARGE, NULL},
    {396, ERR_TOO_LARGE, NULL},
    {202, ERR_BUSY, N_("Too many statements at once. Try again.")},
};

static bool cut_prefix(struct str *s, const char *prefix)
{
    size_t n = strlen(prefix);

    if (!str_starts(*s, prefix))
        return false;
    s->p += n;
    s->n -= n;
    return true;
}

/* The number behind "Code: ", 0 when the text is no such error. */
static int cut_code(struct str *s)
{
    int code = 0;

    if (!cut_prefix(s, "Code: "))
        return 0;
    while (s->n && isdigit((unsigned char)s->p[0]) && code < 100000) {
        code = code * 10 + (s->p[0] - '0');
        s->p++;
        s->n--;
    }
    cut_prefix(s, ". ");
    cut_prefix(s, "DB::Exception: ");
    return code;
}

enum err_code fault_set(struct str text, int *out_code, struct err *err)
{
    enum err_code as = ERR_ENGINE;
    const char *hint = NULL;
    static const char *const noise[] = {" (version ", ": In scope "}; /* the statement again */

    text = str_trim(text);
    *out_code = cut_code(&text);
    for (size_t i = 0; i < TM_COUNT(noise); i++) {
        const char *at = memmem(text.p, text.n, noise[i], strlen(noise[i]));

        if (at)
            text.n = (size_t)(at - text.p);
    }
    for (size_t i = 0; i < TM_COUNT(meanings); i++)
        if (meanings[i].code == *out_code) {
            as = meanings[i].as;
            hint = meanings[i].hint;
        }
    if (str_icontains(text, "No space left on device")) {
        as = ERR_NO_SPACE;
        hint = N_("Free some space on the disk of the engine's folder.");
    }
    if (text.n > 400)
        text.n = 400;
    if (*out_code)
        err_set(err, as, "the analytics engine: %.*s [code %d]", (int)text.n, text.p, *out_code);
    else
        err_set(err, as, "the analytics engine answered: %.*s", (int)text.n, text.p);
    if (hint)
        err_hint(err, "%s", _(hint));
    return as;
}
