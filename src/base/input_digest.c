/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/input.h"

#include "base/input_bytes.h"

#include <sodium.h>
#include <unistd.h>

enum { DIGEST_PIECE = 256 * 1024 };

enum err_code input_digest(const char *path, char out_hex[65], struct err *err)
{
    TM_CLEANUP(free_charp) char *piece = xmalloc(DIGEST_PIECE);
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    uint64_t size;
    ssize_t n;
    int fd;

    if (sodium_init() < 0)
        return err_set(err, ERR_INTERNAL, "the library of checksums cannot be started");
    TRY(input_bytes_fd(path, &fd, &size, err));
    crypto_hash_sha256_init(&state);
    while ((n = read(fd, piece, DIGEST_PIECE)) != 0) {
        if (n > 0) {
            crypto_hash_sha256_update(&state, (unsigned char *)piece, (size_t)n);
        } else if (errno != EINTR) {
            enum err_code code = err_errno(err, "\"%s\" cannot be read", path);

            close(fd);
            return code;
        }
    }
    close(fd);
    crypto_hash_sha256_final(&state, digest);
    sodium_bin2hex(out_hex, 65, digest, sizeof(digest));
    return ERR_OK;
}
