/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* view_list.h - the views by their files; the table of them is in views.c. */
#ifndef TM_INSIGHT_VIEW_LIST_H
#define TM_INSIGHT_VIEW_LIST_H

#include "insight/views.h"

/* revenue.c */
extern const struct view view_revenue, view_products, view_touch, view_spend, view_spend_parts;
/* customers.c */
extern const struct view view_rfm, view_rfm_groups, view_customers;
/* cohorts.c, search.c */
extern const struct view view_cohorts, view_search;
/* second_purchase.c */
extern const struct view view_second_purchase;
/* person.c */
extern const struct view view_person, view_person_links;
/* forecast.c, alerts.c */
extern const struct view view_forecast, view_alerts;
/* results.c */
extern const struct view view_results, view_lift;
/* missing_orders.c */
extern const struct view view_missing_orders;

#endif
