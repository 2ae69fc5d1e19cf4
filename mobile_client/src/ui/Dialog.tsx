import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '../i18n/t';

interface Props {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}

/** The platform's modal dialog: it traps the focus, closes on Escape and gives the focus back. */
export function Dialog({ title, onClose, children }: Props) {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = box.current;
    dialog?.showModal();
    dialog?.scrollTo(0, 0); // the focus goes to the first button, which may lie below a long text
    return () => dialog?.close();
  }, []);
  return (
    <dialog ref={box} aria-labelledby={id} onCancel={(event) => (event.preventDefault(), onClose())}>
      <div class="stack">
        <h2 id={id}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  text: string;
  verb: string;
  danger?: boolean;
  busy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

export function Confirm({ title, text, verb, danger, busy, onConfirm, onClose }: ConfirmProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      <div class="row between">
        <button class="button" type="button" onClick={onClose}>
          {t('app.cancel')}
        </button>
        <button class={`button primary ${danger ? 'danger' : ''}`} type="button" disabled={busy} onClick={onConfirm}>
          {verb}
        </button>
      </div>
    </Dialog>
  );
}
