import { useSyncExternalStore } from './ui/store';

/** A history router in one screen: the API answers every unknown path with the app's page. */
const listeners = new Set<() => void>();
const tell = (): void => listeners.forEach((listener) => listener());

if (typeof window !== 'undefined') window.addEventListener('popstate', tell);

export function navigate(to: string, how: 'push' | 'replace' = 'push'): void {
  if (to === location.pathname + location.search) return;
  if (how === 'push') history.pushState({ inside: true }, '', to);
  else history.replaceState(history.state, '', to);
  tell();
}

/** Back to where the person came from, or to `fallback` when the app was opened on this screen. */
export function goBack(fallback: string): void {
  if ((history.state as { inside?: boolean } | null)?.inside) history.back();
  else navigate(fallback, 'replace');
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePath(): string {
  return useSyncExternalStore(subscribe, () => location.pathname);
}

export function useSearch(): URLSearchParams {
  return new URLSearchParams(useSyncExternalStore(subscribe, () => location.search));
}

export type Params = Readonly<Record<string, string>>;

/** A link that was cut in the middle of an escape leads nowhere instead of to an empty page. */
function decode(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

/** `/history/day/:day` against a path; null when it does not match. */
export function match(pattern: string, path: string): Params | null {
  const want = pattern.split('/').filter(Boolean);
  const have = path.split('/').filter(Boolean);
  if (want.length !== have.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of want.entries()) {
    const value = have[index] ?? '';
    if (!part.startsWith(':')) {
      if (part !== value) return null;
      continue;
    }
    const decoded = decode(value);
    if (decoded === null) return null;
    params[part.slice(1)] = decoded;
  }
  return params;
}
