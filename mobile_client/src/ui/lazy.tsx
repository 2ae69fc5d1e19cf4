import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Fault, Loading } from './Loaded';
import { OfflineError } from '../api/errors';

/** A screen in its own chunk; precached, so it also opens offline. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let ready: ComponentType<P> | null = null;
  return function Lazy(props: P) {
    const [Found, setFound] = useState<ComponentType<P> | null>(() => ready);
    const [failed, setFailed] = useState(false);
    const fetchIt = (): void => {
      setFailed(false);
      load().then(
        (found) => ((ready = found), setFound(() => found)),
        () => setFailed(true),
      );
    };
    useEffect(() => {
      if (!ready) fetchIt();
    }, []);
    if (Found) return <Found {...props} />;
    return failed ? <Fault error={new OfflineError()} onRetry={fetchIt} /> : <Loading />;
  };
}
