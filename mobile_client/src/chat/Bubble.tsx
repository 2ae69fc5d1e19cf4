import type { MessageOut } from '../api/shapes';
import { t } from '../i18n/t';
import { Icon } from '../ui/Icon';
import { Link } from '../ui/Link';

/** Some answers lead to a part of the app that does more than words. */
const LEADS = {
  exercise: { to: '/chat/breathe', label: 'chat.breathe' },
  questionnaire: { to: '/questionnaires', label: 'chat.questionnaires' },
  week: { to: '/history?view=trend', label: 'history.trend' },
  crisis: { to: '/help', label: 'nav.help' },
} as const;

export function Bubble({ message }: { message: MessageOut }) {
  const lead = message.kind in LEADS ? LEADS[message.kind as keyof typeof LEADS] : null;
  return (
    <li class={`bubble ${message.author} ${message.kind}`}>
      <span class="hidden">{t(message.author === 'bot' ? 'chat.bot' : 'chat.you')}: </span>
      <p class="said">{message.text}</p>
      {lead && message.author === 'bot' && (
        <Link to={lead.to} class="button">
          {t(lead.label)}
          <Icon name="next" />
        </Link>
      )}
    </li>
  );
}
