import { dateOf, whenOf } from '../../i18n/dates';
import type { CaseEvent, CaseReport } from '../shapes';
import { h } from '../words';

function what(event: CaseEvent): string {
  if (event.action === 'assign') return h('event.assign', { name: event.assignee?.name ?? h('case.somebody') });
  if (event.action === 'declined' || event.action === 'expired') return ''; // such a case never reaches HR
  return h(`event.${event.action}`);
}

/** How HR came to know: asked for, answered with a yes, or agreed to beforehand; nobody is told of a yes on a day without one. */
export function beginning({ opened_by, history, name, shared_at, opened_at }: Pick<CaseReport, 'opened_by' | 'history' | 'name' | 'shared_at' | 'opened_at'>): string {
  const answered = history.some((event) => event.action === 'shared');
  const words = opened_by === 'person' ? 'case.asked' : answered ? 'case.agreed' : 'case.automatic';
  return h(words, { name, date: dateOf(shared_at ?? opened_at) });
}

/** What Evenkeel does by itself has nobody's name; of anything else whoever did it has left, and taken the name along. */
const who = (event: CaseEvent): string =>
  event.actor ?? h(event.action === 'opened' || event.action === 'remind' ? 'case.system' : 'case.somebody');

/** Newest first: what a colleague needs to know before doing anything. */
export function History({ events }: { events: readonly CaseEvent[] }) {
  return (
    <ol class="history">
      {[...events].reverse().map((event) => (
        <li key={`${event.at}${event.action}`}>
          <p>
            <strong>{what(event)}</strong>
            <span class="muted"> · {who(event)}</span>
          </p>
          {event.note && (
            <p class="written" dir="auto">
              {event.note}
            </p>
          )}
          <p class="small muted">{whenOf(event.at)}</p>
        </li>
      ))}
    </ol>
  );
}
