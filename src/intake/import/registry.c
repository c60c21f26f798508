/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/import/importer.h"

#define EACH_IMPORTER(I)                                                                           \
    I(shopify_orders)                                                                              \
    I(shopify_customers)                                                                           \
    I(shopify_products)                                                                            \
    I(matrixify)                                                                                   \
    I(woo_analytics_orders)                                                                        \
    I(woo_analytics_customers)                                                                     \
    I(woo_products)                                                                                \
    I(woo_webtoffee_orders)                                                                        \
    I(tidemark_events)                                                                             \
    I(tidemark_orders)                                                                             \
    I(tidemark_spend)                                                                              \
    I(tidemark_activity)                                                                           \
    I(ga4_report)                                                                                  \
    I(ga4_events)                                                                                  \
    I(klaviyo_campaigns)                                                                           \
    I(klaviyo_flows)                                                                               \
    I(klaviyo_profiles)                                                                            \
    I(mailchimp_audience)                                                                          \
    I(mailchimp_campaigns)                                                                         \
    I(meta_ads)                                                                                    \
    I(google_ads)

#define DECLARE(name) extern const struct importer name##_importer;
#define ADDRESS(name) &name##_importer,

EACH_IMPORTER(DECLARE)

const struct importer *const importers[] = {EACH_IMPORTER(ADDRESS) NULL};
