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
  const begin = async (): Promise<IDBObjectStore> => (await (opened ??= open())).transaction(name, mode).objectStore(name);
  return begin().catch(() => {
    opened = null; // the browser has closed it, as a phone does that put the app to sleep
    return begin();
  });
}

/** Once it is kept: a phone whose storage is full says so only at the end. */
function committed({ transaction }: IDBObjectStore): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('nothing was kept'));
  });
}

export async function readOne<T>(name: StoreName, key: string): Promise<T | undefined> {
  return settled<T | undefined>((await store(name, 'readonly')).get(key));
}

export async function readAll<T>(name: StoreName): Promise<T[]> {
  return settled<T[]>((await store(name, 'readonly')).getAll());
}

export async function write(name: StoreName, key: string, value: unknown): Promise<void> {
  const place = await store(name, 'readwrite');
  place.put(value, key);
  await committed(place);
}

/** Writes only what is still there: an answer that comes late must not bring back what was removed meanwhile. */
export async function replace(name: StoreName, key: string, value: unknown): Promise<void> {
  const place = await store(name, 'readwrite');
  if ((await settled(place.getKey(key))) === undefined) return;
  place.put(value, key);
  await committed(place);
}

export async function remove(name: StoreName, key: string): Promise<void> {
  const place = await store(name, 'readwrite');
  place.delete(key);
  await committed(place);
}
