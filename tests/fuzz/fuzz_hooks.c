/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as a signed delivery of a shop's webhook: the first byte is the system, the second the
 * topic, the rest the body. What is taken is read as records, twice: a message out of the journal
 * says the same at any time. Unsigned, the same bytes are worth nothing. */
#include "fuzz.h"
#include "fuzz_live.h"

#include "intake/live/hook_parts.h"

#include <sodium.h>

static const char secret[] = "hush";

static struct fuzz_seen read_message(const struct hook_system *system,
                                     const struct journal_record *record)
{
    struct source_entry source = {.id = 1};
    struct fuzz_seen seen;

    snprintf(source.protocol, sizeof(source.protocol), "%s", system->protocol);
    seen = fuzz_read_message(&source, record);
    MUST(!seen.rejected || seen.records == 0); /* all of a message, or nothing */
    /* A key that is written with escapes waits for the drain: shops' systems write none so. */
    MUST(!seen.urgent || record->urgent || memchr(record->body.p, '\\', record->body.n));
    return seen;
}

static void sign(struct str body, char text[64])
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;

    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, sizeof(secret) - 1);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)body.p, body.n);
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_bin2base64(text, 64, mac, sizeof(mac), sodium_base64_VARIANT_ORIGINAL);
}

static void check_taken(const struct hook_system *system, struct hook_taken *taken)
{
    struct fuzz_seen one, two;

    MUST(taken->verdict == HOOK_TAKEN);
    MUST(taken->record.body.n > 0 && taken->record.body.n <= JOURNAL_BODY_MAX);
    MUST(taken->record.id.n > 0 && taken->record.id.n <= JOURNAL_ID_MAX);
    if (taken->record.refused)
        return;
    one = read_message(system, &taken->record);
    two = read_message(system, &taken->record);
    MUST(one.hash == two.hash && one.records == two.records);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct hook_system *system;
    struct hook_delivery delivery = {.received_us = INT64_C(1795004800000000)};
    struct json_parser *parser;
    struct hook_taken taken;
    struct err err = ERR_INIT;
    char signature[64];

    if (size < 2)
        return 0;
    system = data[0] % 2 ? &woocommerce_hooks : &shopify_hooks;
    parser = json_parser_new(HOOK_BODY_MAX);
    delivery.body = (struct str){(const char *)data + 2, size - 2};
    delivery.headers[HOOK_TOPIC] = system->topics[data[1] % system->topic_count].name;
    delivery.headers[HOOK_SHOP] = "example.myshopify.com";
    sign(delivery.body, signature);
    delivery.headers[HOOK_SIGNATURE] = signature;
    if (hook_accept(system, &delivery, str_of(secret), 7, parser, &taken, &err) == ERR_OK) {
        check_taken(system, &taken);
        hook_taken_release(&taken);
    }
    signature[0] = signature[0] == 'A' ? 'B' : 'A';
    MUST(hook_accept(system, &delivery, str_of(secret), 7, parser, &taken, &err) != ERR_OK ||
         taken.verdict == HOOK_UNSIGNED);
    hook_taken_release(&taken);
    json_parser_free(parser);
    return 0;
}
