import { useState } from 'preact/hooks';
import { submitReport } from '../api/selfreports';
import { queryClient, useConsents, useDays, useMe, useRisk } from '../api/queries';
import { worksInHr } from '../hr/ready';
import { bandFor, standing, valueOf } from '../history/range';
import { addDays, longDay, useToday } from '../i18n/dates';
import { sayProblem } from '../i18n/problem';
import { t } from '../i18n/t';
import { useOutbox, waiting } from '../outbox/outbox';
import { Icon } from '../ui/Icon';
import { Link } from '../ui/Link';
import { Row } from '../ui/Row';
import { Screen } from '../ui/Screen';
import { toast } from '../ui/Toast';
import { useOnline } from '../ui/online';
import { Notices } from './Notices';
import { ShareQuestion } from './Share';
import { ZoneQuestion } from './Zone';

/** One button that matters; everything else is a calm list. */
export default function Today() {
  const name = useMe().data?.display_name;
  const today = useToday();
  return (
    <Screen title={name ? t('today.hello', { name }) : t('today.hello.plain')}>
      <div class="stack">
        <p class="muted">{longDay(today)}</p>
        <Waiting />
        <Link to="/checkin" class="button primary big wide">
          <Icon name="camera" />
          {t('today.checkin')}
        </Link>
        <NoConsent />
        <ZoneQuestion />
        <State />
        <ShareQuestion />
        <Desk />
        <Mood key={today} />
        <Notices />
        <ul class="list">
          <Row to="/chat/breathe" icon="wind" title={t('today.pause')} text={t('today.pause.text')} />
          <Row to="/questionnaire/who5" icon="list" title={t('today.questionnaire')} text={t('today.questionnaire.text')} />
        </ul>
      </div>
    </Screen>
  );
}

/** Whoever works in HR comes in here too; the console is one tap away. */
function Desk() {
  if (!worksInHr(useMe().data?.role)) return null;
  return (
    <ul class="list">
      <Row to="/hr" icon="desk" title={t('nav.hr.title')} text={t('nav.hr.text')} />
    </ul>
  );
}

function Waiting() {
  const online = useOnline();
  const left = waiting(useOutbox());
  if (!left.length && online) return null;
  return (
    <div class="note warm" role="status" data-waiting={left.length}>
      <Icon name="cloud" />
      <div class="grow">
        {left.length > 0 && (
          <Link to="/outbox">{t('outbox.waiting', { n: left.length })}</Link>
        )}
        {!online && <p class="small">{t('outbox.offline')}</p>}
      </div>
    </div>
  );
}

function NoConsent() {
  const reading = useConsents().data?.find((consent) => consent.purpose === 'score_photos');
  if (!reading || reading.granted) return null;
  return (
    <div class="note">
      <div class="grow stack-s">
        <p>
          <strong>{t('today.consent')}.</strong> {t('today.consent.text')}
        </p>
        <Link to="/me/consents">{t('today.consent.open')}</Link>
      </div>
    </div>
  );
}

/** Today against the person's own weeks; a raised assessment of the server speaks first. */
function State() {
  const today = useToday();
  const range = useDays(addDays(today, -35), today).data;
  const assessment = useRisk().data?.assessment;
  if (!range) return null;
  const day = range.days.find((one) => one.day === today);
  const how = day && standing(valueOf(day.vector, 'balance'), bandFor(today, range.days, 'balance'));
  const raised = assessment && assessment.day === today && assessment.level !== 'none' && assessment.level !== 'low';
  return (
    <section class="card stack-s">
      <h2 class="h3">{t('today.state')}</h2>
      <p>
        {raised
          ? t('today.state.raised')
          : t(how === undefined ? 'today.state.none' : how === 'new' ? 'today.state.learning' : `today.state.${how}`)}
      </p>
      {raised && assessment.reasons.length > 0 && (
        <details>
          <summary>{t('history.why')}</summary>
          <ul class="stack-s dashes small">
            {assessment.reasons.map((reason) => (
              <li key={reason.sentence}>{reason.sentence}</li>
            ))}
          </ul>
        </details>
      )}
      {day && (
        <p class="small muted">
          {t('today.count', { n: day.readings })} · <Link to={`/history/day/${today}`}>{t('today.open')}</Link>
        </p>
      )}
    </section>
  );
}

const FACES = ['😞', '🙁', '😐', '🙂', '😄'];

/** One tap, no screen: what a person says stands beside what was read. */
function Mood() {
  const [state, setState] = useState<'open' | 'sending' | 'saved'>('open');
  async function say(value: number): Promise<void> {
    if (state === 'sending') return; // not disabled: the keyboard would lose its place
    setState('sending');
    try {
      await submitReport('mood', [value]);
      setState('saved');
      void queryClient.invalidateQueries({ queryKey: ['selfreports'] });
    } catch (error) {
      toast(sayProblem(error));
      setState('open');
    }
  }
  return (
    <section class="card stack-s" aria-live="polite">
      <h2 class="h3">{t('today.mood')}</h2>
      {state === 'saved' ? (
        <p>{t('today.mood.saved')}</p>
      ) : (
        <div class="mood">
          {([1, 2, 3, 4, 5] as const).map((value) => (
            <button key={value} class="mood-face" type="button" aria-label={t(`today.mood.${value}`)} onClick={() => void say(value)}>
              <span class="emoji" aria-hidden="true">{FACES[value - 1]}</span>
            </button>
          ))}
        </div>
      )}
    </section>
  );
}
