import type { Rollout, Step, Track } from '../api';
import { clock, milliseconds, moment, percent, span } from '../format';
import { project } from '../projection';
import type { Series } from '../series';
import { releaseOf } from '../store';
import { Pill, useNow } from './parts';

/** Where the rollout stands, what it waits for, and when it is over at the earliest. */
export function RolloutPanel({ track, rollout, series }: { track: Track; rollout: Rollout; series: Series | undefined }) {
  const now = useNow();
  const strategy = releaseOf(track.application, rollout.release)?.environments.find((environment) => environment.name === track.environment)?.strategy;
  const projection = project(rollout, strategy, growth(series), now);
  const ended = rollout.endedAt !== undefined;
  return (
    <section class={`panel rollout ${ended ? 'ended' : ''}`} aria-label={`Rollout ${rollout.id}`}>
      <div class="rollout-head">
        <h2>{headline(rollout)}</h2>
        <Pill phase={rollout.phase} />
      </div>
      <p class="quiet">
        {rollout.id}{rollout.strategy && <> · {words(rollout.strategy)}</>} · begun by {rollout.principal} at {moment(rollout.startedAt)}
        {ended ? <> · took {span(Date.parse(rollout.endedAt!) - Date.parse(rollout.startedAt))}</> : <> · for {span(now - Date.parse(rollout.startedAt))}</>}
      </p>
      {!ended && <Steps rollout={rollout} steps={strategy?.kind === 'Canary' ? strategy.steps : []} />}
      {rollout.waitingText && (
        <p class="callout warn"><strong>Waiting for {buttons(rollout.waitingText)}</strong>, for {span(now - Date.parse(rollout.phaseSince))} now{rollout.reason && <><br />{rollout.reason}</>}</p>
      )}
      {rollout.reason && !rollout.waitingText && <p class={`callout ${taken.includes(rollout.phase) ? 'bad' : ''}`}>{rollout.reason}</p>}
      {projection && <p class="projection">{projection.pauses === undefined ? 'Over' : `Waits for a person at ${percent(projection.pauses)}`} at {clock(projection.at)} at the earliest, in {span(projection.at - now)} <span class="quiet">· {projection.why}</span></p>}
      {rollout.gap && <p class="quiet">Nobody answered for {span(milliseconds(rollout.gap))}.</p>}
      {!rollout.gap && rollout.expectedGap && !ended && <p class="quiet">Nobody answers for about {span(milliseconds(rollout.expectedGap))} while it switches.</p>}
      {rollout.logTail.length > 0 && <pre class="tail" tabIndex={0} aria-label="Last lines of the instance that failed">{rollout.logTail.join('\n')}</pre>}
    </section>
  );
}

function headline(rollout: Rollout): string {
  if (rollout.phase === 'RolledBack') return `${rollout.release} was taken back${rollout.from ? `; ${rollout.from} serves` : ''}`;
  if (rollout.phase === 'Aborting') return `${rollout.release} is being taken back${rollout.from ? ` to ${rollout.from}` : ''}`;
  const over = rollout.from && rollout.from !== rollout.release;
  if (rollout.endedAt) return over ? `${rollout.release} replaced ${rollout.from}` : `${rollout.release} went out`;
  return over ? `${rollout.release} replaces ${rollout.from}` : `${rollout.release} goes out`;
}

function Steps({ rollout, steps }: { rollout: Rollout; steps: Step[] }) {
  const all = ['Promoting', 'Baking', 'PostHook'].includes(rollout.phase);
  if (steps.length === 0) return <div class="bar" role="img" aria-label={`weight ${percent(rollout.weight)}`}><span style={{ width: `${rollout.weight / 100}%` }} /></div>;
  const state = (number: number) => (all || number < rollout.step ? 'done' : number === rollout.step ? 'now' : 'later');
  return (
    <ol class="steps" aria-label="Steps">
      {steps.map((step, i) => (
        <li key={i} class={state(i + 1)} aria-current={state(i + 1) === 'now' ? 'step' : undefined}>
          <span class="step-weight">{percent(step.weight)}</span>
          <span class="quiet small">{step.manualPause ? 'waits for a person' : `at least ${span(milliseconds(step.for))}`}</span>
        </li>
      ))}
      <li class={all ? 'now' : 'later'} aria-current={all ? 'step' : undefined}><span class="step-weight">100 %</span><span class="quiet small">takes over</span></li>
    </ol>
  );
}

/** Evidence for the release now, and how it grew in the last seconds. */
function growth(series: Series | undefined): { now: number; perSecond: number } {
  if (!series || series.length < 2) return { now: 0, perSecond: 0 };
  const newest = series.time[series.length - 1]!;
  const [time, forth] = series.thin(['forth'], newest - 15_000, 10_000) as [number[], (number | null)[]];
  const first = forth.findIndex((value) => value !== null);
  const now = forth[forth.length - 1];
  if (first < 0 || now == null || newest - time[first]! < 2000) return { now: 0, perSecond: 0 };
  return { now, perSecond: (now - forth[first]!) / ((newest - time[first]!) / 1000) };
}

const taken = ['Aborting', 'RolledBack', 'Failed', 'Halted'];

/** Commands of the command line are buttons here. */
const buttons = (text: string) => text.replace(/`signalbox (\w+)`/g, '$1');

const words = (kind: string) => kind.replace(/(?<=[a-z])(?=[A-Z])/g, '/').toLowerCase();
