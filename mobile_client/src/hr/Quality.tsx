import { useState } from 'preact/hooks';
import type { Emotion } from '../emotions';
import { decimal, percent } from '../i18n/dates';
import { t } from '../i18n/t';
import { Choices } from '../ui/Field';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { useQuality } from './api';
import { Abstention } from './charts/Abstention';
import { Scroll } from './Scroll';
import type { Against, Detector, FalseAlerts, ModelCard } from './shapes';
import { h, type HrKey } from './words';

/** What the figures can say and what they cannot: limits first, numbers after. */
export default function Quality() {
  return (
    <Screen title={h('quality.title')}>
      <Loaded query={useQuality()}>
        {(quality) => (
          <div class="stack">
            <p class="muted">{h('quality.lead')}</p>
            <section class="card stack-s">
              <h2 class="h3">{h('quality.limits')}</h2>
              <ul class="dashes stack-s">
                {quality.limits.map((limit) => (
                  <li key={limit}>{limit}</li>
                ))}
              </ul>
            </section>
            {quality.model ? <Model card={quality.model} /> : <p class="card muted">{h('quality.none')}</p>}
            {quality.false_alerts ? <Alarms found={quality.false_alerts} /> : <p class="card muted">{h('quality.alerts.none')}</p>}
          </div>
        )}
      </Loaded>
    </Screen>
  );
}

function Model({ card }: { card: ModelCard }) {
  const [truth, setTruth] = useState<'people' | 'label'>('people');
  const against = card[truth];
  const right = Math.round(against.metrics.accuracy * 100);
  return (
    <>
      <section class="card stack">
        <h2 class="h3">{h('quality.model')}</h2>
        <p class="lead">{h(truth === 'people' ? 'quality.sentence' : 'quality.sentence.label', { right, wrong: 100 - right })}</p>
        <Choices
          legend={h('quality.against')}
          name="truth"
          options={(['people', 'label'] as const).map((value) => ({ value, label: h(`quality.${value}`) }))}
          value={truth}
          onValue={setTruth}
        />
        <Metrics against={against} />
        <p class="small muted">
          {card.data} {h('quality.version', { name: card.model.name, version: card.model.version })}. {h(card.model.is_served ? 'quality.served' : 'quality.notserved')}
        </p>
      </section>
      <div class="panels even">
        <Confusion card={card} against={against} />
        <Classes against={against} />
      </div>
      <Silence card={card} />
    </>
  );
}

const METRICS = ['accuracy', 'macro_f1', 'precision', 'recall', 'auc', 'calibration_error'] as const;

function Metrics({ against: { metrics } }: { against: Against }) {
  return (
    <dl class="metrics">
      <div>
        <dt>{h('quality.n')}</dt>
        <dd>{decimal(metrics.n, 0)}</dd>
      </div>
      {METRICS.map((name) => {
        const value = metrics[name];
        return value == null ? null : (
          <div key={name}>
            <dt>{h(`quality.${name}`)}</dt>
            <dd>{decimal(value, 3)}</dd>
          </div>
        );
      })}
    </dl>
  );
}

const named = (label: string): string => t(`emotion.${label as Emotion}`);

/** Eight shades are plenty: the number stands in each cell. */
const shade = (share: number): string => `heat-${Math.round(share * 8)}`;

function Confusion({ card, against }: { card: ModelCard; against: Against }) {
  return (
    <section class="card stack-s">
      <h2 class="h3">{h('quality.confusion')}</h2>
      <p class="small muted">{h('quality.confusion.hint')}</p>
      <Scroll label={h('quality.confusion.table')}>
        <table class="confusion">
          <caption class="hidden">{h('quality.confusion.table')}</caption>
          <thead>
            <tr>
              <th scope="col">{h('quality.shown')}</th>
              {card.labels.map((label) => (
                <th key={label} scope="col">
                  {named(label)}
                </th>
              ))}
              <th scope="col">{h('quality.n')}</th>
            </tr>
          </thead>
          <tbody>
            {against.confusion.map((row, index) => {
              const total = row.reduce((sum, count) => sum + count, 0);
              return (
                <tr key={card.labels[index]}>
                  <th scope="row">{named(card.labels[index] ?? '')}</th>
                  {row.map((count, column) => (
                    <td key={card.labels[column]} class={`${shade(total ? count / total : 0)} ${index === column ? 'diagonal' : ''}`}>
                      {total ? percent(count / total) : '–'}
                    </td>
                  ))}
                  <td class="muted">{decimal(total, 0)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

function Classes({ against }: { against: Against }) {
  return (
    <section class="card stack-s">
      <h2 class="h3">{h('quality.class')}</h2>
      <Scroll label={h('quality.class')}>
        <table class="numbers">
          <thead>
            <tr>
              <th scope="col">{h('quality.shown')}</th>
              {(['precision', 'recall', 'f1'] as const).map((name) => (
                <th key={name} scope="col">
                  {h(`quality.${name}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {against.per_class.map((one) => (
              <tr key={one.name}>
                <th scope="row">{named(one.name)}</th>
                {([one.precision, one.recall, one.f1] as const).map((value, index) => (
                  <td key={index}>{value === null ? '–' : decimal(value)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

function Silence({ card: { abstention } }: { card: ModelCard }) {
  const nearest = abstention.curve.reduce((best, point) =>
    Math.abs(point.threshold - abstention.min_confidence) < Math.abs(best.threshold - abstention.min_confidence) ? point : best,
  );
  return (
    <section class="card stack-s">
      <h2 class="h3">{h('quality.abstention')}</h2>
      <p>
        {h('quality.abstention.text', {
          threshold: percent(abstention.min_confidence),
          abstained: percent(nearest.abstained),
          accuracy: percent(nearest.accuracy_named),
        })}
      </p>
      <Abstention curve={abstention.curve} inUse={nearest} />
      <details>
        <summary>{t('app.table')}</summary>
        <table class="numbers">
          <thead>
            <tr>
              <th scope="col">{h('quality.threshold')}</th>
              <th scope="col">{h('quality.unnamed')}</th>
              <th scope="col">{h('quality.named.right')}</th>
            </tr>
          </thead>
          <tbody>
            {abstention.curve.map((point) => (
              <tr key={point.threshold}>
                <th scope="row">
                  {percent(point.threshold)} {point === nearest && `(${h('quality.inuse')})`}
                </th>
                <td>{percent(point.abstained)}</td>
                <td>{percent(point.accuracy_named)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  );
}

/** Names of the benchmark; one that is new there is shown as it is called there. */
const DETECTORS: Readonly<Record<string, HrKey>> = {
  ours: 'detector.ours',
  'paper, literal 3σ': 'detector.literal',
  '3σ, today outside': 'detector.outside',
  'LOF > 1.5': 'detector.lof',
  'LOF ∧ 3σ': 'detector.both',
  'EWMA of log-odds': 'detector.ewma',
  'plain CUSUM (k 0.5, h 7)': 'detector.cusum',
};

const COLUMNS = ['quality.detector', 'quality.detector.false', 'quality.detector.strong', 'quality.detector.mild', 'quality.detector.delay'] as const;

function Alarms({ found }: { found: FalseAlerts }) {
  const often =
    found.weeks_between === null
      ? h('quality.alerts.never')
      : h('quality.alerts.sentence', { month: decimal(found.per_hundred_people_month, 0), weeks: decimal(found.weeks_between, 0) });
  return (
    <section class="card stack-s">
      <h2 class="h3">{h('quality.alerts')}</h2>
      <p class="lead">{often}</p>
      <p>{h('quality.alerts.budget', { budget: decimal(found.budget_per_person_week) })}</p>
      <Scroll label={h('quality.alerts')}>
        <table class="numbers detectors">
          <thead>
            <tr>
              {COLUMNS.map((name) => (
                <th key={name} scope="col">
                  {h(name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {[...found.detectors].sort((a, b) => Number(b.ours) - Number(a.ours)).map((one) => (
              <Rule key={one.name} one={one} />
            ))}
          </tbody>
        </table>
      </Scroll>
      <p class="small muted">
        {found.description} {h('quality.simulated', { n: found.simulated_people })}
      </p>
    </section>
  );
}

function Rule({ one }: { one: Detector }) {
  const key = DETECTORS[one.name];
  return (
    <tr class={one.ours ? 'chosen' : ''}>
      <th scope="row">
        {key ? h(key) : one.name} {one.ours && <span class="muted">({h('quality.ours')})</span>}
      </th>
      <td>{decimal(one.false_per_person_week, 3)}</td>
      <td>{percent(one.strong_caught_in_7_days)}</td>
      <td>{percent(one.mild_caught_in_14_days)}</td>
      <td>{one.median_days_strong === null ? h('quality.detector.never') : decimal(one.median_days_strong, 1)}</td>
    </tr>
  );
}
