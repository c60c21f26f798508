/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/i18n.h"
#include "outreach/mail/address.h"
#include "outreach/mail/smtp.h"

void smtp_settings_default(struct smtp_settings *out)
{
    *out = (struct smtp_settings){
        .host = "",
        .port = 587,
        .tls = SMTP_TLS_REQUIRED,
        .user = "",
        .password = "",
        .ca_file = "",
        .name = "localhost",
        .connect_ms = 30000,
        .command_ms = 300000,
        .last_ms = 600000,
        .idle_ms = 20000,
        .connections = 8,
        .per_connection = 100,
        .pending = 2000,
        .destination = {.start = 2, .most = 8},
    };
}

/* Part of a URL and of a command: nothing that could end either. */
static bool host_valid(const char *host)
{
    size_t n = strlen(host);

    if (n == 0 || n > MAIL_DOMAIN_MAX)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!isalnum((unsigned char)host[i]) && !strchr(".-:[]", host[i]))
            return false;
    return true;
}

enum err_code smtp_settings_check(const struct smtp_settings *s, struct err *err)
{
    const struct {
        int value, least, most;
        const char *name;
    } numbers[] = {
        {s->port, 1, 65535, N_("port")},
        {s->connections, 1, SMTP_CONNECTIONS_MAX, N_("connections")},
        {s->per_connection, 1, 1000000, N_("messages for each connection")},
        {s->pending, 1, SMTP_PENDING_MAX, N_("messages at once")},
        {s->connect_ms, 1, 3600000, N_("time to connect")},
        {s->command_ms, 1, 3600000, N_("time for an answer")},
        {s->last_ms, 1, 3600000, N_("time for the last answer")},
        {s->idle_ms, 1, 3600000, N_("time without use")},
        {s->destination.start, 1, 1000, N_("messages at once to a new destination")},
        {s->destination.most, 1, 1000, N_("messages at once to a destination")},
        {s->destination.per_minute, 0, 10000000, N_("messages a minute to a destination")},
        {s->per_minute, 0, 10000000, N_("messages a minute")},
    };

    if (!host_valid(s->host))
        return err_set(err, ERR_INVALID, "\"%.100s\" is no name of a mail server", s->host);
    if (!host_valid(s->name))
        return err_set(err, ERR_INVALID, "\"%.100s\" is no name that this host could give itself",
                       s->name);
    for (size_t i = 0; i < TM_COUNT(numbers); i++)
        if (numbers[i].value < numbers[i].least || numbers[i].value > numbers[i].most)
            return err_set(err, ERR_INVALID, "of the mail server: %s is %d; it can be %d to %d",
                           _(numbers[i].name), numbers[i].value, numbers[i].least, numbers[i].most);
    if (s->user[0] && (s->tls == SMTP_TLS_OFF || s->tls == SMTP_TLS_OPPORTUNISTIC)) {
        err_set(err, ERR_INVALID, "a password is not sent to a mail server without TLS");
        err_hint(err, "Set TLS to required or implicit.");
        return ERR_INVALID;
    }
    return ERR_OK;
}
