/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* address.c - whether an address may be written down, before anything goes there. */
#include "base/i18n.h"
#include "outreach/egress/egress.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* Names that no public name server knows (RFC 6761, 6762, 8375, 9476, ICANN's .internal). */
static const char *const private_names[] = {"localhost", "local",       "internal", "home.arpa",
                                            "lan",       "intranet",    "corp",     "home",
                                            "test",      "localdomain", "alt",      "onion"};

#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."

struct address_parts {
    char *scheme, *host, *port, *user, *password;
};

static void release(struct address_parts *p)
{
    curl_free(p->scheme);
    curl_free(p->host);
    curl_free(p->port);
    curl_free(p->user);
    curl_free(p->password);
}

/* Letters of a name that are written as numbers are nobody's habit but of who hides something. */
static bool is_encoded(const char *url)
{
    const char *name = strstr(url, "//");

    return name && memchr(name + 2, '%', strcspn(name + 2, "/?#"));
}

static bool split(const char *url, struct address_parts *out)
{
    CURLU *u = curl_url();
    bool good = u && !is_encoded(url) && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK;

    *out = (struct address_parts){0};
    if (good) {
        curl_url_get(u, CURLUPART_SCHEME, &out->scheme, 0);
        curl_url_get(u, CURLUPART_HOST, &out->host, 0);
        curl_url_get(u, CURLUPART_PORT, &out->port, CURLU_DEFAULT_PORT);
        curl_url_get(u, CURLUPART_USER, &out->user, 0);
        curl_url_get(u, CURLUPART_PASSWORD, &out->password, 0);
    }
    curl_url_cleanup(u);
    return good && out->scheme && out->host && out->port;
}

/* A number instead of a name: whose it is can be told at once. */
static bool is_special_number(const char *host)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    char inner[64] = "";

    snprintf(inner, sizeof(inner), "%s", host);
    if (*inner && inner[strlen(inner) - 1] == '.')
        inner[strlen(inner) - 1] = 0;
    if (inet_pton(AF_INET, inner, &v4.sin_addr) == 1)
        return !egress_public((const struct sockaddr *)&v4);
    if (host[0] != '[')
        return false;
    snprintf(inner, sizeof(inner), "%.*s", (int)strcspn(host + 1, "]%"), host + 1);
    return inet_pton(AF_INET6, inner, &v6.sin6_addr) != 1 ||
           !egress_public((const struct sockaddr *)&v6);
}

static bool is_private_name(const char *host)
{
    size_t n = strlen(host);

    if (n && host[n - 1] == '.')
        n--;
    if (host[0] != '[' && !memchr(host, '.', n))
        return true;
    for (size_t i = 0; i < TM_COUNT(private_names); i++) {
        size_t m = strlen(private_names[i]);

        if (n >= m && strncasecmp(host + n - m, private_names[i], m) == 0 &&
            (n == m || host[n - m - 1] == '.'))
            return true;
    }
    return false;
}

static const char *fault(const struct address_parts *p, const struct egress_rules *rules)
{
    bool https = strcasecmp(p->scheme, "https") == 0;

    if (!https && strcasecmp(p->scheme, "http") != 0)
        return N_("it must begin with https://");
    if (!https && !rules->plain)
        return N_("it must begin with https://, so that nobody on the way reads it");
    if (p->user || p->password)
        return N_("it must not hold a name or password");
    if (!rules->any_port && strcmp(p->port, https ? "443" : "80") != 0)
        return N_("it must not name another port");
    if (p->host[0] != '[' && strspn(p->host, NAME_LETTERS) != strlen(p->host))
        return N_("its name has letters that no name of a server has");
    if (!rules->private_network && (is_special_number(p->host) || is_private_name(p->host)))
        return N_("it leads into a private network, not to a server of the internet");
    return NULL;
}

enum err_code egress_check(struct str url, const struct egress_rules *rules, struct err *err)
{
    char text[EGRESS_URL_MAX + 1];
    struct address_parts parts;
    const char *wrong = NULL;

    if (url.n > EGRESS_URL_MAX)
        return err_set(err, ERR_TOO_LARGE, _("an address has at most %d bytes"), EGRESS_URL_MAX);
    for (size_t i = 0; i < url.n; i++)
        if ((unsigned char)url.p[i] <= ' ' || (unsigned char)url.p[i] >= 0x7f)
            return err_set(err, ERR_INVALID,
                           _("an address has no blanks and only letters of ASCII"));
    snprintf(text, sizeof(text), "%.*s", (int)url.n, url.p);
    if (!split(text, &parts))
        wrong = N_("it must be written like https://shop.example/path");
    else
        wrong = fault(&parts, rules);
    release(&parts);
    return wrong ? err_set(err, ERR_INVALID, _("the address \"%s\" cannot be used: %s"), text,
                           i18n_text(wrong))
                 : ERR_OK;
}
