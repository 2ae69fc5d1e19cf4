import type { ComponentChildren, VNode } from 'preact';
import { expect, test } from 'vitest';
import type { Shared } from '../src/api/cases';
import { beginning, History } from '../src/hr/cases/History';
import type { CaseEvent, Figure, InsightPage } from '../src/hr/shapes';
import { Groups } from '../src/hr/insights/Panels';
import { CaseContent } from '../src/today/Share';

/** What somebody reads of these elements, parts of our own included. */
function read(what: ComponentChildren): string {
  if (Array.isArray(what)) return what.map(read).join('\n');
  if (typeof what !== 'object' || what === null) return typeof what === 'string' ? what : '';
  const { type, props } = what as VNode<{ children?: ComponentChildren }>;
  return typeof type === 'function' ? read((type as (given: object) => ComponentChildren)(props)) : read(props.children);
}

const SHARED: Required<Shared> = {
  person: 'Ana',
  unit: 'Workshop',
  note: 'I sleep badly.',
  because_text: 'The person asked for a conversation.',
  level: 'none',
  days: [{ day: '2026-11-20', level: 'high' }],
  reasons: ['Sadness was above the usual range.'],
  support: [
    { day: '2026-11-10', text: 'A quiet note', helpful: true },
    { day: '2026-11-12', text: 'A second note', helpful: false },
    { day: '2026-11-14', text: 'A third note', helpful: null },
  ],
  action_units: [{ unit: 'AU4', name: 'brow lowered', share: 0.67 }],
};

test('the person reads all that HR reads, whether support helped too', () => {
  const seen = read(CaseContent({ shared: SHARED }));
  for (const part of ['Ana · Workshop', SHARED.note, SHARED.because_text, ...SHARED.reasons, 'brow lowered: 67']) {
    expect(seen).toContain(part);
  }
  expect(seen).toMatch(/quiet note \(found helpful\)[^]*second note \(not helpful\)[^]*third note \(no answer\)/);
  expect(seen).toContain('In your usual range');
  expect(seen).toMatch(/20.*Much lower than usual for a while/);
});

test('a level that was not shared is not told as a steady one', () => {
  expect(read(CaseContent({ shared: { person: 'Ana', unit: null, note: 'Hello' } }))).not.toMatch(/usual/);
});

test('what somebody did whose account was deleted is not signed by Evenkeel', () => {
  const event = { status: 'new', at: '2026-11-20T10:00:00Z', actor: null, assignee: null, note: '' } as const;
  const seen = (action: CaseEvent['action']): string => read(History({ events: [{ ...event, action }] })).replaceAll('\n', '');
  expect(seen('opened')).toContain('Opened · Evenkeel');
  expect(seen('remind')).toContain('· Evenkeel');
  expect(seen('contact')).toContain('Contacted · an account that was deleted');
  expect(seen('assign')).toContain('Given to an account that was deleted');
  expect(seen('unassign')).toContain('Given back to everybody');
});

test('nobody is said to have agreed on a day on which nothing was asked', () => {
  const event = { status: 'new', at: '2026-11-20T10:00:00Z', actor: null, assignee: null, note: '' } as const;
  const said = (opened_by: 'person' | 'policy', action: CaseEvent['action']): string =>
    beginning({ opened_by, name: 'Ana', shared_at: event.at, opened_at: event.at, history: [{ ...event, action }] });
  expect(said('person', 'opened')).toMatch(/^Ana asked for this conversation on .*20/);
  expect(said('policy', 'shared')).toMatch(/^Ana agreed to share this on .*20/);
  expect(said('policy', 'opened')).toMatch(/^Ana agreed beforehand .* shared on .*20/);
});

test('where age bands are too small the card of ages says so, beside the genders that are shown', () => {
  const figure = (key: string, label: string, value: number | null): Figure => ({ key, label, value, bound: 'exact', people: value && 10, hidden: value === null ? 'too_few' : null });
  const week = { week: '2026-11-09', until: '2026-11-15', figures: [figure('gender.female', 'Women', 0.2), figure('gender.male', 'Men', null)] };
  const page = { scale: { low: -1, high: 1, unit: 'balance' } } as InsightPage;
  const seen = read(Groups({ page, week })).replaceAll('\n', '');
  expect(seen).toMatch(/Women\+0\.20Menhidden.*at least 10 people.*Age.*No group is large enough to be shown/);
});
