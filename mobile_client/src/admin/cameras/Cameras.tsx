import { useState } from 'preact/hooks';
import { dateOf, whenOf } from '../../i18n/dates';
import { t } from '../../i18n/t';
import { Confirm, Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { Link } from '../../ui/Link';
import { Loaded } from '../../ui/Loaded';
import { Screen } from '../../ui/Screen';
import { createCamera, renewKey, revokeCamera, useCameras, usePolicy } from '../api';
import { Copy } from '../Copy';
import { attempt, sayAdminProblem } from '../problem';
import type { Camera, CameraWithKey } from '../shapes';
import { a } from '../words';
import { HealthOf } from './HealthOf';

type Show = (camera: CameraWithKey) => void;

export default function Cameras() {
  // Held here and nowhere else: once the dialog is closed nobody can see the key again.
  const [fresh, setFresh] = useState<CameraWithKey | null>(null);
  const closed = usePolicy().data?.cameras === false;
  return (
    <Screen title={a('cameras.title')}>
      <div class="stack reading-width">
        <p class="muted">{a('cameras.lead')}</p>
        {closed ? <Closed /> : <Create onKey={setFresh} />}
        <Loaded query={useCameras()}>
          {(cameras) => (
            <>
              {cameras.length === 0 && <p class="card empty">{a('cameras.none')}</p>}
              <ul class="stack">
                {cameras.map((camera) => (
                  <One key={camera.id} camera={camera} closed={closed} onKey={setFresh} />
                ))}
              </ul>
            </>
          )}
        </Loaded>
        {fresh && <KeyDialog camera={fresh} onClose={() => setFresh(null)} />}
      </div>
    </Screen>
  );
}

function Closed() {
  return (
    <div class="note warm">
      <div class="grow stack-s">
        <p>{a('cameras.closed')}</p>
        <div>
          <Link to="/admin/rules" class="button">
            {a('cameras.closed.look')}
          </Link>
        </div>
      </div>
    </div>
  );
}

function Create({ onKey }: { onKey: Show }) {
  const [name, setName] = useState('');
  const [place, setPlace] = useState('');
  const [tablet, setTablet] = useState(false);
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (busy) return; // a second one, and the first one's key would never be seen; a disabled button would lose the focus
    if (!name.trim()) return setFault(t('error.required'));
    setBusy(true);
    try {
      onKey(await createCamera({ name: name.trim(), place: place.trim(), frames_only: tablet }));
      setName('');
      setTablet(false);
      setPlace('');
      setFault('');
    } catch (error) {
      setFault(sayAdminProblem(error));
    }
    setBusy(false);
  }
  return (
    <form class="card stack" onSubmit={(event) => void submit(event)} noValidate>
      <h2 class="h3">{a('cameras.create')}</h2>
      <div class="filters roomy top">
        <Field label={a('cameras.name')} value={name} onValue={setName} required maxLength={80} fault={fault} />
        <Field label={a('cameras.place')} value={place} onValue={setPlace} maxLength={120} hint={a('cameras.place.hint')} />
      </div>
      <label class="tick small">
        <input type="checkbox" checked={tablet} onChange={(event) => setTablet(event.currentTarget.checked)} />
        {a('cameras.frames')}
      </label>
      <div>
        <button class="button primary" type="submit">
          {a('cameras.add')}
        </button>
      </div>
    </form>
  );
}

const LAMPS: Readonly<Record<Camera['standing'], string>> = { online: 'ok', away: 'failed', never_seen: '', revoked: '' };

function One({ camera, closed, onKey }: { camera: Camera; closed: boolean; onKey: Show }) {
  const [asking, setAsking] = useState<'renew' | 'revoke' | null>(null);
  const [busy, setBusy] = useState(false);
  const revoked = camera.standing === 'revoked';
  async function renew(): Promise<void> {
    setBusy(true);
    await attempt(async () => onKey(await renewKey(camera.id)), a('cameras.renewed'));
    setBusy(false);
    setAsking(null);
  }
  async function revoke(): Promise<void> {
    await attempt(() => revokeCamera(camera.id), a('cameras.revoked'));
    setAsking(null);
  }
  return (
    <li class="card stack-s" data-camera={camera.name} data-standing={camera.standing}>
      <div class="row between">
        <div>
          <h2 class="h3">{camera.name}</h2>
          {camera.place && <p class="small muted">{camera.place}</p>}
        </div>
        <p class="row">
          <span class={`lamp ${LAMPS[camera.standing]}`} aria-hidden="true" />
          {a(`standing.${camera.standing}`)}
        </p>
      </div>
      <p class="small muted">
        {camera.last_seen_at ? a('cameras.seen', { when: whenOf(camera.last_seen_at) }) : a('cameras.unseen')}
        {' · '}
        {camera.revoked_at ? a('cameras.revoked.on', { when: dateOf(camera.revoked_at) }) : a('cameras.made', { when: dateOf(camera.created_at) })}
      </p>
      <HealthOf raw={camera.health} />
      <div class="row">
        {!closed && (
          <button class="button" type="button" onClick={() => setAsking('renew')}>
            {a('cameras.renew')}
          </button>
        )}
        <Link to={`/admin/cameras/${camera.id}/sign`} class="button">
          {a('cameras.sign')}
        </Link>
        {!revoked && (
          <button class="button danger" type="button" onClick={() => setAsking('revoke')}>
            {a('cameras.revoke')}
          </button>
        )}
      </div>
      {asking === 'renew' && (
        <Confirm
          title={a('cameras.renew.title', { name: camera.name })}
          text={revoked ? a('cameras.renew.again') : a('cameras.renew.text')}
          verb={a('cameras.renew')}
          busy={busy}
          onConfirm={() => void renew()}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === 'revoke' && (
        <Confirm
          title={a('cameras.revoke.title', { name: camera.name })}
          text={a('cameras.revoke.text')}
          verb={a('cameras.revoke')}
          danger
          onConfirm={() => void revoke()}
          onClose={() => setAsking(null)}
        />
      )}
    </li>
  );
}

function KeyDialog({ camera, onClose }: { camera: CameraWithKey; onClose: () => void }) {
  const command = `evenkeel camera SOURCE --server ${location.origin} --key ${camera.key}${camera.frames_only ? ' --thin' : ''}`;
  return (
    <Dialog title={a('key.title', { name: camera.name })} onClose={onClose}>
      <p>{a('key.once')}</p>
      <Copy label={a('key.label')} text={camera.key} />
      <Copy label={a('key.command')} text={command} />
      <p class="small muted">{a('key.command.hint')}</p>
      <p class="small muted">{a('key.tablet')}</p>
      <button class="button primary" type="button" onClick={onClose}>
        {a('key.kept')}
      </button>
    </Dialog>
  );
}
