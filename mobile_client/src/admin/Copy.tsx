import { useId, useRef } from 'preact/hooks';
import { toast } from '../ui/Toast';
import { a } from './words';

/** Text to take along. Without HTTPS a browser has no clipboard for pages: then it is marked, to be copied by hand. */
export function Copy({ label, text }: { label: string; text: string }) {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  async function copy(): Promise<void> {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(text);
      toast(a('copy.done'));
    } catch {
      field.current?.focus();
      toast(a('copy.byhand'));
    }
  }
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea id={id} ref={field} class="input mono" readOnly rows={text.length > 60 ? 5 : 2} value={text} spellcheck={false} />
      <div>
        <button class="button" type="button" aria-label={`${a('copy')}: ${label}`} onClick={() => void copy()}>
          {a('copy')}
        </button>
      </div>
    </div>
  );
}
