// SPDX-License-Identifier: AGPL-3.0-or-later
/* What the forms of a flow offer: the shop's messages and segments, practices, dates of people and events. */
import { get } from '../api';
import { language } from '../i18n/index.svelte';
import { practiceTitles } from '../model';
import type { MessageRow, Starter } from '../messages/messages';
import type { Segment } from '../segments/segments';
import type { Words } from '../segments/tree';
import { session } from '../session.svelte';
import type { Starter as FlowStarter } from './flows';

/* docs/flows.md: each source's own names for these are known; any other name may be written too. */
export const events = [
  'sign_up', 'product_view', 'search', 'cart_add', 'cart_view', 'checkout_start', 'order_complete', 'order_paid', 'order_shipped', 'order_delivered', 'order_cancelled',
  'order_refund', 'email_subscribed', 'sms_subscribed', 'session_start', 'page_view', 'app_open',
];
export const channels = ['email', 'sms', 'whatsapp', 'push'];
export const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/* What practices are called, also before there is a mark. To be made where a component begins. */
export class Practices {
  #titles = $state.raw<Record<string, string>>({});

  constructor() {
    $effect(() => {
      const code = language();
      void practiceTitles(code).then((titles) => code === language() && (this.#titles = titles));
    });
  }
  title(id: string): string {
    return session.assessment?.practices.find((p) => p.id === id)?.title ?? this.#titles[id] ?? id;
  }
}

export class Choices {
  readonly practices = new Practices();
  served = $state.raw<string[]>([]); /* practices, by flows to begin with */
  messages = $state.raw<MessageRow[]>([]);
  starters = $state.raw<string[]>([]);
  segments = $state.raw<string[]>([]);
  words = $state.raw<Words | null>(null);

  async load(): Promise<void> {
    [this.messages, this.starters, this.segments, this.words, this.served] = await Promise.all([
      get<{ messages: MessageRow[] }>('/messages').then((m) => m.messages),
      get<{ starters: Starter[] }>('/messages/starters').then((m) => m.starters.map((s) => s.name)),
      get<{ segments: Segment[] }>('/segments').then((m) => m.segments.map((s) => s.name)),
      get<Words>('/segments/words'),
      get<{ starters: FlowStarter[] }>('/flows/starters').then((m) => [...new Set(m.starters.map((s) => s.practice))].sort()),
    ]);
  }
  /* Those to begin with that the shop has no own one of. */
  get begun(): string[] {
    return this.starters.filter((s) => !this.messages.some((m) => m.name === s));
  }
  dates(everyYear: boolean): { name: string; summary: string }[] {
    return this.words?.attributes.filter((a) => a.type === 'day' && !a.later && (everyYear || a.name !== 'birthday')) ?? [];
  }
}
