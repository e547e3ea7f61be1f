import type { Service } from '../api';
import { useNow } from './parts';
import { count, latency, milliseconds, percent, rate, share } from '../format';
import type { Series } from '../series';

const names: Record<string, string> = { stable: 'Stable', canary: 'Canary', warm: 'Warm' };

/** Both sides in numbers: the newest of what the charts draw, and all since the host counts. */
export function Sides({ service, series }: { service: Service; series: Series }) {
  const arms = [...service.arms].sort((a, b) => order(a.role) - order(b.role));
  const quiet = useNow() - series.heard > 4000;
  const shown = (role: string, column: 'Rate' | 'Bad') => (quiet ? (column === 'Rate' && series.length ? 0 : NaN) : role === 'warm' ? NaN : series.last(`${role as 'stable' | 'canary'}${column}`));
  const rows: [string, (arm: (typeof arms)[number]) => string][] = [
    ['Weight', (arm) => percent(arm.weight)],
    ['Ready', (arm) => `${arm.ready} of ${arm.desired}`],
    ['Requests/s', (arm) => rate(shown(arm.role, 'Rate'))],
    ['Bad now', (arm) => { const bad = shown(arm.role, 'Bad'); return Number.isNaN(bad) ? '–' : `${Number(bad.toFixed(2))} %`; }],
    ['Requests', (arm) => count(arm.requests)],
    ['Bad', (arm) => `${count(arm.bad)} (${share(arm.bad, arm.requests)})`],
    ['Latency p50', (arm) => (arm.latency ? latency(milliseconds(arm.latency.p50)) : '–')],
    ['Latency p99', (arm) => (arm.latency ? latency(milliseconds(arm.latency.p99)) : '–')],
    ['In flight', (arm) => count(arm.inFlight)],
    ['Restarts', (arm) => count(arm.restarts)],
  ];
  if (arms.length === 0) return <section class="panel"><h2>Both sides</h2><p class="quiet">No instance runs.</p></section>;
  const failures = arms.filter((arm) => arm.failure).map((arm) => <p class="callout bad" key={arm.revision}><strong>{arm.revision}</strong> {arm.failure!.message}</p>);
  if (arms.length === 1) {
    return (
      <section class="panel sides">
        <h2>{names[arms[0]!.role] ?? arms[0]!.role} <span class="quiet">{arms[0]!.revision}</span></h2>
        <dl class="tiles">{rows.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value(arms[0]!)}</dd></div>)}</dl>
        {failures}
      </section>
    );
  }
  return (
    <section class="panel sides">
      <h2>{arms.some((arm) => arm.role === 'canary') ? 'Both sides' : 'Serving'}</h2>
      <table>
        <caption class="unseen">The newest numbers of each side of {service.service}</caption>
        <thead>
          <tr><th scope="col"><span class="unseen">Measure</span></th>{arms.map((arm) => <th scope="col" key={arm.revision}><i class={`swatch ${arm.role}`} /> {names[arm.role] ?? arm.role} <span class="quiet">{arm.revision}</span></th>)}</tr>
        </thead>
        <tbody>
          {rows.map(([name, value]) => <tr key={name}><th scope="row">{name}</th>{arms.map((arm) => <td key={arm.revision}>{value(arm)}</td>)}</tr>)}
        </tbody>
      </table>
      {failures}
    </section>
  );
}

const order = (role: string) => ['stable', 'canary', 'warm'].indexOf(role);
