// SPDX-License-Identifier: AGPL-3.0-or-later
/* For how many days what is kept (0: for ever), and when somebody who asks is erased: the settings
 * that docs/privacy.md explains. */
export const kept = ['people', 'events', 'messages', 'live', 'reasons', 'marks', 'erasures', 'audit'] as const;
export type Kept = (typeof kept)[number];
export const requestWays = ['in_time', 'at_once', 'by_hand'] as const;
export type RequestWay = (typeof requestWays)[number];

/* The least that the server takes, and the most. */
export const leastDays = 31;
export const mostDays = 36500;

export type Retention = Record<`keep_${Kept}`, number> & { erase_on_request: RequestWay; version: string };

/* More of them go for good than before. */
export function takesMore(before: number, after: number): boolean {
  return after > 0 && (before === 0 || after < before);
}
