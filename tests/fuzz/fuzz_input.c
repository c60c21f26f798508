/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "fuzz.h"

#include "base/input.h"
#include "base/utf8.h"

enum { OUTPUT_MAX = 16 << 20, LINE_LIMIT = 1000 };

static void read_pieces(struct input *input)
{
    struct err err = ERR_INIT;
    struct str piece = STR_NONE;
    size_t total = 0;

    do {
        if (input_read(input, &piece, &err) != ERR_OK) {
            MUST(err.code && err.msg[0]);
            return;
        }
        MUST(utf8_first_invalid(piece) == piece.n);
        MUST(piece.n == 0 || !memchr(piece.p, 0, piece.n));
        total += piece.n;
    } while (piece.n && total < OUTPUT_MAX);
}

static void read_lines(struct input *input)
{
    struct str line;
    int64_t number, last = 0;
    bool more = true;

    while (last < 100000 && input_line(input, LINE_LIMIT, &line, &number, &more, NULL) == ERR_OK &&
           more) {
        MUST(number == last + 1 && line.n <= LINE_LIMIT);
        MUST(line.n == 0 || (!memchr(line.p, '\n', line.n) && !memchr(line.p, '\r', line.n)));
        last = number;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_file(data, size);
    size_t members = 0;

    if (input_member_count(path, &members, NULL) != ERR_OK || members > 3)
        return 0;
    for (size_t i = 0; i < members; i++) {
        TM_CLEANUP(input_closep) struct input *input = NULL;

        if (input_open(path, i, &input, NULL) != ERR_OK)
            continue;
        read_pieces(input);
        if (input_reopen(input, NULL) == ERR_OK)
            read_lines(input);
    }
    return 0;
}
