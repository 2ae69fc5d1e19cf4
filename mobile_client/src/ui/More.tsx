import type { UseInfiniteQueryResult } from '@tanstack/preact-query';
import { sayProblem } from '../i18n/problem';
import { t } from '../i18n/t';
import { toast } from './Toast';

/** What is there stays when the next page does not come; only that it did not come is said. */
export function More({ pages }: { pages: Pick<UseInfiniteQueryResult, 'hasNextPage' | 'isFetchingNextPage' | 'fetchNextPage'> }) {
  const next = (): Promise<unknown> => pages.fetchNextPage().then(({ error }) => error && toast(sayProblem(error)));
  if (!pages.hasNextPage) return null;
  return (
    <div>
      <button class="button" type="button" disabled={pages.isFetchingNextPage} onClick={() => void next()}>
        {t('app.more')}
      </button>
    </div>
  );
}
