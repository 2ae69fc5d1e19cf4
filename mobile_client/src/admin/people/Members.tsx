import { useState } from 'preact/hooks';
import { dateOf } from '../../i18n/dates';
import { t } from '../../i18n/t';
import { Confirm, Dialog } from '../../ui/Dialog';
import { Loaded } from '../../ui/Loaded';
import { More } from '../../ui/More';
import { Screen } from '../../ui/Screen';
import { Select } from '../../ui/Select';
import { changeMember, removeMember, useDepartments, useMembers } from '../api';
import { attempt } from '../problem';
import type { Department, Member } from '../shapes';
import { a } from '../words';
import { departmentName, departmentOptions, roleOptions } from './choices';
import { PeopleTabs } from './PeopleTabs';

/** Who they are and what they may do; never how they are. */
export default function Members() {
  const pages = useMembers();
  const departments = useDepartments().data;
  return (
    <Screen title={a('members.title')}>
      <div class="stack reading-width">
        <PeopleTabs />
        <p class="muted">{a('members.lead')}</p>
        <Loaded query={pages}>
          {({ pages: loaded }) => (
            <ul class="list">
              {loaded
                .flatMap((page) => page.items)
                .map((member) => (
                  <One key={member.id} member={member} departments={departments} />
                ))}
            </ul>
          )}
        </Loaded>
        <More pages={pages} />
      </div>
    </Screen>
  );
}

function One({ member, departments }: { member: Member; departments: readonly Department[] | undefined }) {
  const [changing, setChanging] = useState(false);
  const name = member.display_name || member.username;
  return (
    <li class="item note-item" data-member={member.username}>
      <div class="grow">
        <h2 class="h3">{name}</h2>
        <p class="small muted">
          {[member.username, a(`role.${member.role}`), departmentName(departments, member.department_id)].filter(Boolean).join(' · ')}
        </p>
        <p class="small muted">{a('members.since', { date: dateOf(member.created_at) })}</p>
      </div>
      <button class="button" type="button" aria-label={`${a('members.change')}: ${name}`} onClick={() => setChanging(true)}>
        {a('members.change')}
      </button>
      {changing && <Change member={member} name={name} departments={departments} onClose={() => setChanging(false)} />}
    </li>
  );
}

interface ChangeProps {
  member: Member;
  name: string;
  departments: readonly Department[] | undefined;
  onClose: () => void;
}

function Change({ member, name, departments, onClose }: ChangeProps) {
  const [role, setRole] = useState(member.role);
  const [department, setDepartment] = useState(member.department_id ?? '');
  const [removing, setRemoving] = useState(false);
  async function save(): Promise<void> {
    await attempt(() => changeMember(member.id, { role, department_id: department || null }), t('app.saved'));
    onClose();
  }
  async function remove(): Promise<void> {
    await attempt(() => removeMember(member.id), a('members.removed'));
    onClose();
  }
  if (removing)
    return (
      <Confirm
        title={a('members.remove.title', { name })}
        text={a('members.remove.text')}
        verb={a('members.remove')}
        danger
        onConfirm={() => void remove()}
        onClose={onClose}
      />
    );
  return (
    <Dialog title={name} onClose={onClose}>
      <Select label={a('role')} value={role} options={roleOptions()} onValue={setRole} />
      {role !== member.role && <p class="note warm">{a('members.role.text')}</p>}
      {departments && <Select label={a('department')} value={department} options={departmentOptions(departments)} onValue={setDepartment} />}
      <div class="row between">
        <button class="button" type="button" onClick={onClose}>
          {t('app.cancel')}
        </button>
        <button class="button primary" type="button" onClick={() => void save()}>
          {t('app.save')}
        </button>
      </div>
      <button class="button danger" type="button" onClick={() => setRemoving(true)}>
        {a('members.remove')}
      </button>
    </Dialog>
  );
}
