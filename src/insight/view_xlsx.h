/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* view_xlsx.h - a view's rows (insight/views.h) as a workbook of one sheet, in the current
 * language. The same rows give the same bytes. */
#ifndef TM_INSIGHT_VIEW_XLSX_H
#define TM_INSIGHT_VIEW_XLSX_H

#include "insight/views.h"

TM_MUST_CHECK enum err_code view_xlsx(const struct view *view, const struct view_request *request,
                                      struct buf *out, struct err *err);

#endif
