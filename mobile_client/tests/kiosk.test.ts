import { afterEach, describe, expect, it, vi } from 'vitest';
import { outcomeOf, sayHere, sendFrames } from '../src/kiosk/frame';

const photo = new Blob(['x'], { type: 'image/jpeg' });

describe('what the tablet says', () => {
  it('tells apart nobody, unreadable and noted, and never who', () => {
    expect(outcomeOf({ status: 'read', recognised: 0, accepted: 0 })).toBe('unknown');
    expect(outcomeOf({ status: 'read', recognised: 1, accepted: 0 })).toBe('unread');
    expect(outcomeOf({ status: 'read', recognised: 1, accepted: 1 })).toBe('done');
    expect(outcomeOf({ status: 'accepted', recognised: null, accepted: null })).toBe('failed');
    expect(outcomeOf({ status: 'rejected', recognised: null, accepted: null })).toBe('failed');
  });
});

describe('what the tablet sends', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('sends all frames with the key and without a session', async () => {
    const answer = { id: 'x', status: 'read', recognised: 1, accepted: 1 };
    const asked = vi.fn(async () => new Response(JSON.stringify(answer), { status: 201 }));
    vi.stubGlobal('fetch', asked);
    expect(await sendFrames([photo, photo, photo], 'evk_camera_key')).toBe('done');
    const [, init] = asked.mock.calls[0] as unknown as [string, RequestInit & { body: FormData; headers: Record<string, string> }];
    expect(init.body.getAll('file')).toHaveLength(3);
    expect(init.body.get('source')).toBe('kiosk');
    expect(init.body.has('captured_at'), 'a tablet whose clock is wrong still counts for now').toBe(false);
    expect(init.headers['X-API-Key']).toBe('evk_camera_key');
    expect(init.credentials).toBe('omit');
    expect(init.headers).not.toHaveProperty('Authorization');
  });

  it.each([
    [401, 'refused'],
    [403, 'refused'],
    [500, 'failed'],
  ])('answers %i as %s', async (status, outcome) => {
    vi.stubGlobal('fetch', async () => new Response('{}', { status }));
    expect(await sendFrames([photo], 'key')).toBe(outcome);
  });

  it('hangs up on a line that has gone quiet, so that the next person can tap', async () => {
    const patience = vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => {
      const line = new AbortController();
      setTimeout(() => line.abort());
      return line.signal;
    });
    const silence = (_: string, init: RequestInit) =>
      new Promise<Response>((_resolve, reject) => init.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError'))));
    vi.stubGlobal('fetch', silence);
    const outcome = sendFrames([photo], 'key');
    expect(await outcome).toBe('failed');
    expect(patience).toHaveBeenCalledWith(40_000);
    vi.restoreAllMocks();
  });

  it('says that it is there, with its key alone, and stands no outage in the way', async () => {
    const asked = vi.fn(() => Promise.reject(new TypeError('offline')));
    vi.stubGlobal('fetch', asked);
    await sayHere('evk_camera_key');
    const [path, init] = asked.mock.calls[0] as unknown as [string, RequestInit & { headers: Record<string, string> }];
    expect(path).toBe('/api/v1/cameras/heartbeat');
    expect([init.headers['X-API-Key'], init.credentials]).toEqual(['evk_camera_key', 'omit']);
  });

  it('says that it did not work when the network is away', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('offline')));
    expect(await sendFrames([photo], 'key')).toBe('failed');
  });
});
