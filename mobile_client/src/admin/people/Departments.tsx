import { useState } from 'preact/hooks';
import { t } from '../../i18n/t';
import { Confirm } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { Loaded } from '../../ui/Loaded';
import { Screen } from '../../ui/Screen';
import { createDepartment, deleteDepartment, useDepartments } from '../api';
import { attempt, sayAdminProblem } from '../problem';
import type { Department } from '../shapes';
import { a } from '../words';
import { PeopleTabs } from './PeopleTabs';

export default function Departments() {
  return (
    <Screen title={a('departments.title')}>
      <div class="stack reading-width">
        <PeopleTabs />
        <p class="muted">{a('departments.lead')}</p>
        <Create />
        <Loaded query={useDepartments()}>
          {(departments) =>
            departments.length === 0 ? (
              <p class="card empty">{a('departments.none')}</p>
            ) : (
              <ul class="list">
                {departments.map((one) => (
                  <One key={one.id} department={one} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </div>
    </Screen>
  );
}

function Create() {
  const [name, setName] = useState('');
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (busy) return;
    if (!name.trim()) return setFault(t('error.required'));
    setBusy(true);
    try {
      await createDepartment(name.trim());
      setName('');
      setFault('');
    } catch (error) {
      setFault(sayAdminProblem(error));
    }
    setBusy(false);
  }
  return (
    <form class="card stack" onSubmit={(event) => void submit(event)} noValidate>
      <Field label={a('departments.name')} value={name} onValue={setName} required maxLength={120} fault={fault} />
      <div>
        <button class="button primary" type="submit">
          {a('departments.add')}
        </button>
      </div>
    </form>
  );
}

function One({ department }: { department: Department }) {
  const [asking, setAsking] = useState(false);
  async function remove(): Promise<void> {
    await attempt(() => deleteDepartment(department.id), a('departments.deleted'));
    setAsking(false);
  }
  return (
    <li class="item note-item" data-department={department.name}>
      <div class="grow">
        <h2 class="h3">{department.name}</h2>
        <p class="small muted">{a('departments.members', { n: department.members })}</p>
      </div>
      <button class="button danger" type="button" aria-label={`${t('app.delete')}: ${department.name}`} onClick={() => setAsking(true)}>
        {t('app.delete')}
      </button>
      {asking && (
        <Confirm
          title={a('departments.delete.title', { name: department.name })}
          text={a('departments.delete.text')}
          verb={t('app.delete')}
          danger
          onConfirm={() => void remove()}
          onClose={() => setAsking(false)}
        />
      )}
    </li>
  );
}
