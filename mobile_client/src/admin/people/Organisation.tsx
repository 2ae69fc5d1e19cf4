import { useState } from 'preact/hooks';
import { CountryField } from '../../help/CountryField';
import { COUNTRIES } from '../../help/helplines';
import { t } from '../../i18n/t';
import { Field } from '../../ui/Field';
import { Loaded } from '../../ui/Loaded';
import { Screen } from '../../ui/Screen';
import { ZoneField } from '../../ui/ZoneField';
import { changeOrganisation, useOrganisation } from '../api';
import { attempt } from '../problem';
import type { Organisation as Shown } from '../shapes';
import { a } from '../words';
import { PeopleTabs } from './PeopleTabs';

export default function Organisation() {
  return (
    <Screen title={a('organisation.title')}>
      <div class="stack reading-width">
        <PeopleTabs />
        <p class="muted">{a('organisation.lead')}</p>
        <Loaded query={useOrganisation()}>{(organisation) => <Change organisation={organisation} />}</Loaded>
      </div>
    </Screen>
  );
}

function Change({ organisation }: { organisation: Shown }) {
  const [name, setName] = useState(organisation.name);
  const [country, setCountry] = useState(organisation.country);
  const [timezone, setTimezone] = useState(organisation.timezone);
  const [fault, setFault] = useState('');

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (!name.trim()) return setFault(t('error.required'));
    setFault('');
    await attempt(() => changeOrganisation({ name: name.trim(), country, timezone }), t('app.saved'));
  }
  return (
    <form class="card stack" onSubmit={(event) => void submit(event)} noValidate>
      <Field label={a('organisation.name')} value={name} onValue={setName} required maxLength={120} fault={fault} />
      <CountryField value={country} onValue={setCountry} hint={a('organisation.country.hint')} />
      {!(country in COUNTRIES) && <p class="note warm">{a('organisation.country.none')}</p>}
      <ZoneField value={timezone} onValue={setTimezone} hint={a('organisation.zone.hint')} />
      <div>
        <button class="button primary" type="submit">
          {t('app.save')}
        </button>
      </div>
    </form>
  );
}
