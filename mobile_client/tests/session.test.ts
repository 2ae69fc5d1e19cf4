import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fetchJson } from '../src/api/client';
import { keepPlan, readPlan } from '../src/help/plan';
import { write } from '../src/outbox/database';
import { allEntries } from '../src/outbox/send';
import { put } from '../src/outbox/outbox';
import { takeOver } from '../src/session/owner';
import { currentPerson, forget, refresh, resume, session } from '../src/session/session';

const tokenOf = (person: string): string => `e30.${btoa(JSON.stringify({ sub: person }))}.`;
const reload = vi.fn();

/** A server on which each call after the first finds its token ended; the cookie is whoever's is next in the list. */
function server(cookies: string[], meanwhile?: () => Promise<void>) {
  const calls: string[] = [];
  vi.stubGlobal('fetch', async (url: string, given: RequestInit = {}) => {
    if (url.endsWith('/auth/refresh')) return Response.json({ access_token: tokenOf(cookies.shift() ?? '') });
    calls.push(`${given.method} ${url.slice('/api/v1'.length)}`);
    await meanwhile?.();
    return Response.json({}, { status: calls.length === 1 ? 401 : 200 });
  });
  return calls;
}

beforeEach(() => {
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined, removeItem: () => undefined });
  vi.stubGlobal('location', { reload });
  vi.stubGlobal('navigator', { languages: [] });
});
afterEach(() => {
  forget();
  reload.mockClear();
  vi.unstubAllGlobals();
});

test('a token that has ended is renewed, and the call goes out again', async () => {
  const calls = server(['ana', 'ana']);
  await fetchJson('/me', { method: 'DELETE' });
  expect(calls).toEqual(['DELETE /me', 'DELETE /me']);
  expect(reload).not.toHaveBeenCalled();
});

test('what was on its way when its owner left does not go out again for whoever signed in next', async () => {
  const calls = server(['ana', 'ben', 'ben'], async () => {
    forget();
    await refresh();
  });
  await expect(fetchJson('/snapshots', { method: 'POST' })).rejects.toMatchObject({ status: 401 });
  expect(calls).toEqual(['POST /snapshots']);
  expect(currentPerson()).toBe('ben');
});

test('when another tab has signed somebody else in, nothing is done in their name', async () => {
  const calls = server(['ana', 'ben']);
  void fetchJson('/me', { method: 'DELETE' });
  await vi.waitFor(() => expect(reload).toHaveBeenCalledOnce());
  expect(calls).toEqual(['DELETE /me']);
});

test('whose phone it was is known where the browser has forgotten a part of it', async () => {
  await write('local', 'owner', 'ana');
  await keepPlan({ call: 'My sister' });
  await takeOver('Ana ');
  expect(await readPlan()).toEqual({ call: 'My sister' });
  await takeOver('ben');
  expect(await readPlan()).toEqual({});
});

test('a line that has gone quiet does not keep the app shut for its owner', async () => {
  vi.useFakeTimers();
  vi.stubGlobal('localStorage', { getItem: (key: string) => (key === 'evenkeel.last-user' ? 'ana' : null) });
  vi.stubGlobal('fetch', () => new Promise(() => undefined));
  const resumed = resume();
  await vi.advanceTimersByTimeAsync(10_000);
  await resumed;
  expect(session.get()).toEqual({ phase: 'in', reachable: false });
  vi.useRealTimers();
});

test('a photo of nobody is not taken into the outbox', async () => {
  await expect(put(new Blob(['jpeg']))).rejects.toThrow();
  expect(await allEntries()).toEqual([]);
});
