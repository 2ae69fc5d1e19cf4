/** One small IndexedDB for what must survive a closed tab: waiting photos and the safety plan. Never a token. */
const NAME = 'evenkeel';
const STORES = ['outbox', 'local'] as const;
export type StoreName = (typeof STORES)[number];

let opened: Promise<IDBDatabase> | null = null;

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const store of STORES) request.result.createObjectStore(store);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('no database'));
  });
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('database request failed'));
  });
}

async function store(name: StoreName, mode: IDBTransactionMode): Promise<IDBObjectStore> {
  opened ??= open();
  return (await opened).transaction(name, mode).objectStore(name);
}

export async function readOne<T>(name: StoreName, key: string): Promise<T | undefined> {
  return settled<T | undefined>((await store(name, 'readonly')).get(key));
}

export async function readAll<T>(name: StoreName): Promise<T[]> {
  return settled<T[]>((await store(name, 'readonly')).getAll());
}

export async function write(name: StoreName, key: string, value: unknown): Promise<void> {
  await settled((await store(name, 'readwrite')).put(value, key));
}

/** Writes only what is still there: an answer that comes late must not bring back what was removed meanwhile. */
export async function replace(name: StoreName, key: string, value: unknown): Promise<void> {
  const place = await store(name, 'readwrite');
  if ((await settled(place.getKey(key))) !== undefined) await settled(place.put(value, key));
}

export async function remove(name: StoreName, key: string): Promise<void> {
  await settled((await store(name, 'readwrite')).delete(key));
}
