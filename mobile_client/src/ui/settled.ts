import { useState } from 'preact/hooks';

/** A change that was not saved is not shown either: once it is over, whoever calls this draws the controls as things are. */
export function useSettled<Given extends unknown[]>(change: (...given: Given) => Promise<void>): (...given: Given) => void {
  const [, draw] = useState({});
  return (...given) => void change(...given).finally(() => draw({}));
}
