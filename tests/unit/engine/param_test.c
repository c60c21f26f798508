/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "engine/transfer.h"

#include "tap.h"

static const char *text(struct param p, const char *type)
{
    static char copy[1000];
    struct buf b = BUF_INIT(sizeof(copy) - 1);
    struct err err = ERR_INIT;

    if (param_add(&b, &p, type, &err) == ERR_OK)
        memcpy(copy, buf_cstr(&b), b.n + 1);
    else
        snprintf(copy, sizeof(copy), "%s", err.msg);
    buf_release(&b);
    return copy;
}

int main(void)
{
    struct buf tiny = BUF_INIT(3);
    struct err err = ERR_INIT;

    CHECK_STR(text((struct param)PARAM_STRZ("x", "plain 'quoted' \"text\""), "String"),
              "plain 'quoted' \"text\"");
    CHECK_STR(text((struct param)PARAM_STR("x", STR_LIT("a\tb\nc\\d\re\0f\bg\fh")), "String"),
              "a\\tb\\nc\\\\d\\re\\0f\\bg\\fh");
    CHECK_STR(text((struct param)PARAM_STRZ("x", "\\N"), "String"), "\\\\N");
    CHECK_STR(text((struct param)PARAM_STRZ("x", "مرحبا ไทย"), "String"), "مرحبا ไทย");
    CHECK_STR(text((struct param)PARAM_I64("x", -5), "Int64"), "-5");
    CHECK_STR(text((struct param)PARAM_I64("x", INT64_MIN), "Int64"), "-9223372036854775808");
    CHECK_STR(text((struct param)PARAM_I64("x", AMOUNT_NONE), "Nullable(Int64)"), "\\N");
    CHECK_STR(text((struct param)PARAM_F64("x", 0.1), "Float64"), "0.10000000000000001");
    CHECK_STR(text((struct param)PARAM_F64("x", (double)NAN), "Nullable(Float64)"), "\\N");
    CHECK_STR(text((struct param)PARAM_AT("x", 1785542401000007), "DateTime64(6,'UTC')"),
              "2026-08-01 00:00:01.000007");
    CHECK_STR(text((struct param)PARAM_AT("x", 1785542401000007), "DateTime"),
              "2026-08-01 00:00:01");
    CHECK_STR(text((struct param)PARAM_AT("x", 1785542401000007), "Date32"), "2026-08-01");
    CHECK_STR(text((struct param)PARAM_AT("x", 1785542401000007), "Int64"), "1785542401000007");
    CHECK_STR(text((struct param)PARAM_I64("x", -1), "Date32"), "1969-12-31");
    CHECK_INT(param_add(&tiny, &(struct param)PARAM_STRZ("x", "four"), "String", &err),
              ERR_TOO_LARGE);
    buf_release(&tiny);
    return tap_done();
}
