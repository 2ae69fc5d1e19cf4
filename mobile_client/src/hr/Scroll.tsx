import type { ComponentChildren } from 'preact';

/** A table that may be wider than the screen: the keyboard can move it too. */
export function Scroll({ label, class: more = '', children }: { label: string; class?: string; children: ComponentChildren }) {
  return (
    <div class={`scroll ${more}`} tabIndex={0} role="group" aria-label={label}>
      {children}
    </div>
  );
}
