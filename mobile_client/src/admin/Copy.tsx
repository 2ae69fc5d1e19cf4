import { useId, useRef, useState } from 'preact/hooks';
import { a } from './words';

/**
 * Text to take along. Without HTTPS a browser has no clipboard for pages: then it is marked, to be copied by hand.
 * What became of it stands beside the button: a toast lies behind a dialog, where nobody reads it or hears it read.
 */
export function Copy({ label, text }: { label: string; text: string }) {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [said, setSaid] = useState('');
  async function copy(): Promise<void> {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(text);
      setSaid(a('copy.done'));
    } catch {
      field.current?.focus();
      setSaid(a('copy.byhand'));
    }
  }
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea id={id} ref={field} class="input mono" readOnly rows={text.length > 60 ? 5 : 2} value={text} spellcheck={false} />
      <div class="row">
        <button class="button" type="button" aria-label={`${a('copy')}: ${label}`} onClick={() => void copy()}>
          {a('copy')}
        </button>
        <span class="small muted" role="status">
          {said}
        </span>
      </div>
    </div>
  );
}
