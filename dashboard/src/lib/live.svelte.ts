// SPDX-License-Identifier: AGPL-3.0-or-later
/* Sources of live data, and what comes in now: the server's stream, kept short. */
import { get, Problem, refusal, root } from './api';
import { language } from './i18n/index.svelte';

export interface Counts {
  stored: number;
  repeated: number;
  refused: number;
}
export interface Away {
  error: string;
  text: string;
  hint: string;
  n: number; /* in 30 days */
  day: number;
  last_at: string;
}
export type SourceState = 'waiting' | 'fresh' | 'late' | 'silent' | 'revoked';
export interface Source extends Counts {
  id: number;
  accepted: number;
  in_journal: number;
  in_engine: number;
  protocol: string;
  name: string;
  key: string;
  domain: string;
  path: string;
  has_secret: boolean | null;
  revoked_at: string | null;
  last_at: string | null;
  last_kind: string | null;
  last_name: string | null;
  waiting: number;
  state: SourceState;
  usual_a_day: number | null;
  quiet_hours: number;
  today: Counts;
  day: Counts;
  month: Counts;
  reasons: { reason: string; text: string; n: number }[];
  errors: Away[];
}
export interface Sources {
  url: string | null;
  prefix: string;
  sources: Source[];
  errors: Away[];
  strangers: { key_hash: string; n: number; last_at: string }[];
}

/* What all pages of a visit know of the sources; read anew when something came. */
export const known = $state<{ data: Sources | null; problem: Problem | null }>({ data: null, problem: null });

/* Nobody has to load the page anew when an answer failed: it is asked for again until there is one. */
export async function loadSources(): Promise<void> {
  try {
    known.data = await get<Sources>('/sources');
    known.problem = null;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    known.problem = error;
    if (!known.data && error.status !== 401 && error.status !== 403) setTimeout(() => void loadSources(), again);
  }
}

export function sourceName(id: number): string {
  return known.data?.sources.find((s) => s.id === id)?.name ?? '';
}

/* As senders reach this server: what it was told, else where this page came from. */
export function serverUrl(): string {
  return (known.data?.url ?? location.origin).replace(/\/$/, '');
}

/* Nobody outside this machine can send to such an address. */
export function isLocal(url: string): boolean {
  return /^https?:\/\/(localhost|127\.|\[::1\]|0\.0\.0\.0)/.test(url);
}

/* Whose a message is; who that is only where this reader may know. */
export interface Whose {
  state: 'unknown' | 'soon' | 'nobody' | 'visitor' | 'person';
  new?: boolean;
  joined?: number;
  id?: string;
  page?: string;
  label?: string;
}

export interface Came {
  number: number;
  at: string;
  source: number;
  fate: 'stored' | 'repeated' | 'refused' | 'away';
  reason?: string;
  text?: string;
  kind: string;
  name: string;
  minor?: number;
  currency?: string;
  decimals?: number;
  country?: string;
  person?: string;
  whose?: Whose;
}
interface Minute extends Counts {
  at: string;
  source: number;
  away: number;
}

const kept = 500;
const again = 5000;

export class Stream {
  items = $state.raw<Came[]>([]); /* the newest first */
  minutes = $state.raw<Minute[]>([]);
  open = $state(false);
  missed = $state(0);
  problem = $state<Problem | null>(null); /* why nothing is told: too many watch */
  private source: EventSource | null = null;
  private timer = 0;
  private fresh: Came[] = [];

  constructor(
    private readonly people: boolean,
    private readonly tell: (item: Came) => void = () => {},
  ) {}

  start(): void {
    const source = new EventSource(`${root}/live/events?lang=${language()}${this.people ? '&people=1' : ''}`);
    this.source = source;
    source.onopen = () => {
      this.open = true;
      this.problem = null;
    };
    source.onerror = () => {
      this.open = false;
      if (source.readyState !== EventSource.CLOSED) return; /* it comes again by itself */
      void this.ask();
      this.timer = window.setTimeout(() => this.start(), again);
    };
    source.addEventListener('begin', () => {
      this.items = [];
      this.minutes = [];
    });
    source.addEventListener('gap', (e) => (this.missed += (JSON.parse(e.data as string) as { missed: number }).missed));
    source.addEventListener('came', (e) => this.take(JSON.parse(e.data as string) as Came));
    source.addEventListener('whose', (e) => this.name(JSON.parse(e.data as string) as { number: number; whose: Whose }));
    source.addEventListener('counts', (e) => this.count((JSON.parse(e.data as string) as { minutes: Minute[] }).minutes));
  }

  stop(): void {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
    this.open = false;
  }

  /* A stream that is refused does not say why. */
  private async ask(): Promise<void> {
    const problem = await refusal('/live/events?seconds=0');
    this.problem = problem?.status === 503 ? problem : null;
  }

  /* Of one shown before it is known otherwise by now. */
  private name(told: { number: number; whose: Whose }): void {
    this.show();
    this.items = this.items.map((i) => (i.number === told.number ? { ...i, whose: told.whose } : i));
  }

  /* Many at once are one change of the page. */
  private take(item: Came): void {
    if (!this.fresh.length) queueMicrotask(() => this.show());
    this.fresh.push(item);
    this.tell(item);
  }

  private show(): void {
    this.items = [...this.fresh.reverse(), ...this.items].slice(0, kept);
    this.fresh = [];
  }

  private count(told: Minute[]): void {
    const oldest = new Date(Date.now() - 3_600_000).toISOString();
    const news = new Set(told.map((m) => `${m.at} ${m.source}`));
    this.minutes = [...this.minutes.filter((m) => m.at > oldest && !news.has(`${m.at} ${m.source}`)), ...told];
  }
}
