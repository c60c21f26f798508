/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* woo_status.h - WooCommerce's words for an order. Inside src/intake/import. */
#ifndef TM_INTAKE_IMPORT_WOO_STATUS_H
#define TM_INTAKE_IMPORT_WOO_STATUS_H

#include "intake/import/importer.h"

/* Status in the words of shop/record.h, from "wc-completed", "completed" or the name that a shop
 * in another language shows. A word that is not known counts as pending, with a note. */
struct str woo_status(struct import_run *run, struct str raw);
/* Fills attribution, utm_source and referrer from the origin that is shown: "Organic: Google". */
void woo_origin(struct import_run *run, struct str origin, struct order_record *order);

#endif
