/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/peers.h"

#include "store/sqlite.h"

/* How many shops are kept, and since when this one is (INT64_MIN: it is not). */
static enum err_code look(struct store *store, const char *shop, int64_t *out_count,
                          int64_t *out_made, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store,
                  "SELECT count(*), coalesce(max(CASE WHEN shop = $1 THEN made_us END), $2)"
                  " FROM peer",
                  &s, err));
    stmt_textz(&s, 1, shop);
    stmt_int(&s, 2, INT64_MIN);
    if (stmt_next(&s)) {
        *out_count = stmt_col_int(&s, 0);
        *out_made = stmt_col_int(&s, 1);
    }
    return stmt_close(&s, err);
}

enum err_code store_peer_put(struct store *store, const struct kept_peer *peer, bool *out_kept,
                             struct err *err)
{
    int64_t count = 0, made = INT64_MIN;
    struct stmt s;

    *out_kept = false;
    if (peer->text.n > STORE_PEER_BYTES)
        return err_set(err, ERR_TOO_LARGE, "a shop's export has %zu bytes, %d at most",
                       peer->text.n, STORE_PEER_BYTES);
    TRY(look(store, peer->shop, &count, &made, err));
    if (made != INT64_MIN && made >= peer->made_us)
        return ERR_OK;
    if (made == INT64_MIN && count >= STORE_PEERS_MAX)
        return err_set(err, ERR_TOO_LARGE, "%d shops are kept; there is no room for another",
                       STORE_PEERS_MAX);
    TRY(stmt_open(store,
                  "INSERT INTO peer (shop, made_us, content) VALUES ($1, $2, $3)"
                  " ON CONFLICT (shop) DO UPDATE SET made_us = excluded.made_us,"
                  " content = excluded.content",
                  &s, err));
    stmt_textz(&s, 1, peer->shop);
    stmt_int(&s, 2, peer->made_us);
    stmt_text(&s, 3, peer->text);
    stmt_next(&s);
    TRY(stmt_close(&s, err));
    *out_kept = true;
    return ERR_OK;
}

enum err_code store_peers_each(struct store *store,
                               enum err_code (*each)(void *ctx, const struct kept_peer *peer,
                                                     struct err *err),
                               void *ctx, struct err *err)
{
    enum err_code rc = ERR_OK, end;
    struct kept_peer peer;
    struct stmt s;

    TRY(stmt_open(store, "SELECT shop, made_us, content FROM peer ORDER BY shop", &s, err));
    while (rc == ERR_OK && stmt_next(&s)) {
        stmt_col_copy(&s, 0, peer.shop, sizeof(peer.shop));
        peer.made_us = stmt_col_int(&s, 1);
        peer.text = stmt_col_text(&s, 2);
        rc = each(ctx, &peer, err);
    }
    end = stmt_close(&s, rc == ERR_OK ? err : NULL);
    return rc == ERR_OK ? end : rc;
}
