import { createStore, useStore } from './store';

interface Message {
  text: string;
  action?: { label: string; run: () => void };
}

const current = createStore<Message | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

/** A short confirmation. One with an action stays until it is used or replaced (WCAG 2.2.1). */
export function toast(text: string, action?: Message['action']): void {
  clearTimeout(timer);
  current.set(action ? { text, action } : { text });
  if (!action) timer = setTimeout(() => current.set(null), 6000);
}

export function Toast() {
  const message = useStore(current);
  return (
    <div role="status" aria-live="polite">
      {message && (
        <div class="toast">
          <span>{message.text}</span>
          {message.action && (
            <button class="button" type="button" onClick={() => (message.action?.run(), current.set(null))}>
              {message.action.label}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
