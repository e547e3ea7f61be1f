import type { Judge } from '../api';
import { count, evidence, forth, share } from '../format';
import type { Series } from '../series';
import { Chart } from './Chart';
import { Meter } from './parts';

const verdicts: Record<string, string> = { NoData: 'no data yet', Inconclusive: 'not decided yet', Pass: 'may advance', Fail: 'takes it back' };

/** The judge's evidence, each against the boundary where it decides. */
export function Evidence({ judge, series, live }: { judge: Judge; series: Series; live: boolean }) {
  const against = 100 * evidence(judge.logE, judge.logThreshold);
  return (
    <section class="panel judge">
      <h2>The judge <span class={`verdict ${judge.verdict.toLowerCase()}`}>{verdicts[judge.verdict] ?? judge.verdict}</span></h2>
      <Meter label="Evidence against, of the boundary where it is taken back" percent={against} tone={against >= 100 ? 'bad' : against >= 50 ? 'warn' : 'calm'} />
      <Meter label="Evidence for, of what advancing needs" percent={100 * forth(judge)} tone="good" />
      {live && <Chart title="Evidence, of its boundary" series={series} window={Infinity} least={110} most={110} boundary={100} format={(value) => `${value} %`} lines={[{ column: 'against', label: 'against', color: 'bad' }, { column: 'forth', label: 'for', color: 'good' }]} />}
      <p>{judge.explanation}</p>
      <p class="quiet">canary {count(judge.canaryBad)} of {count(judge.canaryRequests)} bad ({share(judge.canaryBad, judge.canaryRequests)}) · stable {count(judge.stableBad)} of {count(judge.stableRequests)} ({share(judge.stableBad, judge.stableRequests)}) · {count(judge.tick)} looks</p>
    </section>
  );
}
