/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/money_funnel.h"

struct funnel_move funnel_as_is(void)
{
    return (struct funnel_move){.conversion = 1,
                                .unfinished = 1,
                                .identified = 1,
                                .recovery = 1,
                                .clicks = 1,
                                .flow = 1,
                                .list = 1};
}

/* Sales that messages bring by the mailing tool's count, beyond today's. */
static double messages_more(const struct funnel *f, const struct funnel_move *m)
{
    double cart = f->carts * f->order_value;
    double now = cart * f->reminded * f->recovered;
    double then = cart * m->unfinished * m->identified * fmin(f->reminded + m->reminded, 1) *
                  fmin(f->recovered * fmax(m->recovery, m->flow), 1);
    double others = fmax(f->flows - now, 0) * (m->flow - 1);
    double campaigns = f->campaigns * (m->list * m->clicks - 1);
    double more = then - now + others + campaigns;

    return m->messages > 0 ? fmax(more, m->messages) : more;
}

double funnel_gain(const struct funnel *f, const struct funnel_move *m)
{
    double doing = f->incrementality * messages_more(f, m);
    double after_first = (1 + f->further) * f->repeat_value;
    double base = f->first_customers * f->second * after_first;
    double repeat = base * (m->conversion - 1) + f->repeat_share * doing;
    double gain;

    if (m->second > 0)
        repeat = fmax(repeat, f->first_customers * m->conversion * fmin(f->second + m->second, 1) *
                                      after_first -
                                  base);
    gain = (f->first_customers * f->first_value + f->guests) * (m->conversion - 1) + repeat +
           (1 - f->repeat_share) * doing;
    return fmax(fmax(gain, m->sales), 0);
}
