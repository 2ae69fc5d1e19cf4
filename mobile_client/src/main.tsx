import { render } from 'preact';
import './ui/tokens.css';
import './ui/base.css';
import './ui/layout.css';
import './ui/capture.css';
import './ui/charts.css';
import './ui/screens.css';
import { App } from './app';
import { refreshMood } from './api/queries';
import { languageStore } from './i18n/language';
import { speak } from './i18n/t';
import { watchOutbox } from './outbox/outbox';
import { onOtherUser } from './session/remember';
import { resume, tellLogOut } from './session/session';
import { registerWorker } from './sw/register';
import { applyTheme } from './ui/theme';

applyTheme();
// The words first, so that nothing flashes in another language; a missing chunk must not keep the app shut.
await speak(languageStore.get()).catch(() => undefined);
render(<App />, document.getElementById('app') as HTMLElement);
onOtherUser(() => location.reload());
await resume();
watchOutbox(refreshMood);
window.addEventListener('online', () => void tellLogOut());
await registerWorker();
