/** The agent's last word about itself. It came from outside and may be of an older agent: nothing in it is taken for granted. */
export interface Health {
  agent: string;
  sources: { name: string; state: string; rate: number }[];
  readings: number;
  waiting: number;
  dropped: number;
}

const count = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);
const said = (value: unknown): string => (typeof value === 'string' ? value : '');

export function healthOf(raw: Readonly<Record<string, unknown>>): Health | null {
  if (!Object.keys(raw).length) return null;
  const sources = Array.isArray(raw.sources) ? (raw.sources as Record<string, unknown>[]) : [];
  return {
    agent: said(raw.agent),
    sources: sources.map((one) => ({ name: said(one.name), state: said(one.state), rate: count(one.frames_per_second) })),
    readings: count(raw.readings),
    waiting: count(raw.buffered),
    dropped: count(raw.dropped),
  };
}
