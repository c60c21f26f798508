/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* planner.h - what follows from the shop's newest mark, worked out while somebody waits: the road
 * map under the plan as it stands, and what lies beneath it; inside src/web only.
 *
 * No engine is needed. What was worked out is kept until the mark or the plan changes. One asks at
 * a time; the others wait for him.
 */
#ifndef TM_WEB_PLANNER_H
#define TM_WEB_PLANNER_H

#include "maturity/basis.h"
#include "web/request.h"

struct planner;

struct planner *planner_new(void);
void planner_free(struct planner *planner); /* NULL is fine */

/* Gives what the newest mark rests on, until planner_release(), which is called when this
 * succeeded. The caller does not hold web->lock. ERR_NOT_FOUND without a mark. */
TM_MUST_CHECK enum err_code planner_hold(struct web *web, const struct basis **out_basis,
                                         struct err *err);
void planner_release(struct web *web);
/* While it is held: the road map under plan.yaml; its steps are kept as promised. */
TM_MUST_CHECK enum err_code planner_roadmap(struct web *web, const struct roadmap **out_map,
                                            struct err *err);

/* plan.yaml's text, or the template's where there is none; under web->lock. */
TM_MUST_CHECK enum err_code plan_text(struct web *web, struct buf *out, struct err *err);

#endif
