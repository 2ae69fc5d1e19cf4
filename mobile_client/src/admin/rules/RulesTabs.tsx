import { Tabs } from '../Tabs';
import { a } from '../words';

export function RulesTabs() {
  const tabs = [
    { to: '/admin/rules', text: a('policy.title') },
    { to: '/admin/rules/assessment', text: a('assessment.title') },
    { to: '/admin/rules/cases', text: a('cases.title') },
    { to: '/admin/rules/retention', text: a('retention.title') },
  ];
  return <Tabs label={a('nav.rules')} tabs={tabs} />;
}
