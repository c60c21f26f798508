/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* text_all.h - the terminal page's long part: every practice with its evidence. */
#ifndef TM_REPORT_TEXT_ALL_H
#define TM_REPORT_TEXT_ALL_H

#include "report/layout.h"
#include "report/page.h"

void text_all(struct sheet *sheet, struct page *page);

#endif
