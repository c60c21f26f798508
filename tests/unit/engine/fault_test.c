/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "engine/transfer.h"

#include "tap.h"

int main(void)
{
    static const struct {
        const char *text, *msg;
        enum err_code as;
        int code;
    } cases[] = {
        {"Code: 47. DB::Exception: Unknown identifier `x`. (UNKNOWN_IDENTIFIER) (version "
         "26.7.2.1)\n",
         "the analytics engine: Unknown identifier `x`. (UNKNOWN_IDENTIFIER) [code 47]", ERR_ENGINE,
         47},
        {"Code: 241. DB::Exception: (total) memory limit exceeded: would use 700 MiB",
         "the analytics engine: (total) memory limit exceeded: would use 700 MiB [code 241]",
         ERR_MEMORY, 241},
        {"Code: 159. DB::Exception: Timeout", "the analytics engine: Timeout [code 159]",
         ERR_TIMEOUT, 159},
        {"Code: 394. DB::Exception: Query was cancelled",
         "the analytics engine: Query was cancelled [code 394]", ERR_CANCELLED, 394},
        {"Code: 516. DB::Exception: a: b", "the analytics engine: a: b [code 516]", ERR_DENIED,
         516},
        {"Code: 75. DB::Exception: Cannot write: No space left on device",
         "the analytics engine: Cannot write: No space left on device [code 75]", ERR_NO_SPACE, 75},
        {"There is no handle /\n", "the analytics engine answered: There is no handle /",
         ERR_ENGINE, 0},
        {"", "the analytics engine answered: ", ERR_ENGINE, 0},
    };

    for (size_t i = 0; i < TM_COUNT(cases); i++) {
        struct err err = ERR_INIT;
        int code = -1;

        CHECK_INT(fault_set(str_of(cases[i].text), &code, &err), cases[i].as);
        CHECK_INT(err.code, cases[i].as);
        CHECK_INT(code, cases[i].code);
        CHECK_STR(err.msg, cases[i].msg);
        CHECK(cases[i].as != ERR_MEMORY || *err.hint);
    }
    return tap_done();
}
