import 'fake-indexeddb/auto';
import { forceCloseDatabase } from 'fake-indexeddb';
import { beforeEach, expect, test, vi } from 'vitest';
import { sayRefused } from '../src/capture/refusal';
import { en } from '../src/i18n/en';
import { afterAnswer, type Entry, newEntry, waitBefore } from '../src/outbox/entry';
import { allEntries, drain, dropEntry, keepEntry, type Road } from '../src/outbox/send';

const PHOTO = new Blob(['jpeg'], { type: 'image/jpeg' });
const NOW = Date.parse('2026-11-21T08:00:00Z');

interface Call {
  path: string;
  key?: string | undefined;
  at?: FormDataEntryValue | null | undefined;
}

/** A road that answers from a list, and notes what was asked. */
function road(answers: (Response | Error)[], owner = 'ana') {
  const calls: Call[] = [];
  const next = (): Promise<Response> => {
    const answer = answers.shift() ?? new Error('nothing more was expected');
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const made: Road = {
    owner,
    post: (path, init) => {
      calls.push({ path, key: init.headers['Idempotency-Key'], at: init.body?.get('captured_at') });
      return next();
    },
    get: (path) => {
      calls.push({ path });
      return next();
    },
  };
  return { made, calls };
}

const json = (status: number, body: object, headers?: HeadersInit): Response =>
  new Response(JSON.stringify(body), { status, headers: headers ?? {} });
const read = (): Response => json(201, { id: 's1', status: 'read', reading: { id: 'r1' } });

async function waitingEntry(owner = 'ana'): Promise<Entry> {
  const entry = newEntry(owner, PHOTO, new Date(NOW));
  await keepEntry(entry);
  return entry;
}

const only = async (): Promise<Entry> => (await allEntries())[0] as Entry;

beforeEach(async () => {
  for (const entry of await allEntries()) await dropEntry(entry.key);
});

test('a photo that was read leaves the phone and names its reading', async () => {
  const entry = await waitingEntry();
  const { made, calls } = road([read()]);
  expect(await drain(made, () => NOW)).toBeNull();
  expect(calls).toEqual([{ path: '/snapshots', key: entry.key, at: entry.capturedAt }]);
  expect(await only()).toMatchObject({ state: 'done', readingId: 'r1', photo: null });
});

test('an answer that comes after the log-out does not bring the photo back', async () => {
  const entry = await waitingEntry();
  const { made } = road([]);
  made.post = async () => {
    await dropEntry(entry.key);
    return json(503, {});
  };
  await drain(made, () => NOW);
  expect(await allEntries()).toEqual([]);
});

test('a photo that is discarded while the one before it is on its way is not sent', async () => {
  const entries = [await waitingEntry(), await waitingEntry()];
  const { made, calls } = road([read()]);
  const { post } = made;
  made.post = async (path, init) => {
    const other = entries.find((entry) => entry.key !== init.headers['Idempotency-Key']);
    await dropEntry(other?.key ?? '');
    return post(path, init);
  };
  expect(await drain(made, () => NOW)).toBeNull();
  expect(calls).toHaveLength(1);
});

test('a photo counts as kept once it is: a full phone says so only at the end', async () => {
  const { put } = IDBObjectStore.prototype;
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementationOnce(function (this: IDBObjectStore, ...given) {
    const request = put.apply(this, given);
    request.addEventListener('success', () => this.transaction.abort());
    return request;
  });
  await expect(waitingEntry()).rejects.toThrow();
  vi.restoreAllMocks();
});

test('a database that the browser has closed is opened again', async () => {
  const used = vi.spyOn(IDBDatabase.prototype, 'transaction');
  await waitingEntry();
  forceCloseDatabase(used.mock.contexts[0] as never);
  vi.restoreAllMocks();
  expect(await allEntries()).toHaveLength(1);
});

test('a clip goes to its own place, and is asked after there', async () => {
  const entry = newEntry('ana', PHOTO, new Date(NOW), 'clip');
  await keepEntry(entry);
  const { made, calls } = road([json(202, { id: 'c1', status: 'accepted' }), json(200, { id: 'c1', status: 'read', reading: { id: 'r2' } })]);
  const again = await drain(made, () => NOW);
  expect(await only()).toMatchObject({ state: 'reading', snapshotId: 'c1', photo: null });
  await drain(made, () => again ?? 0);
  expect(calls.map((call) => call.path)).toEqual(['/clips', '/clips/c1']);
  expect(await only()).toMatchObject({ state: 'done', readingId: 'r2' });
});

test('without a network it stays, and the next try carries the same key', async () => {
  const entry = await waitingEntry();
  const first = road([new TypeError('Failed to fetch')]);
  const again = await drain(first.made, () => NOW);
  expect(again).toBe(NOW + waitBefore(0));
  expect(await only()).toMatchObject({ state: 'waiting', attempts: 1 });
  const second = road([read()]);
  await drain(second.made, () => again ?? 0);
  expect(second.calls[0]?.key).toBe(entry.key);
});

test('a line that has gone quiet is hung up on, later for what is larger, and the photo goes out with the next try', async () => {
  const patience = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(AbortSignal.abort());
  await keepEntry(newEntry('ana', new Blob([new Uint8Array(80_000)]), new Date(NOW)));
  const { made } = road([read()]);
  const { post } = made;
  made.post = (path, init) => (init.signal.aborted ? Promise.reject(init.signal.reason) : post(path, init));
  await drain(made, () => NOW);
  expect(await only()).toMatchObject({ state: 'waiting', attempts: 1 });
  expect(patience).toHaveBeenCalledWith(70_000);
  vi.restoreAllMocks();
  await drain(made, () => NOW, true);
  expect((await only()).state).toBe('done');
});

test('an accepted photo is asked after, never sent again', async () => {
  await waitingEntry();
  const { made, calls } = road([json(202, { id: 's1', status: 'accepted' }), read()]);
  await drain(made, () => NOW);
  expect(await only()).toMatchObject({ state: 'reading', snapshotId: 's1', photo: null });
  await drain(made, () => NOW, true);
  expect(calls.map((call) => call.path)).toEqual(['/snapshots', '/snapshots/s1']);
  expect((await only()).state).toBe('done');
});

test('what is not due yet is left alone, unless the network has just come back', async () => {
  await waitingEntry();
  await drain(road([new TypeError('offline')]).made, () => NOW);
  const early = road([]);
  await drain(early.made, () => NOW + 1);
  expect(early.calls).toEqual([]);
  const forced = road([read()]);
  await drain(forced.made, () => NOW + 1, true);
  expect(forced.calls).toHaveLength(1);
});

test('a clock that was set back does not keep a photo waiting until it has caught up', async () => {
  await waitingEntry();
  const month = 30 * 86_400_000;
  await drain(road([new TypeError('offline')]).made, () => NOW + month);
  expect(await drain(road([read()]).made, () => NOW)).toBeNull();
  expect((await only()).state).toBe('done');
});

test('a refusal ends it and says why', async () => {
  await waitingEntry();
  await drain(road([json(403, { code: 'consent_missing' })]).made, () => NOW);
  expect(await only()).toMatchObject({ state: 'refused', problem: 'consent_missing', photo: null });
});

const tooEarly = (serverNow: number): Response =>
  json(422, { code: 'captured_at_invalid' }, { Date: new Date(serverNow).toUTCString() });

test.each([
  ['a clock that is an hour ahead', NOW, NOW - 3_600_000, NOW - 3_600_000],
  ['a clock that was ahead and has been set right', NOW - 3_600_000, NOW - 3_600_000, NOW - 3_600_000],
  ['a battery that was empty for years', NOW, NOW + 1000 * 86_400_000, NOW + 1000 * 86_400_000],
])('%s loses no photo: the time is put right by the server\'s clock', async (_, phone, server, taken) => {
  const entry = await waitingEntry();
  const { made, calls } = road([tooEarly(server), read()]);
  expect(await drain(made, () => phone)).toBe(phone);
  expect(await only()).toMatchObject({ state: 'waiting', photo: expect.anything(), key: entry.key });
  await drain(made, () => phone);
  expect(calls.map((call) => call.at)).toEqual([entry.capturedAt, new Date(taken).toISOString()]);
  expect((await only()).state).toBe('done');
});

test('a photo that is too old by any clock is refused, and says so', async () => {
  await waitingEntry();
  const later = NOW + 70 * 86_400_000;
  await drain(road([tooEarly(later)]).made, () => later);
  expect(await only()).toMatchObject({ state: 'refused', problem: 'captured_at_invalid', photo: null });
});

test('each refusal has its own advice', () => {
  const say = (problem: string, kind: 'photo' | 'clip' = 'photo'): string => sayRefused({ problem, kind });
  expect(say('captured_at_invalid')).toBe(en['error.photo_time']);
  expect(say('unsupported_format')).toBe(en['error.photo_type']);
  expect(say('consent_missing', 'clip')).toBe(en['error.consent']);
  expect(say('not_found')).toBe(en['error.gone']);
  expect(say('unsupported_format', 'clip')).toBe(en['clip.refused']);
  expect(say('damaged')).toBe(en['abstained.other']);
});

test('a photo of somebody else on this phone is never sent with my name', async () => {
  await waitingEntry('ben');
  const { made, calls } = road([]);
  expect(await drain(made, () => NOW)).toBeNull();
  expect(calls).toEqual([]);
  expect((await only()).state).toBe('waiting');
});

test('done entries are forgotten after a day, waiting ones never', async () => {
  await waitingEntry();
  await drain(road([read()]).made, () => NOW);
  await drain(road([]).made, () => NOW + 25 * 3600 * 1000);
  expect(await allEntries()).toEqual([]);
});

test('how a photo ended is there for a day, also when it had waited for a week', async () => {
  const week = NOW + 7 * 86_400_000;
  await waitingEntry();
  await drain(road([json(403, { code: 'consent_missing' })]).made, () => week);
  await drain(road([]).made, () => week + 23 * 3600 * 1000);
  expect(await only()).toMatchObject({ state: 'refused', problem: 'consent_missing' });
});

test.each([
  [500, 'waiting'],
  [503, 'waiting'],
  [401, 'waiting'],
  [429, 'waiting'],
  [413, 'refused'],
  [415, 'refused'],
  [422, 'refused'],
] as const)('an answer of %i leaves the entry %s', (status, state) => {
  const entry = newEntry('ana', PHOTO, new Date(NOW));
  expect(afterAnswer(entry, { status, retryAfter: null, at: NOW, snapshot: null, code: '' }, NOW).state).toBe(state);
});

test('Retry-After is honoured, and waits grow to half a minute', () => {
  const entry = newEntry('ana', PHOTO, new Date(NOW));
  expect(afterAnswer(entry, { status: 429, retryAfter: 12, at: NOW, snapshot: null, code: '' }, NOW).nextAt).toBe(NOW + 12_000);
  expect([0, 1, 4, 9].map(waitBefore)).toEqual([1000, 2000, 16_000, 30_000]);
});
