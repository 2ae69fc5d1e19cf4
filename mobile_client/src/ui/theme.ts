import { createStore } from './store';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'evenkeel.theme';
const kept = (): Theme => THEMES.find((name) => name === localStorage.getItem(KEY)) ?? 'system';

export const theme = createStore<Theme>('system');

export function applyTheme(next: Theme = kept()): void {
  localStorage.setItem(KEY, next);
  if (next === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  theme.set(next);
}
