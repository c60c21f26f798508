/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/parse.h"

#include "base/i18n.h"

enum err_code read_style_settle(struct read_style *style, struct err *err)
{
    bool dmy = style->saw_dmy || style->dates == DATES_DMY;
    bool mdy = style->saw_mdy || style->dates == DATES_MDY;
    bool point = style->saw_point || style->decimals == DECIMALS_POINT;
    bool comma = style->saw_comma || style->decimals == DECIMALS_COMMA;
    bool dates_open = style->ambiguous_date && !dmy && !mdy;
    bool numbers_open = style->ambiguous_number && !point && !comma;

    if (dmy && mdy)
        return err_set(err, ERR_INVALID,
                       "some dates have the day before the month, others the month before the day");
    if (point && comma)
        return err_set(err, ERR_INVALID,
                       "some numbers have a decimal point, others a decimal comma");
    if (dates_open || numbers_open) {
        err_set(err, ERR_AMBIGUOUS, "%s can be read in two ways, and nothing in the text decides",
                dates_open && numbers_open ? _("its dates and its numbers")
                : dates_open               ? _("its dates (03/04/2026)")
                                           : _("its numbers (1,234)"));
        err_hint(err, "Say how: %s%s%s.",
                 dates_open ? _("--dates dmy (day first) or --dates mdy (month first)") : "",
                 dates_open && numbers_open ? _(", and ") : "",
                 numbers_open ? _("--decimals point (1,234.5) or --decimals comma (1.234,5)") : "");
        return ERR_AMBIGUOUS;
    }
    if (dmy || mdy)
        style->dates = dmy ? DATES_DMY : DATES_MDY;
    if (point || comma)
        style->decimals = point ? DECIMALS_POINT : DECIMALS_COMMA;
    return ERR_OK;
}
