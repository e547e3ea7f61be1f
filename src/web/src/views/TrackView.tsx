import { useState } from 'preact/hooks';
import { trackPath, type Command, type Rollout, type Track } from '../api';
import { may, seriesOf, withObserved, within } from '../store';
import { Asked } from './Asked';
import { Charts } from './Charts';
import { Confirm, type Question } from './Confirm';
import { Evidence } from './Evidence';
import { History } from './History';
import { Logs } from './Logs';
import { healthOf } from './Overview';
import { address, Crumbs, Pill, quoted } from './parts';
import { RolloutPanel } from './RolloutPanel';
import { Sides } from './Sides';

/** One application in one environment. */
export function TrackView({ track }: { track: Track }) {
  const [question, ask] = useState<Question | null>(null);
  const [chosen, choose] = useState<string | null>(null);
  const running = track.rollout && !track.rollout.endedAt ? track.rollout : undefined;
  const services = track.services.map((service) => withObserved(track, service));
  const service = services.find((known) => known.service === chosen) ?? services.find((known) => known.kind === 'web') ?? services[0];
  const judge = service?.judge ?? (running ? undefined : track.rollout?.decision);
  return (
    <>
      <Crumbs track={track} />
      <header class="title">
        <div>
          <h1>{track.application} <span class="quiet">in {track.environment}</span></h1>
          <p class="states">
            <Pill phase={healthOf(track, services)} />
            <span>{track.stable ? <><strong>{track.stable}</strong> serves</> : 'nothing serves yet'}{service?.address && <> at <a href={service.address} rel="noreferrer">{service.address}</a></>}</span>
            <a href={`${address(track)}/runbooks`}>Runbooks</a>
          </p>
        </div>
        <Buttons track={track} running={running} ask={ask} />
      </header>
      {track.promotion && track.promotion.behind !== 0 && <p class="quiet">{quoted(track.promotion.because)}</p>}
      {track.hostProblem && <p class="problem" role="alert">the host: {track.hostProblem}</p>}
      {within.value && within.value !== track.rollout?.id && <Asked key={within.value} track={track} id={within.value} />}
      {track.rollout && <RolloutPanel track={track} rollout={track.rollout} series={service && seriesOf(track.track, service.service)} />}
      {services.length > 1 && (
        <div class="tabs" role="group" aria-label="Service">
          {services.map((each) => <button key={each.service} aria-pressed={each === service} onClick={() => choose(each.service)}>{each.service}</button>)}
        </div>
      )}
      {service && (
        <>
          {service.problem && <p class="problem" role="alert">{service.service}: {service.problem}</p>}
          <div class={judge ? 'two' : ''}>
            <Sides service={service} series={seriesOf(track.track, service.service)} />
            {judge && <Evidence key={service.service} judge={judge} series={seriesOf(track.track, service.service)} live={service.judge !== undefined} />}
          </div>
          <Charts service={service} series={seriesOf(track.track, service.service)} />
        </>
      )}
      <History application={track.application} environment={track.environment} />
      {may('logs') && <Logs key={track.track} track={track} />}
      {question && <Confirm question={question} close={() => ask(null)} />}
    </>
  );
}

function Buttons({ track, running, ask }: { track: Track; running: Rollout | undefined; ask: (question: Question) => void }) {
  if (!may('operate')) return null;
  const on = (rollout: Rollout, command: Command, title: string, text: string, verb: string, tone: Question['tone'] = 'primary') =>
    <button class={tone === 'danger' ? 'danger' : ''} onClick={() => ask({ title, text, verb, tone, path: `/api/v1/rollouts/${encodeURIComponent(rollout.id)}/${command}`, body: (reason) => ({ reason }) })}>{verb}</button>;
  if (running && running.phase !== 'Aborting') {
    const stays = running.phase === 'Paused' || running.phase === 'Halted';
    const advances = ['Previewing', 'Progressing', 'Baking', 'Paused', 'Halted'].includes(running.phase);
    const pauses = ['Starting', 'Previewing', 'Progressing', 'Promoting', 'Baking'].includes(running.phase);
    return (
      <div class="row actions" role="group" aria-label={`Steer ${running.id}`}>
        {advances && on(running, 'advance', `Advance ${running.release}?`, 'It goes on at once, without waiting for time, evidence or a manual pause.', 'Advance')}
        {stays ? on(running, 'resume', `Resume ${running.release}?`, 'The pause ends and the rollout goes on by its rules.', 'Resume')
          : pauses && on(running, 'pause', `Pause ${running.release}?`, 'It stays at its weight; the judge goes on.', 'Pause')}
        {on(running, 'abort', `Abort ${running.release}?`, running.from ? `All traffic goes back to ${running.from} at once.` : 'The release is taken back; nothing served before it.', 'Abort', 'danger')}
      </div>
    );
  }
  if (running) return null;
  const promotion = track.promotion && ['ByHand', 'Held', 'Soaking'].includes(track.promotion.state) && may('deploy') ? track.promotion : undefined;
  return (
    <div class="row actions">
      {promotion?.release && <button class="primary" onClick={() => ask({
        title: `Promote ${promotion.release} to ${track.environment}?`, verb: 'Promote', tone: 'primary',
        text: `What serves in ${promotion.from} goes out here: the same digests, nothing is built.`,
        path: `/api/v1/releases/${encodeURIComponent(promotion.release!)}/promote`, body: () => ({ to: track.environment }), withoutReason: true,
      })}>Promote {promotion.release}</button>}
      {track.stable && <button class="danger" onClick={() => ask({
        title: `Roll ${track.application} back in ${track.environment}?`, verb: 'Roll back', tone: 'danger',
        text: `${track.stable} is replaced by the release before it${track.warm ? `; ${track.warm} is still warm` : ''}. Code and configuration go back together.`,
        path: `${trackPath(track.application, track.environment)}/rollback`, body: (reason) => ({ to: null, reason, from: track.stable }),
      })}>Roll back</button>}
    </div>
  );
}
