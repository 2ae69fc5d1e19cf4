import { Tabs } from '../Tabs';
import { a } from '../words';

export function OperationTabs() {
  const tabs = [
    { to: '/admin/operation', text: a('jobs.title') },
    { to: '/admin/operation/audit', text: a('audit.title') },
  ];
  return <Tabs label={a('nav.operation')} tabs={tabs} />;
}
