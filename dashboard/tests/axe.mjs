// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] };

/* What axe-core finds on the page as it is now. Evaluated by the debugger, so the page's own
 * policy against foreign scripts stays in force. */
export async function findings(page) {
  await page.evaluate(source);
  return page.evaluate(async (options) => {
    const result = await globalThis.axe.run(document, options);
    return result.violations.map((v) => ({
      id: v.id,
      impact: v.impact,
      nodes: v.nodes.slice(0, 4).map((n) => [n.target.join(' '), n.failureSummary]),
    }));
  }, rules);
}
