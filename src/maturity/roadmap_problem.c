/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a plan is and holds, apart from how it is found. */
#include "maturity/roadmap_program.h"

static const double slack = 1e-6;

double problem_left(const struct problem *p, int quarter)
{
    return (p->quarters - quarter - .5) / 4;
}

static bool ended(const struct problem *p, const int *start, size_t step, int quarter)
{
    return start[step] != NO_QUARTER && start[step] + p->steps[step].length - 1 <= quarter;
}

static bool condition_met(const struct problem *p, const struct problem_condition *c,
                          const int *start, int quarter)
{
    double sum = 0;

    for (size_t i = 0; i < c->n; i++)
        sum += ended(p, start, c->terms[i].step, quarter) ? c->terms[i].amount : 0;
    return sum >= c->least - slack;
}

int problem_reached(const struct problem *p, const int *start)
{
    if (!p->stage_open)
        return NO_QUARTER;
    for (int q = 0; q < p->quarters; q++) {
        size_t met = 0;

        while (met < p->condition_count && condition_met(p, &p->conditions[met], start, q))
            met++;
        if (met == p->condition_count)
            return q;
    }
    return NO_QUARTER;
}

double problem_value(const struct problem *p, const int *start)
{
    int reached = problem_reached(p, start);
    double sum = reached == NO_QUARTER ? 0 : p->stage_worth * problem_left(p, reached);

    for (size_t i = 0; i < p->n; i++)
        if (start[i] != NO_QUARTER)
            sum += p->steps[i].worth * problem_left(p, start[i] + p->steps[i].length - 1);
    return sum;
}

double problem_hours(const struct problem *p, const int *start, size_t role, int quarter)
{
    double sum = 0;

    for (size_t i = 0; i < p->n; i++) {
        const struct problem_step *s = &p->steps[i];

        if (s->role == role && start[i] != NO_QUARTER && start[i] <= quarter &&
            quarter < start[i] + s->length)
            sum += s->hours / s->length;
    }
    return sum;
}

double problem_money(const struct problem *p, const int *start, int quarter)
{
    double sum = 0;

    for (size_t i = 0; i < p->n; i++)
        if (start[i] != NO_QUARTER && start[i] <= quarter)
            sum += p->steps[i].cost;
    return sum;
}

static bool order_holds(const struct problem *p, const int *start, size_t i)
{
    const struct problem_step *s = &p->steps[i];

    if (s->wish != NO_QUARTER && start[i] != s->wish)
        return false;
    if (start[i] == NO_QUARTER)
        return true;
    if (start[i] < s->earliest)
        return false;
    for (size_t k = 0; k < s->need_count; k++)
        if (!ended(p, start, s->needs[k], start[i]))
            return false;
    return start[i] >= 0 && start[i] + s->length <= p->quarters;
}

bool problem_holds(const struct problem *p, const int *start)
{
    for (size_t i = 0; i < p->n; i++)
        if (!order_holds(p, start, i))
            return false;
    for (int q = 0; q < p->quarters; q++) {
        for (size_t r = 0; r < p->roles; r++)
            if (problem_hours(p, start, r, q) > p->have[r].hours[q] + slack)
                return false;
        if (problem_money(p, start, q) > p->budget[q] + slack)
            return false;
    }
    return true;
}
