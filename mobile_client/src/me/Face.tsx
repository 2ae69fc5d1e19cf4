import { useQuery } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { call, fetchJson } from '../api/client';
import { ApiError } from '../api/errors';
import { queryClient, useConsentTexts } from '../api/queries';
import { fromFile, UnreadableFile } from '../capture/photo';
import type { EnrolmentOut, FaceTemplateOut as Template } from '../api/shapes';
import { dateOf } from '../i18n/dates';
import { sayProblem } from '../i18n/problem';
import { t, tOr } from '../i18n/t';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { toast } from '../ui/Toast';

async function fetchTemplate(): Promise<Template | null> {
  return fetchJson<Template | null>('/me/face-template').catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  });
}

function say(error: unknown): string {
  if (error instanceof UnreadableFile) return t('capture.unreadable');
  if (!(error instanceof ApiError && error.status === 422)) return sayProblem(error);
  // A check-in's word for it speaks of the expression; here the face is what matters.
  return error.code === 'uncertain' ? t('me.face.unclear') : tOr(`abstained.${error.code}`, 'abstained.other');
}

export default function Face() {
  const query = useQuery({ queryKey: ['face-template'], queryFn: fetchTemplate });
  return (
    <Screen title={t('me.face')} back="/me">
      <Loaded query={query}>{(template) => <Panel template={template} />}</Loaded>
    </Screen>
  );
}

/** A busy server answers before it has looked: then ask until it has. */
async function finished(answer: Response): Promise<void> {
  if (answer.status !== 202) return;
  const path = `/me/face-template/enrolments/${((await answer.json()) as EnrolmentOut).id}`;
  for (let tries = 0; tries < 30; tries += 1) {
    const now = await fetchJson<EnrolmentOut>(path);
    if (now.status === 'done') return;
    if (now.status === 'refused') throw new ApiError(422, now.problems?.[0]?.code ?? '', '');
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  throw new ApiError(503, 'unavailable', ''); // nobody has looked yet: not enrolled
}

const again = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ['face-template'] });

function Panel({ template }: { template: Template | null }) {
  const [busy, setBusy] = useState(false);
  const words = useConsentTexts().data?.purposes.find((one) => one.purpose === 'office_camera');

  async function enrol(files: readonly File[]): Promise<void> {
    setBusy(true);
    try {
      const form = new FormData();
      for (const file of files.slice(0, 5)) form.append('files', await fromFile(file), 'photo.jpg');
      await finished(await call('/me/face-template', { method: 'POST', form }));
      toast(t('me.face.done'));
      await again();
    } catch (error) {
      toast(say(error));
    }
    setBusy(false);
  }

  async function erase(): Promise<void> {
    try {
      await fetchJson('/me/face-template', { method: 'DELETE' });
      toast(t('me.face.removed'));
      await again();
    } catch (error) {
      toast(sayProblem(error));
    }
  }

  return (
    <div class="stack">
      <p>{template ? t('me.face.have', { date: dateOf(template.created_at), n: template.photos }) : t('me.face.none')}</p>
      <p class="muted">{words?.text}</p>
      <label class="button primary">
        <input
          class="hidden"
          type="file"
          accept="image/*"
          multiple
          disabled={busy}
          aria-label={t('me.face.pick')}
          onChange={(event) => {
            void enrol([...(event.currentTarget.files ?? [])]);
            event.currentTarget.value = ''; // the same photos may be chosen again
          }}
        />
        {t('me.face.enrol')}
      </label>
      <p class="small muted">{t('me.face.pick')}</p>
      {template && (
        <button class="button danger" type="button" onClick={() => void erase()}>
          {t('me.face.remove')}
        </button>
      )}
    </div>
  );
}
