// SPDX-License-Identifier: AGPL-3.0-or-later
/* What the model's parts are called and mean, in the reader's language. Only for the model that is
 * built in: another model's words are not known here, and its titles come with the assessment. */
import { language, type Language } from './i18n/index.svelte';
import type { Assessment } from './types';

const load = {
  en: () => import('virtual:model/en'),
  ar: () => import('virtual:model/ar'),
  th: () => import('virtual:model/th'),
};

export type ModelTexts = Awaited<ReturnType<(typeof load)['en']>>['default'];

export async function modelTexts(code: Language, a: Assessment): Promise<ModelTexts | null> {
  const model = (await load[code]()).default;
  return a.model.id === 'tidemark' && a.model.version === model.version ? model : null;
}

/* What kinds of export are called and where they are found. */
export async function needTexts(code: Language): Promise<ModelTexts['needs']> {
  return (await load[code]()).default.needs;
}

/* Of the model that is built in, by id. */
export async function practiceTitles(code: Language): Promise<Record<string, string>> {
  return Object.fromEntries(Object.entries((await load[code]()).default.practices).map(([id, p]) => [id, p.title]));
}

/* The assessment with its titles in the page's language. */
export async function inLanguage(a: Assessment): Promise<Assessment> {
  const model = await modelTexts(language(), a);
  if (!model) return a;
  return {
    ...a,
    stage: { ...a.stage, title: model.stages[a.stage.best - 1] || a.stage.title },
    dimensions: a.dimensions.map((d) => ({ ...d, title: model.dimensions[d.id] || d.title })),
    practices: a.practices.map((p) => ({
      ...p,
      title: model.practices[p.id]?.title || p.title,
      indicators: p.indicators.map((x, i) => ({
        ...x,
        title: model.practices[p.id]?.indicators[i] || x.title,
      })),
    })),
  };
}
