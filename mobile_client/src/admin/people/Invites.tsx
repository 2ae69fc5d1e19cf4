import { useState } from 'preact/hooks';
import { dateOf } from '../../i18n/dates';
import { Confirm } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { Loaded } from '../../ui/Loaded';
import { Screen } from '../../ui/Screen';
import { Select } from '../../ui/Select';
import { createInvite, deleteInvite, useDepartments, useInvites } from '../api';
import { Copy } from '../Copy';
import { readNumbers } from '../numbers';
import { attempt } from '../problem';
import type { Department, Invite, Role } from '../shapes';
import { a } from '../words';
import { departmentName, departmentOptions, roleOptions } from './choices';
import { PeopleTabs } from './PeopleTabs';

export default function Invites() {
  const departments = useDepartments().data;
  return (
    <Screen title={a('invites.title')}>
      <div class="stack reading-width">
        <PeopleTabs />
        <p class="muted">{a('invites.lead')}</p>
        <Create departments={departments} />
        <Loaded query={useInvites()}>
          {(invites) =>
            invites.length === 0 ? (
              <p class="card empty">{a('invites.none')}</p>
            ) : (
              <ul class="list">
                {invites.map((invite) => (
                  <One key={invite.code} invite={invite} departments={departments} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </div>
    </Screen>
  );
}

const BOUNDS = { uses: { low: 1, high: 100_000 }, days: { low: 1, high: 365 } };

function Create({ departments }: { departments: readonly Department[] | undefined }) {
  const [role, setRole] = useState<Role>('employee');
  const [department, setDepartment] = useState('');
  const [typed, setTyped] = useState({ uses: '1', days: '14' });
  const [wrong, setWrong] = useState<readonly string[]>([]);
  const [made, setMade] = useState<Invite | null>(null);
  const [busy, setBusy] = useState(false);
  const stands = useInvites().data?.some((one) => one.code === made?.code) ?? true;
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (busy) return;
    const { values, wrong: found } = readNumbers(typed, BOUNDS);
    setWrong(found);
    if (found.length) return;
    const wanted = { role, department_id: department || null, uses: Math.round(values.uses ?? 1), days: Math.round(values.days ?? 14) };
    setBusy(true);
    await attempt(async () => setMade(await createInvite(wanted)), a('invites.made'));
    setBusy(false);
  }
  const number = (name: 'uses' | 'days') => (
    <Field
      label={a(`invites.${name}`)}
      type="number"
      inputMode="numeric"
      required
      value={typed[name]}
      onValue={(value) => setTyped({ ...typed, [name]: value })}
      fault={wrong.includes(name) ? a('bounds.outside', BOUNDS[name]) : undefined}
    />
  );
  return (
    <form class="card stack" onSubmit={(event) => void submit(event)} noValidate>
      <h2 class="h3">{a('invites.create')}</h2>
      <div class="filters roomy top">
        <Select label={a('role')} value={role} options={roleOptions()} onValue={setRole} />
        {departments && <Select label={a('department')} value={department} options={departmentOptions(departments)} onValue={setDepartment} />}
        {number('uses')}
        {number('days')}
      </div>
      {role !== 'employee' && <p class="note warm">{a(`invites.role.${role}`)}</p>}
      <div>
        <button class="button primary" type="submit">
          {a('invites.add')}
        </button>
      </div>
      {made && stands && <Copy key={made.code} label={a('invites.code')} text={made.code} />}
    </form>
  );
}

function One({ invite, departments }: { invite: Invite; departments: readonly Department[] | undefined }) {
  const [asking, setAsking] = useState(false);
  async function remove(): Promise<void> {
    await attempt(() => deleteInvite(invite.code), a('invites.deleted'));
    setAsking(false);
  }
  return (
    <li class="item note-item" data-invite={invite.code}>
      <div class="grow">
        <h2 class="h3 mono">{invite.code}</h2>
        <p class="small muted">
          {[a(`role.${invite.role}`), departmentName(departments, invite.department_id)].filter(Boolean).join(' · ')}
        </p>
        <p class="small muted">
          {invite.uses_left > 0 ? a('invites.left', { n: invite.uses_left }) : a('invites.used')}
          {invite.expires_at && ` · ${a('invites.until', { date: dateOf(invite.expires_at) })}`}
        </p>
      </div>
      <button class="button danger" type="button" aria-label={`${a('invites.delete')}: ${invite.code}`} onClick={() => setAsking(true)}>
        {a('invites.delete')}
      </button>
      {asking && (
        <Confirm
          title={a('invites.delete.title', { code: invite.code })}
          text={a('invites.delete.text')}
          verb={a('invites.delete')}
          danger
          onConfirm={() => void remove()}
          onClose={() => setAsking(false)}
        />
      )}
    </li>
  );
}
