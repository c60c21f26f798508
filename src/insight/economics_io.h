/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* economics_io.h - the shop's figures as JSON and back, exactly: what money is worked out from
 * again without the engine. A figure that is not in the document is not known. */
#ifndef TM_INSIGHT_ECONOMICS_IO_H
#define TM_INSIGHT_ECONOMICS_IO_H

#include "base/json_read.h"
#include "base/json_write.h"
#include "insight/economics.h"

/* One object; the caller has written the key. */
void economics_write(const struct economics *e, struct json_writer *w);
struct economics economics_read(struct json_value v);

#endif
