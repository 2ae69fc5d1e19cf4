import type { UseInfiniteQueryResult } from '@tanstack/preact-query';
import { t } from '../i18n/t';

export function More({ pages }: { pages: Pick<UseInfiniteQueryResult, 'hasNextPage' | 'isFetchingNextPage' | 'fetchNextPage'> }) {
  if (!pages.hasNextPage) return null;
  return (
    <div>
      <button class="button" type="button" disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
        {t('app.more')}
      </button>
    </div>
  );
}
