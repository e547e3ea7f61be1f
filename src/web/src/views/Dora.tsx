import { useEffect, useState } from 'preact/hooks';
import { ask, Refused } from '../api';
import { ledger, status } from '../store';
import { Problem } from './parts';

// as docs/api.md has it; where the control plane does not know the route the page says so
interface Bucket { from: string; value?: number }
interface Target { text: string; met?: boolean }
interface Key { key: string; title: string; value?: number; text: string; definition: string; how: string; target?: Target; trend: Bucket[] }
interface Part { name: string; numerator: number; denominator: number; share?: number; target: number; how: string }
interface Principle { principle: string; title: string; share?: number; target: number; met?: boolean; parts: Part[] }
interface Report { environment: string; from: string; to: string; keys: Key[]; principles: Principle[] }

/** DORA's five keys and the five principles, as the control plane computes them from the ledger. */
export function Dora() {
  const applications = [...new Set(status.value?.tracks.map((track) => track.application))].sort();
  const environments = [...new Set(status.value?.tracks.map((track) => track.environment))];
  const [application, chooseApplication] = useState('');
  const [environment, chooseEnvironment] = useState('');
  const chosen = environment || environments.find((name) => name === 'production') || environments.at(-1) || '';
  const [report, set] = useState<Report | 'unknown' | null>(null);
  const [error, fail] = useState<Error | null>(null);
  const turn = ledger.value;
  useEffect(() => {
    if (!chosen) return;
    let gone = false;
    const query = new URLSearchParams({ environment: chosen, ...(application ? { application } : {}) });
    ask<Report>('GET', `/api/v1/dora?${query}`).then(
      (read) => { if (!gone) { set(read); fail(null); } },
      (refused: Error) => { if (!gone) { if (refused instanceof Refused && refused.status === 404) set('unknown'); else fail(refused); } });
    return () => { gone = true; };
  }, [application, chosen, turn]);
  return (
    <>
      <header class="title">
        <h1>How delivery goes</h1>
        <div class="row choices">
          <Choice label="Application" value={application} options={['', ...applications]} none="all" choose={chooseApplication} />
          <Choice label="Environment" value={chosen} options={environments} choose={chooseEnvironment} />
        </div>
      </header>
      <Problem error={error} />
      {!chosen && <p class="quiet">Nothing has gone out yet.</p>}
      {report === 'unknown' && <p class="callout">This control plane does not compute DORA's keys.</p>}
      {report && report !== 'unknown' && <Numbers report={report} />}
    </>
  );
}

function Choice({ label, value, options, none, choose }: { label: string; value: string; options: string[]; none?: string; choose: (value: string) => void }) {
  return <label class="choice">{label} <select value={value} onChange={(event) => choose(event.currentTarget.value)}>{options.map((option) => <option key={option} value={option}>{option || none}</option>)}</select></label>;
}

function Numbers({ report }: { report: Report }) {
  return (
    <>
      <p class="quiet">From the ledger, {day(report.from)} to {day(report.to)}.</p>
      <ul class="keys" aria-label="DORA's keys">
        {report.keys.map((key) => (
          <li class="panel" key={key.key}>
            <h2>{key.title}</h2>
            <span class="value">{key.text}</span>
            {key.target && <Met met={key.target.met} text={key.target.text} />}
            <Trend name={key.title} buckets={key.trend} />
            <details><summary>How it is computed</summary><p>{key.definition}</p><p class="quiet">{key.how}</p></details>
          </li>
        ))}
      </ul>
      <section class="panel" aria-label="Principles">
        <h2>The five principles</h2>
        {report.principles.map((principle) => (
          <details key={principle.principle} class="principle">
            <summary><span>{principle.title}</span> <strong>{principle.share === undefined ? 'nothing to count' : whole(principle.share)}</strong> <Met met={principle.met} text={`target ${whole(principle.target)}`} /></summary>
            <ul>{principle.parts.map((part) => <li key={part.name}>{part.name}: {part.numerator} of {part.denominator} <span class="quiet">· {part.how}</span></li>)}</ul>
          </details>
        ))}
      </section>
    </>
  );
}

function Met({ met, text }: { met: boolean | undefined; text: string }) {
  return <span class={`met ${met === undefined ? '' : met ? 'good' : 'bad'}`}>{met === undefined ? '' : met ? 'met: ' : 'missed: '}{text}</span>;
}

/** A bar a week; weeks without a value are gaps. */
function Trend({ name, buckets }: { name: string; buckets: Bucket[] }) {
  const values = buckets.map((bucket) => bucket.value ?? 0);
  const highest = Math.max(...values, 1e-9);
  if (buckets.length < 2) return null;
  return (
    <svg class="trend" viewBox={`0 0 ${buckets.length * 8} 32`} preserveAspectRatio="none" role="img" aria-label={`${name} by week, the newest last`}>
      {values.map((value, i) => <rect key={i} x={i * 8 + 1} width="6" y={31 - (29 * value) / highest} height={1 + (29 * value) / highest} />)}
    </svg>
  );
}

const whole = (share: number) => `${Number((100 * share).toFixed(2))} %`;
const day = (at: string) => new Date(at).toLocaleDateString('en-CA');
