/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* page.h - the dashboard's files; inside src/web only. */
#ifndef TM_WEB_PAGE_H
#define TM_WEB_PAGE_H

#include "web/request.h"

struct dashboard_file;
/* "/" is "/index.html"; NULL when there is no such file. */
const struct dashboard_file *page_find(const char *path);

#endif
