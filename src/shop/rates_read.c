/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "shop/rates.h"

#include "base/csv.h"
#include "base/parse.h"

enum rate_column { R_DATE, R_FROM, R_TO, R_RATE, R_COLUMNS };
static const char *const rate_columns[R_COLUMNS] = {"date", "from", "to", "rate"};

static enum err_code bind_header(const struct csv_row *row, size_t bound[R_COLUMNS],
                                 struct err *err)
{
    for (size_t c = 0; c < R_COLUMNS; c++) {
        bound[c] = row->n;
        for (size_t i = 0; i < row->n; i++)
            if (str_ieqz(str_trim(row->cells[i]), rate_columns[c]))
                bound[c] = i;
        if (bound[c] == row->n) {
            err_set(err, ERR_INVALID, "the column \"%s\" is missing", rate_columns[c]);
            err_hint(err, "The first line must be: date,from,to,rate");
            return ERR_INVALID;
        }
    }
    return ERR_OK;
}

static enum err_code add_row(struct rates *rates, const struct csv_row *row,
                             const size_t bound[R_COLUMNS], struct read_style *style,
                             struct err *err)
{
    int64_t day;

    for (size_t c = 0; c < R_COLUMNS; c++)
        if (bound[c] >= row->n)
            return err_set(err, ERR_INVALID, "the row has no \"%s\"", rate_columns[c]);
    TRY(parse_day(row->cells[bound[R_DATE]], style, &day, err));
    if (day == 0)
        return err_set(err, ERR_INVALID, "the row has no date");
    return rates_add(rates, day, row->cells[bound[R_FROM]], row->cells[bound[R_TO]],
                     row->cells[bound[R_RATE]], err);
}

enum err_code rates_read(struct rates *rates, const char *path, struct err *err)
{
    TM_CLEANUP(input_closep) struct input *input = NULL;
    TM_CLEANUP(csv_closep) struct csv_reader *reader = NULL;
    struct read_style style = {.dates = DATES_UNKNOWN};
    struct csv_row row = {.line = 1};
    size_t bound[R_COLUMNS];
    bool more = false, header = true;
    enum err_code code;

    TRY(input_open(path, 0, &input, err));
    TRY(csv_open(input, 0, &reader, err));
    for (;;) {
        TRY(csv_next(reader, &row, &more, err));
        if (!more)
            return ERR_OK;
        code = header ? bind_header(&row, bound, err) : add_row(rates, &row, bound, &style, err);
        if (code) {
            err_context(err, "reading exchange rates from \"%s\", line %" PRId64, path, row.line);
            return code;
        }
        header = false;
    }
}
