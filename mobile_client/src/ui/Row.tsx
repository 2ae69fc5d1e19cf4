import { Icon, type IconName } from './Icon';
import { Link } from './Link';

/** A line of a list that leads to a screen. */
export function Row({ to, icon, title, text }: { to: string; icon: IconName; title: string; text?: string }) {
  return (
    <li>
      <Link to={to} class="item">
        <Icon name={icon} />
        <span class="grow">
          <span class="block">{title}</span>
          {text && <span class="small muted">{text}</span>}
        </span>
        <Icon name="next" />
      </Link>
    </li>
  );
}
