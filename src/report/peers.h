/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* peers.h - the shop among others, as a page of its own. options->peers must be there. */
#ifndef TM_REPORT_PEERS_H
#define TM_REPORT_PEERS_H

#include "report/report.h"

TM_MUST_CHECK enum err_code report_peers_text(const struct assessment *a,
                                              const struct report_options *options, struct buf *out,
                                              struct err *err);
/* The same object as "peers" of report_json(). */
TM_MUST_CHECK enum err_code report_peers_json(const struct assessment *a,
                                              const struct report_options *options, struct buf *out,
                                              struct err *err);

#endif
