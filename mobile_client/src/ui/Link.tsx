import type { ComponentChildren, JSX } from 'preact';
import { navigate } from '../router';

interface Props extends Omit<JSX.HTMLAttributes<HTMLAnchorElement>, 'href'> {
  to: string;
  children: ComponentChildren;
  replace?: boolean;
}

const modified = (event: MouseEvent): boolean => event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0;

/** A real link (new tab, long press, keyboard) that stays inside the app. */
export function Link({ to, replace, children, ...rest }: Props) {
  const follow = (event: MouseEvent): void => {
    if (modified(event)) return;
    event.preventDefault();
    navigate(to, replace ? 'replace' : 'push');
  };
  return (
    <a href={to} onClick={follow} {...rest}>
      {children}
    </a>
  );
}
