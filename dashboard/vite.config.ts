// SPDX-License-Identifier: AGPL-3.0-or-later
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, minify, type Plugin } from 'vite';
import { parse } from 'yaml';

const modelPath = fileURLToPath(new URL('../model/tidemark.yaml', import.meta.url));
const prefix = 'virtual:model/';

type Texts = Record<string, string>;
interface Titled {
  id: string;
  title?: Texts;
}
interface Model {
  version: string;
  stages: Titled[];
  dimensions: Titled[];
  needs: (Titled & { how?: Texts })[];
  practices: (Titled & { what?: Texts; why?: Texts; how?: Texts; citation?: { source?: string; note?: Texts }; indicators?: Titled[] })[];
}

/* The built-in maturity model's words in one language, as a chunk of its own: what a practice is,
 * why it matters, how to begin. `import('virtual:model/th')`. */
function modelTexts(): Plugin {
  return {
    name: 'model-texts',
    resolveId: (id) => (id.startsWith(prefix) ? '\0' + id : undefined),
    load(id) {
      if (!id.startsWith('\0' + prefix)) return undefined;
      const language = id.slice(prefix.length + 1);
      const text = (x?: Texts): string => x?.[language] ?? '';
      this.addWatchFile(modelPath);
      const model = parse(readFileSync(modelPath, 'utf8')) as Model;
      const value = {
        version: model.version,
        stages: model.stages.map((s) => text(s.title)),
        dimensions: Object.fromEntries(model.dimensions.map((d) => [d.id, text(d.title)])),
        needs: Object.fromEntries(model.needs.map((n) => [n.id, { title: text(n.title), how: text(n.how) }])),
        practices: Object.fromEntries(
          model.practices.map((p) => [
            p.id,
            {
              title: text(p.title),
              what: text(p.what),
              why: text(p.why),
              how: text(p.how),
              cite: [p.citation?.source ?? '', text(p.citation?.note)].filter(Boolean).join('; '),
              indicators: (p.indicators ?? []).map((i) => text(i.title)),
            },
          ]),
        ),
      };
      return `export default ${JSON.stringify(value)}`;
    },
  };
}

/* What shops put into their pages is served beside the dashboard: /tidemark.js. */
function snippet(): Plugin {
  const path = fileURLToPath(new URL('../snippet/tidemark.js', import.meta.url));
  return {
    name: 'snippet',
    apply: 'build',
    async generateBundle() {
      const { code, errors } = await minify('tidemark.js', readFileSync(path, 'utf8'), { compress: { target: 'es2020' } });
      if (errors.length) this.error(String(errors[0]));
      this.emitFile({ type: 'asset', fileName: 'tidemark.js', source: code });
    },
  };
}

export default defineConfig({
  base: './',
  plugins: [svelte(), modelTexts(), snippet()],
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 700 },
  server: { proxy: { '/api': 'http://127.0.0.1:8478' } },
  test: { include: ['tests/*.test.ts'] },
} as Parameters<typeof defineConfig>[0]);
