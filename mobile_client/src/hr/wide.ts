import { useSyncExternalStore } from '../ui/store';

/** A desk: room for a table of nine columns. */
const WIDE = '(min-width: 1080px)';

function subscribe(listener: () => void): () => void {
  const query = matchMedia(WIDE);
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}

export const useWide = (): boolean => useSyncExternalStore(subscribe, () => matchMedia(WIDE).matches);
