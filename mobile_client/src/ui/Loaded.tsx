import type { UseQueryResult } from '@tanstack/preact-query';
import type { ComponentChildren } from 'preact';
import { sayProblem } from '../i18n/problem';
import { t } from '../i18n/t';

export function Loading() {
  return (
    <div class="loading" role="status">
      {t('app.loading')}
    </div>
  );
}

export function Fault({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  return (
    <div class="note warm" role="alert">
      <div class="grow stack-s">
        <p>{sayProblem(error)}</p>
        {onRetry && (
          <div>
            <button class="button" type="button" onClick={onRetry}>
              {t('app.retry')}
            </button>
          </div>
        )}
      </div>
    </div>
  );
}

interface Props<T> {
  query: UseQueryResult<T>;
  children: (data: T) => ComponentChildren;
}

/** Loading, failed, there: so that no screen forgets one of the three. */
export function Loaded<T>({ query, children }: Props<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.isError) return <Fault error={query.error} onRetry={() => void query.refetch()} />;
  return <Loading />;
}
