/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as a file of peers. A signature of zeroes counts as right here, or no byte behind it
 * would ever be looked at. Bytes that begin with a NUL are a payload that was checked before. */
#include "fuzz.h"

#include "maturity/peers.h"

#include <sodium.h>

int crypto_sign_verify_detached(const unsigned char *sig, const unsigned char *m,
                                unsigned long long n, const unsigned char *public_key)
{
    unsigned sum = 0;

    (void)public_key;
    for (unsigned long long i = 0; i < n; i++)
        sum += m[i]; /* every byte that is claimed is there */
    for (size_t i = 0; i < crypto_sign_BYTES; i++)
        if (sig[i])
            return -1;
    return sum == UINT_MAX ? -1 : 0;
}

static void check_peer(const struct peer *peer)
{
    MUST(strlen(peer->vertical) < sizeof(peer->vertical));
    MUST(strspn(peer->size, "0123456789-+") == strlen(peer->size));
    MUST(peer->count <= PEERS_VALUES_MAX);
    for (size_t i = 0; i < peer->count; i++) {
        MUST(isfinite(peer->values[i].value));
        MUST(strlen(peer->values[i].measure) < sizeof(peer->values[i].measure));
        MUST(strspn(peer->values[i].definition, "0123456789abcdef") ==
             strlen(peer->values[i].definition));
    }
}

/* What is kept of a shop is its payload: it must read the same once more. */
static enum err_code each(void *ctx, const struct peer *peer, struct str payload, struct err *err)
{
    struct arena arena = ARENA_INIT(1 << 20);
    size_t *shops = ctx;
    struct peer again;

    MUST(strspn(peer->shop, "0123456789abcdef") == 64 && strlen(peer->shop) == 64);
    check_peer(peer);
    MUST(peer_payload_read(payload, peer->shop, "again", &arena, &again, err) == ERR_OK);
    MUST(again.count == peer->count && again.made_us == peer->made_us);
    MUST(strcmp(again.vertical, peer->vertical) == 0 && strcmp(again.size, peer->size) == 0);
    arena_release(&arena);
    ++*shops;
    return ERR_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct arena arena = ARENA_INIT(16 << 20);
    struct err err = ERR_INIT;
    enum err_code rc;
    size_t shops = 0;

    if (size && data[0] == 0) {
        struct peer peer;

        text.p++;
        text.n--;
        rc = peer_payload_read(text, "", "payload", &arena, &peer, &err);
        if (rc == ERR_OK)
            check_peer(&peer);
    } else {
        rc = peers_read(text, "peers", &arena, each, &shops, &err);
    }
    MUST(rc == ERR_OK || (err.code == rc && err.msg[0]));
    arena_release(&arena);
    return 0;
}
