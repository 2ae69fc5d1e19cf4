import { t } from '../i18n/t';
import { toast } from '../ui/Toast';

/** Asks before a new version takes over, so that nothing typed or photographed is lost. */
function offer(worker: ServiceWorker): void {
  toast(t('app.update'), { label: t('app.update.now'), run: () => worker.postMessage('take-over') });
}

function watch(registration: ServiceWorkerRegistration): void {
  if (registration.waiting && navigator.serviceWorker.controller) offer(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing;
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed' && navigator.serviceWorker.controller) offer(worker);
    });
  });
}

export async function registerWorker(): Promise<void> {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return;
  let hadOne = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (hadOne) location.reload(); // the first worker only claims the page; a later one brings new code
    hadOne = true;
  });
  const registration = await navigator.serviceWorker.register('/sw.js');
  watch(registration);
  setInterval(() => void registration.update().catch(() => undefined), 60 * 60 * 1000);
}
