import { currentPerson, currentToken, refresh, sessionEnded, Unreachable } from '../session/session';
import { language } from '../i18n/language';
import { OfflineError, problemOf } from './errors';

export const BASE = '/api/v1';

export interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  json?: unknown;
  form?: FormData | URLSearchParams;
  headers?: Record<string, string>;
  anonymous?: boolean;
  signal?: AbortSignal;
}

function send(path: string, call: Call, token: string | null): Promise<Response> {
  const headers: Record<string, string> = { 'Accept-Language': language(), ...call.headers };
  if (token && !call.anonymous) headers.Authorization = `Bearer ${token}`;
  if (call.json !== undefined) headers['Content-Type'] = 'application/json';
  const body = call.json !== undefined ? JSON.stringify(call.json) : call.form;
  return fetch(BASE + path, { method: call.method ?? 'GET', headers, body, signal: call.signal, credentials: 'same-origin' });
}

async function reach<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Unreachable || error instanceof TypeError) throw new OfflineError();
    throw error;
  }
}

/** Sends once; an expired access token is renewed and the call repeated a single time, for the same person only. */
export async function call(path: string, options: Call = {}): Promise<Response> {
  let token = options.anonymous ? null : (currentToken() ?? (await reach(refresh())));
  const asker = currentPerson();
  const same = (): boolean => !options.anonymous && currentPerson() === asker;
  let answer = await reach(send(path, options, token));
  if (answer.status === 401 && same()) {
    token = await reach(refresh());
    if (token && same()) answer = await reach(send(path, options, token));
    if (same() && (!token || answer.status === 401)) sessionEnded();
  }
  if (!answer.ok) throw await problemOf(answer);
  return answer;
}

export async function fetchJson<T>(path: string, options: Call = {}): Promise<T> {
  const answer = await call(path, options);
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}
