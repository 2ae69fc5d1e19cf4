import { Link } from '../ui/Link';

/** Pages of one subject beside each other. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly { to: string; text: string }[] }) {
  return (
    <nav class="choices" aria-label={label}>
      {tabs.map(({ to, text }) => (
        <Link key={to} to={to} replace class="choice" aria-current={to === location.pathname ? 'page' : undefined}>
          {text}
        </Link>
      ))}
    </nav>
  );
}
