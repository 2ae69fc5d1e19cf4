import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { t } from '../i18n/t';

interface Props extends Omit<JSX.HTMLAttributes<HTMLInputElement>, 'onInput'> {
  label: string;
  value: string;
  onValue: (value: string) => void;
  hint?: string;
  fault?: string;
  type?: string;
  name?: string;
  autocomplete?: string;
  required?: boolean;
  inputMode?: string;
  maxLength?: number;
  autocapitalize?: 'none' | 'characters';

}

export function Field({ label, value, onValue, hint, fault, ...rest }: Props) {
  const id = useId();
  const described = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label for={id}>
        {label} {!rest.required && <span class="muted small">({t('app.optional')})</span>}
      </label>
      <input
        {...(rest as JSX.HTMLAttributes<HTMLInputElement>)}
        id={id}
        class="input"
        value={value}
        aria-invalid={fault ? 'true' : undefined}
        aria-describedby={described || undefined}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      {hint && (
        <span class="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {fault && (
        <span class="fault" id={`${id}-fault`}>
          {fault}
        </span>
      )}
    </div>
  );
}

export function PasswordField(props: Omit<Props, 'type'>) {
  const [shown, setShown] = useState(false);
  return (
    <div class="stack-s">
      <Field {...props} type={shown ? 'text' : 'password'} autocapitalize="none" spellcheck={false} />
      <label class="tick small">
        <input type="checkbox" checked={shown} onChange={(event) => setShown(event.currentTarget.checked)} />
        {t('welcome.password.show')}
      </label>
    </div>
  );
}

interface AreaProps {
  label: string;
  value: string;
  onValue: (value: string) => void;
}

export function Area({ label, value, onValue }: AreaProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea id={id} class="input" value={value} onInput={(event) => onValue(event.currentTarget.value)} />
    </div>
  );
}

interface ChoiceProps<T extends string> {
  legend: string;
  name: string;
  options: readonly { value: T; label: string }[];
  value: T | null;
  onValue: (value: T) => void;
  quiet?: boolean;
}

export function Choices<T extends string>({ legend, name, options, value, onValue, quiet }: ChoiceProps<T>) {
  return (
    <fieldset class="stack-s">
      <legend class={quiet ? 'hidden' : 'small muted'}>{legend}</legend>
      <div class="choices">
        {options.map((option) => (
          <label class="choice" key={option.value}>
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => onValue(option.value)}
            />
            {option.label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
