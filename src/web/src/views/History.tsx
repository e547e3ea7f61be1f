import { useEffect, useState } from 'preact/hooks';
import { ask, type HistoryEntry } from '../api';
import { moment } from '../format';
import { ledger } from '../store';
import { quoted } from './parts';

/** What happened, who did it, and why: from the ledger, newest first. */
export function History({ application, environment }: { application: string; environment: string }) {
  const [entries, set] = useState<HistoryEntry[]>([]);
  const [limit, more] = useState(15);
  const turn = ledger.value;
  useEffect(() => {
    let gone = false;
    const query = new URLSearchParams({ application, environment, limit: String(limit) });
    ask<HistoryEntry[]>('GET', `/api/v1/history?${query}`).then((read) => { if (!gone) set(read); }, () => { /* what is shown stays */ });
    return () => { gone = true; };
  }, [application, environment, limit, turn]);
  return (
    <section class="panel history" aria-label="History">
      <h2>History</h2>
      <ol>
        {entries.map((entry) => (
          <li key={entry.sequence} class={tone(entry.type)}>
            <time dateTime={entry.at}>{moment(entry.at)}</time>
            <span class="what">{quoted(entry.summary)}</span>
            <span class="who quiet">{entry.principal}</span>
          </li>
        ))}
      </ol>
      {entries.length === limit && limit < 1000 && <button onClick={() => more(Math.min(1000, limit * 4))}>Show more</button>}
    </section>
  );
}

function tone(type: string): string {
  if (/abort|judged|fell|halted/.test(type)) return 'bad';
  return /paused|undecided|overridden/.test(type) ? 'warn' : '';
}
