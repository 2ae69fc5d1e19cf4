import { useState } from 'preact/hooks';
import { queryClient } from '../api/queries';
import { submitReport, useInstruments, useReports } from '../api/selfreports';
import type { InstrumentOut, ReportOut } from '../api/shapes';
import { dateOf } from '../i18n/dates';
import { sayProblem } from '../i18n/problem';
import { t } from '../i18n/t';
import { Icon } from '../ui/Icon';
import { Link } from '../ui/Link';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { toast } from '../ui/Toast';

export function Questionnaires() {
  return (
    <Screen title={t('chat.questionnaires')} back="/chat">
      <div class="stack">
        <p class="muted">{t('survey.private')}</p>
        <Loaded query={useInstruments()}>
          {(all) => (
            <ul class="list">
              {all
                .filter((one) => one.instrument !== 'mood')
                .map((one) => (
                  <li key={one.instrument}>
                    <Link to={`/questionnaire/${one.instrument}`} class="item">
                      <span class="grow">
                        <span class="block">{one.title}</span>
                        <span class="small muted">{t('survey.minutes', { n: one.items.length })}</span>
                      </span>
                      <Icon name="next" />
                    </Link>
                  </li>
                ))}
            </ul>
          )}
        </Loaded>
        <Earlier />
      </div>
    </Screen>
  );
}

function Earlier() {
  const reports = useReports().data?.filter((report) => report.instrument !== 'mood') ?? [];
  const names = new Map(useInstruments().data?.map((one) => [one.instrument, one.title]));
  if (!reports.length) return null;
  return (
    <section class="stack-s">
      <h2 class="h3">{t('survey.history')}</h2>
      <ul class="list">
        {reports.map((report) => (
          <li key={report.id} class="item">
            <span class="grow">{names.get(report.instrument) ?? report.instrument}</span>
            <span class="number">
              {report.score}/{report.maximum}
            </span>
            <span class="small muted">{dateOf(report.created_at)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export default function Questionnaire({ name }: { name: string }) {
  return (
    <Screen title={t('survey.title')} back="/questionnaires">
      <Loaded query={useInstruments()}>
        {(all) => {
          const instrument = all.find((one) => one.instrument === name);
          return instrument ? <Ask key={name} instrument={instrument} /> : <p class="empty">{t('survey.none')}</p>;
        }}
      </Loaded>
    </Screen>
  );
}

function Ask({ instrument }: { instrument: InstrumentOut }) {
  const [answers, setAnswers] = useState<number[]>([]);
  const [result, setResult] = useState<ReportOut | null>(null);
  const at = answers.length;
  const total = instrument.items.length;

  async function choose(value: number): Promise<void> {
    const next = [...answers, value];
    setAnswers(next);
    if (next.length < total) return;
    try {
      setResult(await submitReport(instrument.instrument, next));
      void queryClient.invalidateQueries({ queryKey: ['selfreports'] });
    } catch (error) {
      toast(sayProblem(error));
      setAnswers(answers); // the last question again; nothing else is lost
    }
  }

  if (result) return <Outcome result={result} />;
  return (
    <div class="stack">
      <p class="muted">{instrument.intro}</p>
      <p class="small muted number">{t('survey.progress', { n: Math.min(at + 1, total), total })}</p>
      <fieldset class="stack-s" key={at}>
        <legend class="question" aria-live="polite">
          {instrument.items[Math.min(at, total - 1)]}
        </legend>
        {instrument.answers.map((answer) => (
          <button key={answer.value} class="button wide start" type="button" disabled={at >= total} onClick={() => void choose(answer.value)}>
            {answer.label}
          </button>
        ))}
      </fieldset>
      {at > 0 && at < total && (
        <button class="button plain" type="button" onClick={() => setAnswers(answers.slice(0, -1))}>
          {t('app.back')}
        </button>
      )}
      <p class="small muted">{instrument.note}</p>
    </div>
  );
}

function Outcome({ result }: { result: ReportOut }) {
  return (
    <div class="stack" aria-live="polite">
      {result.crisis && (
        <div class="note warm" role="alert">
          <div class="grow stack-s">
            {result.replies?.length ? result.replies.map((reply) => <p class="said" key={reply.text}>{reply.text}</p>) : <p>{t('survey.help')}</p>}
            <Link to="/help" class="button primary">
              {t('nav.help')}
            </Link>
          </div>
        </div>
      )}
      <p class="said">{result.text}</p>
      <p class="number">{t('survey.score', { score: result.score, max: result.maximum })}</p>
      <p class="small muted">{t('survey.notdiagnosis')}</p>
      {result.follow_up && (
        <Link to={`/questionnaire/${result.follow_up}`} class="button primary" replace>
          {t('app.next')}
        </Link>
      )}
      <Link to="/today" class="button">
        {t('app.done')}
      </Link>
    </div>
  );
}
