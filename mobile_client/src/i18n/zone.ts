import { createStore, useStore } from '../ui/store';

/** The person's time zone, in which the server counts days; until it is known, the device's (undefined). */
const zoneStore = createStore<string | undefined>(undefined);

export const zone = (): string | undefined => zoneStore.get();
export const useZone = (): string | undefined => useStore(zoneStore);
export const deviceZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

/** The server may know a zone that this browser does not. */
export function known(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}

export function setZone(name: string | undefined): void {
  const next = name && known(name) ? name : undefined;
  if (next !== zoneStore.get()) zoneStore.set(next);
}

/** Milliseconds that the zone's clocks are ahead of UTC at an instant. */
function ahead(instant: number, name: string | undefined): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: name, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
  }).formatToParts(instant);
  const [year, month, day, hour, minute, second] = (['year', 'month', 'day', 'hour', 'minute', 'second'] as const).map((type) =>
    Number(parts.find((part) => part.type === type)?.value),
  ) as [number, number, number, number, number, number];
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
}

/**
 * When a day begins in a zone; asked twice because clocks may change in between. Where they are put forward at midnight,
 * as in Chile and Egypt, no clock shows 0:00: the second answer would lie in the day before.
 */
export function startOf(day: string, name = zone()): string {
  const utc = Date.parse(`${day}T00:00:00Z`);
  const first = utc - ahead(utc, name);
  const second = utc - ahead(first, name);
  return new Date(second + ahead(second, name) < utc ? first : second).toISOString();
}

/** Whether two zones' clocks show the same, in summer and in winter. */
export function sameClock(one: string, other: string, now = Date.now()): boolean {
  const half = 182 * 86_400_000;
  return !known(one) || !known(other) || [now, now + half].every((instant) => ahead(instant, one) === ahead(instant, other));
}
