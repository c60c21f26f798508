/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sending_settings.h - the section `sending` of tidemark.yaml (docs/settings.md): in whose name
 * messages go out, through which mail server, how fast and how often to one person.
 *
 * Secrets do not stand here: a password is read from a file or the environment when it is used.
 */
#ifndef TM_STORE_SENDING_SETTINGS_H
#define TM_STORE_SENDING_SETTINGS_H

#include "base/json_write.h"
#include "base/yaml.h"

enum { SENDING_CAPS_MAX = 8, SENDING_HOURS_MAX = 8, SENDING_CHANNEL_BYTES = 16 };

enum sending_tls {
    SENDING_TLS_OFF,
    SENDING_TLS_OPPORTUNISTIC,
    SENDING_TLS_REQUIRED,
    SENDING_TLS_IMPLICIT
};

/* A mail service that tells over HTTP what became of messages (outreach/mail/provider.h). */
enum sending_provider {
    SENDING_PROVIDER_NONE,
    SENDING_PROVIDER_SES,
    SENDING_PROVIDER_POSTMARK,
    SENDING_PROVIDER_MAILGUN,
    SENDING_PROVIDER_SENDGRID,
    SENDING_PROVIDER_BREVO,
    SENDING_PROVIDERS
};
extern const char *const sending_provider_words[]; /* "mailgun" */

struct sending_from {
    char name[128], address[255];
};
/* At most `most` messages in so many hours, on one channel or ("any") over all. */
struct sending_cap {
    char channel[SENDING_CHANNEL_BYTES];
    int most, hours;
    int then; /* 0: the message waits, 1: it is skipped */
};
/* Minutes of the local day. */
struct sending_window {
    char channel[SENDING_CHANNEL_BYTES];
    int from_minute, until_minute;
};

struct sending {
    bool given; /* the section is there */
    struct sending_from marketing, transactional;
    char reply_to[255];
    char postal_address[512]; /* of the shop, in each marketing message */
    char url[512], logo[512]; /* https://shop.example */
    char color[8];            /* "#1a73e8" */
    char bounce_domain[254];  /* of the return path; "": answers of servers go to the sender */
    char bounce_folder[512];  /* Maildir of what comes to it, from the workspace's; "": none */
    struct { /* what comes to it, in a mailbox: "imaps://mail.shop.example/INBOX" */
        char url[512], user[255], password_file[512], password_env[64], ca_file[512], move_to[256];
        bool remove;
    } mailbox;
    struct {
        char host[254], user[255], password_file[512], password_env[64], ca_file[512], name[254];
        int port, tls, connections;
    } smtp;
    struct {
        char key_file[512], domain[254], selector[64];
    } dkim;
    struct { /* a text message service with Twilio's API */
        char base[512], account[65], user[65], password_file[512], password_env[64], from[64];
        char token_file[512], token_env[64]; /* of the account, where `user` is an API key */
    } sms;
    struct {
        int name; /* enum sending_provider */
        char secret_file[512], secret_env[64], topic[256], certificate_file[512];
    } provider;
    bool private_network; /* webhooks may go to the shop's own network, without TLS, on any port */
    int per_minute, per_minute_domain; /* 0: no limit */
    /* From that day on as many a day as `first`, a quarter more each day, for six weeks; 0: not. */
    int64_t warm_up_day;
    int warm_up_first;
    bool caps_given; /* else the gate's own, as the next two */
    struct sending_cap caps[SENDING_CAPS_MAX];
    size_t cap_count;
    struct sending_window hours[SENDING_HOURS_MAX]; /* of channels that are other than usual */
    size_t hours_count;
    int same_after_days; /* the same content again after so many; -1: the gate's own */
    int approval_from;   /* people from whom on a campaign needs a second person's word; 0: none */
    bool track_clicks, track_opens;
};

struct sending sending_default(void);
/* Those of `n` channels by which the shop can send, in their order; all where it can by none, or
 * for NULL. How many. */
size_t sending_ways(const struct sending *sending, const char *const *channels, size_t n,
                    const char **out);
/* For the table of settings.c: `out` is a struct sending. */
enum err_code sending_read(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg);
/* What differs from the default, as an object from which it is read again. */
void sending_write(struct json_writer *w, const struct sending *sending);
/* How many may be sent a minute on a day, by the limit and the warm-up; 0: no limit. */
int sending_per_minute(const struct sending *sending, int64_t day);

#endif
