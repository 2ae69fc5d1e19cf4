import { whenOf } from '../../i18n/dates';
import { Loaded } from '../../ui/Loaded';
import { More } from '../../ui/More';
import { Screen } from '../../ui/Screen';
import { useAudit } from '../api';
import { Copy } from '../Copy';
import type { AuditEntry } from '../shapes';
import { a, aOr } from '../words';
import { OperationTabs } from './OperationTabs';

export default function Audit() {
  const pages = useAudit();
  return (
    <Screen title={a('audit.title')}>
      <div class="stack reading-width">
        <OperationTabs />
        <p class="muted">{a('audit.lead')}</p>
        <Loaded query={pages}>
          {({ pages: loaded }) => {
            const entries = loaded.flatMap((page) => page.items);
            const newest = entries[0];
            if (!newest) return <p class="card empty">{a('audit.none')}</p>;
            return (
              <>
                <Chain head={newest.digest} />
                <ul class="list">
                  {entries.map((entry) => (
                    <One key={entry.id} entry={entry} />
                  ))}
                </ul>
              </>
            );
          }}
        </Loaded>
        <More pages={pages} />
      </div>
    </Screen>
  );
}

/** A page cannot vouch for the server that sent it: it shows the seal, and how to check it where the data lies. */
function Chain({ head }: { head: string }) {
  return (
    <details class="card">
      <summary>{a('audit.chain')}</summary>
      <div class="stack">
        <p>{a('audit.chain.text')}</p>
        <Copy label={a('audit.head')} text={head} />
        <Copy label={a('audit.verify')} text={`evenkeel audit verify --expect ${head}`} />
      </div>
    </details>
  );
}

function One({ entry }: { entry: AuditEntry }) {
  const details = Object.entries(entry.details);
  return (
    <li class="item note-item" data-action={entry.action}>
      <div class="grow">
        <p>{aOr(`act.${entry.action}`, entry.action)}</p>
        <p class="small muted">
          {whenOf(entry.at)} · {entry.by === 'person' ? entry.actor : a(`by.${entry.by}`)} · <span class="mono">{entry.digest.slice(0, 12)}</span>
        </p>
        {details.length > 0 && (
          <p class="small muted mono">{details.map(([name, value]) => `${name}: ${plain(value)}`).join(' · ')}</p>
        )}
      </div>
    </li>
  );
}

const plain = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));
