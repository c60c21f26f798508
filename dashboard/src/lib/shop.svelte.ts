// SPDX-License-Identifier: AGPL-3.0-or-later
/* What the pages of numbers share: whose days they are, and up to when the records reach. */
import { change, get, Problem } from './api';
import { dayIn } from './period';
import { viewPath, type Answer, type LedgerRow } from './views.svelte';

interface Settings {
  time_zone: string;
  week_start: string;
  goal?: number | null; /* of a quarter, minor units */
  version?: string;
}

export const shop = $state<{
  zone: string;
  weekStart: string;
  goal: number | null;
  today: string | null; /* the shop's day of the newest record */
  empty: string[] | null; /* kinds of export that are missing; null: there are orders */
  currency: string | null;
  unconverted: Answer<LedgerRow>['unconverted']; /* whose money is in no figure */
  problem: Problem | null;
  ready: boolean;
}>({
  zone: 'UTC', weekStart: 'monday', goal: null, today: null, empty: null, currency: null, unconverted: [],
  problem: null, ready: false,
});

const again = 2000;

let version: string | undefined;

function take(s: Settings): void {
  version = s.version;
  shop.zone = s.time_zone || 'UTC';
  shop.weekStart = s.week_start || 'monday';
  shop.goal = s.goal ?? null;
}

/* Whose clock it is, for pages that need no numbers. */
export async function loadZone(): Promise<void> {
  try {
    take(await get<Settings>('/settings'));
  } catch (error) {
    if (!(error instanceof Problem)) throw error; /* UTC will do */
  }
}

export async function loadShop(): Promise<void> {
  try {
    const [settings, all] = await Promise.all([
      get<Settings>('/settings'),
      get<Answer<LedgerRow>>(viewPath('revenue', { by: 'total' })),
    ]);
    take(settings);
    shop.today = dayIn(shop.zone, all.as_of);
    shop.empty = all.missing.length ? all.missing : null;
    shop.currency = all.currency;
    shop.unconverted = all.unconverted;
    shop.problem = null;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    shop.problem = error;
    /* The records are being made ready for the first time: nobody has to load the page anew. */
    if (error.status === 503) setTimeout(() => void loadShop(), again);
  }
  shop.ready = true;
}

export async function keepGoal(goal: number | null): Promise<void> {
  try {
    take(await change<Settings>('PUT', '/settings', { goal }, version));
  } catch (error) {
    if (error instanceof Problem && error.status === 412) await loadZone(); /* as they are by now */
    throw error;
  }
}
