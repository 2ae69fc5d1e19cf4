import { LEVELS, type Level, type Row, type Status } from '../shapes';
import { h } from '../words';

/** Three bars, as many filled as the level is high: told apart by shape, never by colour, never red. */
export function LevelMark({ level }: { level: Level | null }) {
  if (level === null) return <span class="muted">{h('cases.level.kept')}</span>;
  const filled = LEVELS.indexOf(level);
  return (
    <span class="mark-line">
      <svg class="bars-mark" viewBox="0 0 18 14" aria-hidden="true">
        {[0, 1, 2].map((bar) => (
          <rect key={bar} class={bar < filled ? 'full' : ''} x={bar * 6 + 1} y={9 - bar * 4} width="4" height={4 + bar * 4} rx="1" />
        ))}
      </svg>
      {h(`level.${level}`)}
    </span>
  );
}

const SIGNS: Readonly<Record<Status, string>> = {
  new: 'M7 2a5 5 0 1 0 0 10A5 5 0 0 0 7 2z',
  acknowledged: 'M7 2a5 5 0 1 0 0 10A5 5 0 0 0 7 2zM7 2v10',
  contacted: 'M2 3h10v7H6l-3 2v-2H2z',
  resolved: 'M2.500 7.500l3 3 6-7',
};

export function StatusMark({ status }: { status: Status }) {
  return (
    <span class={`status ${status}`} data-status={status}>
      <svg viewBox="0 0 14 14" aria-hidden="true">
        <path d={SIGNS[status]} />
      </svg>
      {h(`status.${status}`)}
    </span>
  );
}

export function Late({ row }: { row: Row }) {
  if (!row.overdue) return null;
  return <span class="late">{h('cases.overdue')}</span>;
}
