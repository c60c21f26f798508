// SPDX-License-Identifier: AGPL-3.0-or-later
declare module 'virtual:model/*' {
  const value: {
    version: string;
    stages: string[];
    dimensions: Record<string, string>;
    needs: Record<string, { title: string; how: string }>;
    practices: Record<
      string,
      { title: string; what: string; why: string; how: string; cite: string; indicators: string[] }
    >;
  };
  export default value;
}
