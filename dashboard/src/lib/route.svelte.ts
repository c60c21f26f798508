// SPDX-License-Identifier: AGPL-3.0-or-later
/* What stands behind the page's name in the address: #/revenue?period=d30&by=channel. It is kept
 * there so that a link or a reload shows the same. */
import { session } from './session.svelte';

export function pageOf(route: string): string {
  return route.split(/[/?]/)[0] ?? '';
}

export function partOf(route: string): string {
  return decodeURIComponent(route.split('?')[0]?.split('/')[1] ?? '');
}

export function choice(name: string): string | null {
  return new URLSearchParams(session.route.split('?')[1] ?? '').get(name);
}

/* Changes some choices, without a step in the browser's history for each. */
export function choose(changes: Record<string, string | null>): void {
  const [path = '', query = ''] = session.route.split('?');
  const now = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes))
    if (value == null || value === '') now.delete(name);
    else now.set(name, value);
  location.replace(`#/${path}${now.size ? `?${now}` : ''}`);
}
