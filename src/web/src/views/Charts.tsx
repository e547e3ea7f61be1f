import { useState } from 'preact/hooks';
import type { Service } from '../api';
import { latency, rate } from '../format';
import type { Series } from '../series';
import { Chart } from './Chart';

const windows: [string, number][] = [['2 min', 120_000], ['15 min', 900_000], ['All', Infinity]];

export function Charts({ service, series }: { service: Service; series: Series }) {
  const [window, choose] = useState(Infinity);
  const common = { series, window };
  if (service.kind !== 'web') return null;
  return (
    <section aria-label="Over time">
      <div class="row">
        <h2>Over time</h2>
        <div class="tabs small" role="group" aria-label="How far back">
          {windows.map(([name, ms]) => <button key={name} aria-pressed={ms === window} onClick={() => choose(ms)}>{name}</button>)}
        </div>
      </div>
      <div class="charts" key={service.service}>
        <Chart {...common} title="Weight" least={100} most={100} format={(value) => `${value} %`} lines={[{ column: 'stableWeight', label: 'stable', color: 'stable' }, { column: 'canaryWeight', label: 'canary', color: 'canary', fill: true }]} />
        <Chart {...common} title="Requests a second" least={10} format={rate} lines={[{ column: 'stableRate', label: 'stable', color: 'stable' }, { column: 'canaryRate', label: 'canary', color: 'canary' }]} />
        <Chart {...common} title="Bad requests" least={2} most={100} format={(value) => `${value} %`} lines={[{ column: 'stableBad', label: 'stable', color: 'stable' }, { column: 'canaryBad', label: 'canary', color: 'canary' }]} />
        <Chart {...common} title="Latency" least={5} format={latency} lines={[
          { column: 'stableP99', label: 'stable p99', color: 'stable' }, { column: 'canaryP99', label: 'canary p99', color: 'canary' },
          { column: 'stableP50', label: 'stable p50', color: 'stable', dash: [4, 3] }, { column: 'canaryP50', label: 'canary p50', color: 'canary', dash: [4, 3] }]} />
      </div>
    </section>
  );
}
