/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "fuzz.h"

#include "base/timestamp.h"
#include "outreach/mail/provider.h"

static enum err_code never(void *ctx, const struct provider_event *e, struct err *err)
{
    (void)ctx;
    (void)e;
    (void)err;
    MUST(false); /* without keys no event is about a message of ours */
    return ERR_OK;
}

/* Whatever comes is not proven, is about nobody, and no other server than Amazon's is asked. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct json_parser *outer, *inner;
    const struct provider_secret secret = {
        .secret = "key", .topic = "arn:aws:sns:x", .certificate = STR_LIT("-----BEGIN")};
    struct provider_call call = {.body = {(const char *)data, size}};
    struct err err = ERR_INIT;
    struct str url;

    if (!outer) {
        outer = json_parser_new(PROVIDER_BODY_MAX);
        inner = json_parser_new(PROVIDER_BODY_MAX);
    }
    if (json_parse(outer, call.body, &call.root, &err) != ERR_OK)
        return 0;
    call.headers[0] = "Basic dGlkZW1hcms6bm8=";
    call.headers[1] = "1588788367";
    for (int p = 1; p < SENDING_PROVIDERS; p++) {
        int64_t until_us;

        err = (struct err)ERR_INIT;
        if (provider_fresh((enum sending_provider)p, &call, 1588788367000000, &until_us))
            MUST(until_us == TIME_NONE || until_us >= 1588788367000000);
        MUST(!provider_proven((enum sending_provider)p, &secret, &call));
        MUST(provider_events((enum sending_provider)p, NULL, &call, inner, never, NULL, &err) ==
                 ERR_OK ||
             err.code != ERR_OK);
    }
    url = provider_certificate_url(&call);
    MUST(!url.n || str_starts(url, "https://sns."));
    url = provider_confirm_url(&call);
    MUST(!url.n || str_starts(url, "https://sns."));
    return 0;
}
