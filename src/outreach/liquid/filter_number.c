/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/liquid/filter.h"

#include "outreach/liquid/number.h"

FILTER(abs)
{
    (void)r;
    (void)args;
    *out = number_of(v);
    if (out->type == VALUE_INT && out->i != INT64_MIN)
        out->i = out->i < 0 ? -out->i : out->i;
    else if (out->type == VALUE_FLOAT)
        out->f = fabs(out->f);
    return ERR_OK;
}

FILTER(plus)
{
    return number_calculate(NUMBER_PLUS, v, args->at[0], out, r->err);
}

FILTER(minus)
{
    return number_calculate(NUMBER_MINUS, v, args->at[0], out, r->err);
}

FILTER(times)
{
    return number_calculate(NUMBER_TIMES, v, args->at[0], out, r->err);
}

FILTER(divided_by)
{
    return number_calculate(NUMBER_DIVIDE, v, args->at[0], out, r->err);
}

FILTER(modulo)
{
    return number_calculate(NUMBER_MODULO, v, args->at[0], out, r->err);
}

FILTER(round)
{
    struct value decimals = number_floor(args->n ? args->at[0] : value_int(0));

    (void)r;
    *out = number_round(v, decimals.type == VALUE_INT ? decimals.i : 0);
    return ERR_OK;
}

FILTER(floor)
{
    (void)r;
    (void)args;
    *out = number_floor(v);
    return ERR_OK;
}

FILTER(ceil)
{
    (void)r;
    (void)args;
    *out = number_ceil(v);
    return ERR_OK;
}

/* The one of the two that the sign points to. */
static struct value extreme(struct value v, struct value other, int sign)
{
    int order = 0;

    v = number_of(v);
    other = number_of(other);
    value_order(other, v, &order);
    return order == sign ? other : v;
}

FILTER(at_least)
{
    (void)r;
    *out = extreme(v, args->at[0], 1);
    return ERR_OK;
}

FILTER(at_most)
{
    (void)r;
    *out = extreme(v, args->at[0], -1);
    return ERR_OK;
}
