import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n/t';
import { goBack } from '../router';
import { Icon } from './Icon';
import { Link } from './Link';

interface Props {
  title: string;
  back?: string;
  help?: boolean;
  children: ComponentChildren;
}

/** Bar with title and help button, then the content. A new screen takes the focus to its title. */
export function Screen({ title, back, help = true, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    window.scrollTo(0, 0);
    heading.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    document.title = `${title} · Evenkeel`;
  }, [title]);
  return (
    <>
      <header class="bar">
        {back && (
          <button class="button plain back" type="button" onClick={() => goBack(back)} aria-label={t('app.back')}>
            <Icon name="back" />
          </button>
        )}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {help && (
          <Link to="/help" class="button plain help-link">
            <Icon name="help" />
            {t('nav.help')}
          </Link>
        )}
      </header>
      <main id="content">{children}</main>
    </>
  );
}
