import { Tabs } from '../Tabs';
import { a } from '../words';

export function PeopleTabs() {
  const tabs = [
    { to: '/admin/people', text: a('invites.title') },
    { to: '/admin/people/departments', text: a('departments.title') },
    { to: '/admin/people/members', text: a('members.title') },
    { to: '/admin/people/organisation', text: a('organisation.title') },
  ];
  return <Tabs label={a('nav.people')} tabs={tabs} />;
}
