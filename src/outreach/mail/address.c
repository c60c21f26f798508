/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/mail/address.h"

#include <pthread.h>
#include <unicode/uidna.h>

enum { LABEL_MAX = 63 };

static pthread_once_t names_once = PTHREAD_ONCE_INIT;
static UIDNA *names; /* never closed: may be used by all threads at once */

static void names_open(void)
{
    UErrorCode status = U_ZERO_ERROR;

    names = uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_USE_STD3_RULES |
                                UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ,
                            &status);
    if (U_FAILURE(status))
        names = NULL;
}

static bool ascii(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0x80)
            return false;
    return true;
}

/* Letters, digits and inner hyphens; at least two labels; the last not of digits alone, which
 * would be an IP address. */
static bool domain_valid(const char *domain)
{
    size_t labels = 0;
    bool digits = true;

    for (const char *label = domain; *label;) {
        size_t n = strcspn(label, ".");

        if (n == 0 || n > LABEL_MAX || label[0] == '-' || label[n - 1] == '-')
            return false;
        digits = true;
        for (size_t i = 0; i < n; i++) {
            if (!isalnum((unsigned char)label[i]) && label[i] != '-')
                return false;
            digits = digits && isdigit((unsigned char)label[i]);
        }
        labels++;
        if (label[n] == '.' && !label[n + 1])
            return false;
        label += n + (label[n] == '.');
    }
    return labels >= 2 && !digits;
}

static bool domain_to_ascii(struct str raw, char *out)
{
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    UErrorCode status = U_ZERO_ERROR;
    int32_t n;

    pthread_once(&names_once, names_open);
    if (!names || raw.n > 4 * MAIL_DOMAIN_MAX)
        return false;
    n = uidna_nameToASCII_UTF8(names, raw.p, (int32_t)raw.n, out, MAIL_DOMAIN_MAX, &info, &status);
    if (U_FAILURE(status) || info.errors != 0 || n > MAIL_DOMAIN_MAX)
        return false;
    out[n] = 0;
    return true;
}

enum err_code mail_domain_read(struct str raw, char *out, struct err *err)
{
    char domain[MAIL_DOMAIN_MAX + 1] = "";
    bool fits = true;

    if (!ascii(raw))
        fits = domain_to_ascii(raw, domain);
    else if (raw.n <= MAIL_DOMAIN_MAX)
        for (size_t i = 0; i < raw.n; i++)
            domain[i] = (char)tolower((unsigned char)raw.p[i]);
    else
        fits = false;
    if (!fits || !domain_valid(domain))
        return err_set(err, ERR_INVALID, "\"%.*s\" is no domain that mail can go to",
                       (int)(raw.n < 100 ? raw.n : 100), raw.p);
    memcpy(out, domain, strlen(domain) + 1);
    return ERR_OK;
}

/* Words of letters, digits and the signs that need no quotes, with dots between them. */
static bool local_valid(struct str local)
{
    if (local.n == 0 || local.n > MAIL_LOCAL_MAX || local.p[0] == '.' ||
        local.p[local.n - 1] == '.')
        return false;
    for (size_t i = 0; i < local.n; i++) {
        unsigned char c = (unsigned char)local.p[i];

        if (c == '.' ? local.p[i - 1] == '.' : !isalnum(c) && !strchr("!#$%&'*+-/=?^_`{|}~", c))
            return false;
        if (c == 0)
            return false;
    }
    return true;
}

enum err_code mail_address_read(struct str raw, struct mail_address *out, struct err *err)
{
    const char *at = raw.n ? memrchr(raw.p, '@', raw.n) : NULL;
    struct str local = at ? (struct str){raw.p, (size_t)(at - raw.p)} : STR_NONE;
    struct str domain = at ? (struct str){at + 1, raw.n - local.n - 1} : STR_NONE;
    struct mail_address made = {.domain = local.n + 1};
    char name[MAIL_DOMAIN_MAX + 1];
    int shown = (int)(raw.n < 100 ? raw.n : 100);

    if (!ascii(local)) {
        err_set(err, ERR_INVALID, "the address \"%.*s\" has other letters than a to z before its @",
                shown, raw.p);
        err_hint(err, "Many mail servers cannot deliver to such addresses: ask for another one.");
        return ERR_INVALID;
    }
    if (!local_valid(local) || mail_domain_read(domain, name, NULL) != ERR_OK ||
        local.n + 1 + strlen(name) > MAIL_ADDRESS_MAX)
        return err_set(err, ERR_INVALID, "\"%.*s\" is no address that mail can go to", shown,
                       raw.p);
    made.n = (size_t)snprintf(made.text, sizeof(made.text), "%.*s@%s", (int)local.n, local.p, name);
    *out = made;
    return ERR_OK;
}
