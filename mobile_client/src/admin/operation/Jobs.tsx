import { useState } from 'preact/hooks';
import { whenOf } from '../../i18n/dates';
import { Confirm } from '../../ui/Dialog';
import { Loaded } from '../../ui/Loaded';
import { Screen } from '../../ui/Screen';
import { discardJob, retryJob, useJobs } from '../api';
import { attempt } from '../problem';
import type { Job } from '../shapes';
import { a, aOr } from '../words';
import { OperationTabs } from './OperationTabs';

export default function Jobs() {
  return (
    <Screen title={a('jobs.title')}>
      <div class="stack reading-width">
        <OperationTabs />
        <p class="muted">{a('jobs.lead')}</p>
        <Loaded query={useJobs()}>
          {(jobs) =>
            jobs.length === 0 ? (
              <p class="card empty">{a('jobs.none')}</p>
            ) : (
              <ul class="list">
                {jobs.map((job) => (
                  <One key={job.id} job={job} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </div>
    </Screen>
  );
}

function One({ job }: { job: Job }) {
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const name = aOr(`step.${job.step}`, a('step.other'));
  async function retry(): Promise<void> {
    setBusy(true);
    await attempt(() => retryJob(job.id), a('jobs.retried'));
    setBusy(false);
  }
  async function discard(): Promise<void> {
    await attempt(() => discardJob(job.id), a('jobs.discarded'));
    setAsking(false);
  }
  return (
    <li class="item note-item job" data-job={job.id}>
      <div class="grow">
        <h2 class="h3">{name}</h2>
        <p class="small muted">{a('jobs.failed', { when: whenOf(job.failed_at), n: job.attempts })}</p>
        <p class="small muted">
          <span class="mono">{job.step}</span>
          {job.error && (
            <>
              {' · '}
              <span class="mono">{job.error}</span>
            </>
          )}
        </p>
      </div>
      <div class="row">
        <button class="button" type="button" disabled={busy} aria-label={`${a('jobs.retry')}: ${name}`} onClick={() => void retry()}>
          {a('jobs.retry')}
        </button>
        <button class="button danger" type="button" aria-label={`${a('jobs.discard')}: ${name}`} onClick={() => setAsking(true)}>
          {a('jobs.discard')}
        </button>
      </div>
      {asking && (
        <Confirm
          title={a('jobs.discard.title')}
          text={a('jobs.discard.text', { name })}
          verb={a('jobs.discard')}
          danger
          onConfirm={() => void discard()}
          onClose={() => setAsking(false)}
        />
      )}
    </li>
  );
}
