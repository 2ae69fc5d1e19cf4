import { saveFile } from '../me/save';
import { t } from '../i18n/t';
import { createStore, useStore } from '../ui/store';

/** After an account has been erased the receipt lives in memory until it is saved or the app is closed. */
const receipt = createStore<{ text: string | null } | null>(null);

export const keepReceipt = (text: string | null): void => receipt.set({ text });

export function Erased() {
  const kept = useStore(receipt);
  if (!kept) return null;
  const text = kept.text;
  return (
    <div class="note" role="status">
      <div class="grow stack-s">
        <p>{t('me.erase.done')}</p>
        {text && (
          <div>
            <button class="button" type="button" onClick={() => saveFile(new Blob([text], { type: 'application/json' }), 'evenkeel-receipt.json')}>
              {t('me.erase.receipt')}
            </button>
          </div>
        )}
      </div>
    </div>
  );
}
