import { forgetPlan } from '../help/plan';
import { language } from '../i18n/language';
import { write } from '../outbox/database';
import { clearOutbox } from '../outbox/outbox';
import { forgetUser, remembered, rememberUser } from './remember';

/** Whose phone this is at the moment; the service worker reads it to send only that person's photos. */
async function keepOwner(username: string): Promise<void> {
  rememberUser(username);
  await write('local', 'owner', username);
  await write('local', 'language', language());
}

/** Whoever signed in: the same person again, in whatever letters, or another one. */
export async function takeOver(username: string): Promise<void> {
  const before = remembered();
  const same = before?.toLowerCase() === username.toLowerCase();
  if (before && !same) await forgetOwner();
  await keepOwner(same ? (before ?? username) : username);
}

/** Another person, or a log-out: nothing of the one before stays on the device. */
export async function forgetOwner(): Promise<void> {
  forgetUser();
  await clearOutbox();
  await forgetPlan();
  await write('local', 'owner', null);
}
