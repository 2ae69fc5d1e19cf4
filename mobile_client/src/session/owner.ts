import { forgetPlan } from '../help/plan';
import { ME, queryClient } from '../api/queries';
import { language } from '../i18n/language';
import { setZone } from '../i18n/zone';
import { readOne, remove, write } from '../outbox/database';
import { clearOutbox } from '../outbox/outbox';
import { forgetUser, isLeaving, remembered, rememberUser, setLeaving } from './remember';
import { currentPerson, logOut } from './session';

/** Whose phone this is at the moment; the service worker reads it to send only that person's photos. */
async function keepOwner(username: string): Promise<void> {
  rememberUser(username);
  await write('local', 'owner', username);
  await write('local', 'language', language());
}

/** The server takes these for the same name as well. */
const spelled = (username: string): string => username.normalize('NFKC').trim().toLowerCase();

/** Whoever signed in: the same person again, in whatever letters, or another one. */
export async function takeOver(username: string): Promise<void> {
  const before = remembered() ?? (await readOne<string>('local', 'owner')) ?? null;
  const same = before !== null && spelled(before) === spelled(username);
  if (before && !same) await forgetOwner();
  await keepOwner(same ? before : username);
}

/** At every start: a browser may forget whose phone this is and keep the sign-in, as Safari does after a week without a visit. */
export async function recall(): Promise<void> {
  const asked = currentPerson();
  const { username } = await queryClient.fetchQuery(ME);
  if (!isLeaving() && currentPerson() === asked) await takeOver(username);
}

/** The device's own end is enough: the push service tells the server that nobody is there any more. */
async function endPush(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  await (await registration?.pushManager?.getSubscription())?.unsubscribe();
}

/** As if the person had never been here: on log-out, after erasing the account, before a tablet is everybody's. */
export async function leave(): Promise<void> {
  setLeaving(true); // before other tabs notice: they must not come back on the cookie
  await forgetOwner();
  await logOut();
  queryClient.clear();
  setZone(undefined);
}

/** Another person, or a log-out: nothing of the one before stays on the device. */
async function forgetOwner(): Promise<void> {
  forgetUser();
  await endPush().catch(() => undefined);
  await clearOutbox();
  await forgetPlan();
  for (const key of ['owner', 'country', 'consent-open']) await remove('local', key);
}
