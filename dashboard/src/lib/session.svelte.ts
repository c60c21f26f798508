// SPDX-License-Identifier: AGPL-3.0-or-later
/* Who is here, where in the page, and the latest assessment: what all pages share. */
import { get, getFresh, me, Problem, whenFilesChange, whenProofNeeded, whenSignedOut } from './api';
import { t } from './i18n/index.svelte';
import { inLanguage } from './model';
import type { Assessment, Me, Shops, WrongFile } from './types';

export const session = $state<{
  ready: boolean;
  who: Me | null;
  assessment: Assessment | null;
  markOld: boolean; // answers or settings have changed since
  trouble: Problem | null;
  route: string;
  paths: Set<string> | null;
  shops: Shops | null;
  proving: ((shown: boolean) => void) | null; // who waits for a proof of who this is
  wrong: WrongFile[]; // files changed by hand that the server cannot take
}>({ ready: false, who: null, assessment: null, markOld: false, trouble: null, route: '', paths: null, shops: null, proving: null, wrong: [] });

/* What is written and not saved yet: whether there is some, and how it is kept when the session ends. */
export interface Writing {
  there: () => boolean;
  rescue: () => void;
}
const unsaved = new Set<Writing>();

/* While there is something, leaving the page asks first. Returns how to end that. */
export function guard(writing: Writing): () => void {
  unsaved.add(writing);
  return () => unsaved.delete(writing);
}
const isUnsaved = (): boolean => [...unsaved].some((w) => w.there());
export const mayLeave = (): boolean => !isUnsaved() || confirm(t('kept.leave_sure'));

const pathOf = (route: string): string => route.split('?')[0] ?? '';
function readRoute(): void {
  const to = location.hash.replace(/^#\/?/, '');
  if (pathOf(to) === pathOf(session.route) || mayLeave()) session.route = to;
  else history.pushState(null, '', `#/${session.route}`); /* the browser has gone there already */
}

export function go(route: string): void {
  location.hash = `#/${route}`;
}

let raw: Assessment | null = null;

async function loadWrong(): Promise<void> {
  try {
    session.wrong = (await get<{ wrong: WrongFile[] }>('/files')).wrong;
  } catch (error) {
    if (!(error instanceof Problem)) throw error; /* the page's own request tells what is the matter */
  }
}

/* A page that asks for nothing hears of it as well, by what is no session's: one that nobody uses ends
 * all the same. */
const listenEvery = 5000;
let heard = false;
async function listen(): Promise<void> {
  if (!session.who || !serves('/files') || document.visibilityState !== 'visible') return;
  try {
    const wrong = ((await (await fetch('/healthz')).json()) as { files_wrong?: boolean }).files_wrong === true;
    if (wrong !== heard) void loadWrong();
    heard = wrong;
  } catch {
    /* a server that cannot be reached is told by what is asked of it next */
  }
}

/* After another language was chosen. */
export async function retitle(): Promise<void> {
  if (session.wrong.length) void loadWrong();
  if (raw) session.assessment = await inLanguage(raw);
}

/* The latest kept assessment; none yet is no trouble. */
export async function loadAssessment(): Promise<void> {
  try {
    const told = await getFresh<Assessment>('/assessment');
    raw = told.body;
    session.markOld = !told.fresh;
    session.assessment = await inLanguage(raw);
    session.trouble = null;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    raw = null;
    session.assessment = null;
    session.trouble = error.status === 404 ? null : error;
  }
}

/* Which parts this server has: its own description of itself. */
async function loadPaths(): Promise<void> {
  try {
    const api = await get<{ paths: Record<string, unknown> }>('/openapi.json');
    session.paths = new Set(Object.keys(api.paths).map((p) => p.replace(/^\/api\/v1/, '')));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    session.paths = null;
  }
}

export function serves(path: string): boolean {
  return session.paths?.has(path) ?? false;
}

export function canChange(): boolean {
  return session.who?.role === 'owner' || session.who?.role === 'marketer';
}

/* Besides these who look into the figures: nobody who may only read. */
export function canWork(): boolean {
  return canChange() || session.who?.role === 'analyst';
}

/* A server of one shop, and one that knows of no others, need not tell. */
async function loadShops(): Promise<void> {
  try {
    session.shops = await get<Shops>('/shops');
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    session.shops = null;
  }
}

/* Above several shops there is only the choice between them. */
export function atCrossing(): boolean {
  return session.shops?.here === null;
}

export async function begin(): Promise<void> {
  try {
    await loadShops();
    session.who = atCrossing() ? null : await me();
    if (session.who) await Promise.all([loadAssessment(), loadPaths()]);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    session.trouble = error;
  }
  session.ready = true;
}

whenFilesChange(() => void loadWrong());
whenSignedOut(() => {
  if (session.who) for (const w of unsaved) if (w.there()) w.rescue();
  session.who = null;
  session.wrong = [];
});
whenProofNeeded(
  () =>
    new Promise((resolve) => {
      session.proving?.(false);
      session.proving = (shown) => {
        session.proving = null;
        resolve(shown);
      };
    }),
);
setInterval(() => void listen(), listenEvery);
readRoute();
addEventListener('hashchange', readRoute);
addEventListener('beforeunload', (event) => isUnsaved() && event.preventDefault());
