import type { Service, Track } from '../api';
import { moment, percent } from '../format';
import { pathOf, releases, status, withObserved } from '../store';
import { address, Pill } from './parts';

/** Applications by environments, in the order of promotion. */
export function Overview() {
  const now = status.value;
  if (!now) return <p class="quiet" aria-busy="true">reading what serves…</p>;
  const applications = [...new Set(now.tracks.map((track) => track.application))].sort();
  if (applications.length === 0) return <Empty />;
  const paths = new Map(applications.map((application) => [application, pathOf(application)]));
  const environments = [...new Set([...paths.values()].flat())];
  return (
    <>
      <h1>What serves where</h1>
      {now.warnings.map((warning) => <p class="callout warn" key={warning}>{warning}</p>)}
      <div class="scroll">
        <table class="matrix">
          <caption class="unseen">Every application in every environment: its release, its health, and how far it is from the environment before</caption>
          <thead>
            <tr><th scope="col">Application</th>{environments.map((environment) => <th scope="col" key={environment}>{environment}</th>)}</tr>
          </thead>
          <tbody>
            {applications.map((application) => (
              <tr key={application}>
                <th scope="row">{application}</th>
                {environments.map((environment) => <Cell key={environment} application={application} environment={environment} path={paths.get(application)!} />)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Empty() {
  return (
    <section class="panel empty">
      <h1>Nothing has gone out yet</h1>
      <p class="quiet">In a directory with a <code>signalbox.yaml</code> (<code>signalbox init</code> writes one):</p>
      <pre>signalbox up</pre>
    </section>
  );
}

function Cell({ application, environment, path }: { application: string; environment: string; path: string[] }) {
  const find = (name: string) => status.value!.tracks.find((track) => track.application === application && track.environment === name);
  const track = find(environment);
  if (!track) return <td class="none"><span class="quiet">{path.includes(environment) ? 'nothing yet' : '–'}</span></td>;
  const before = path.slice(0, Math.max(0, path.indexOf(environment))).map(find).findLast((known) => known !== undefined);
  return (
    <td>
      <a class="card" href={address(track)} aria-label={`${application} in ${environment}`}>
        <span class="where">{environment}</span>
        <span class="release">{track.stable ?? track.rollout?.release ?? '–'}</span>
        <Health track={track} />
        <Since track={track} />
        {before && <Drift application={application} here={track} before={before} />}
      </a>
    </td>
  );
}

const stableArms = (services: Service[]) => services.flatMap((service) => service.arms.filter((arm) => arm.role === 'stable'));

/** @param services as the host showed them last */
export function healthOf(track: Track, services: Service[]): string {
  const arms = stableArms(services);
  if (track.hostProblem || services.some((service) => service.problem)) return 'Unhealthy';
  if (!track.stable) return 'Idle';
  // no data is never a pass: nothing was seen of it, or the host cannot be asked
  if (arms.length === 0) return 'Unknown';
  if (arms.every((arm) => arm.ready === 0 && arm.desired > 0)) return 'Unhealthy';
  return arms.some((arm) => arm.ready < arm.desired) ? 'Degraded' : 'Serving';
}

function Health({ track }: { track: Track }) {
  const running = track.rollout && !track.rollout.endedAt ? track.rollout : undefined;
  const services = track.services.map((service) => withObserved(track, service));
  const arms = stableArms(services);
  const [ready, desired] = [arms.reduce((sum, arm) => sum + arm.ready, 0), arms.reduce((sum, arm) => sum + arm.desired, 0)];
  const health = healthOf(track, services);
  return (
    <>
      <span class="states">
        <Pill phase={health}>{health === 'Idle' ? 'nothing serves' : health.toLowerCase()}</Pill>
        {desired > 0 && <span class="quiet">{ready} of {desired} ready</span>}
      </span>
      {running && <span class="states"><Pill phase={running.phase} /><span class="quiet">{running.release} at {percent(running.weight)}</span></span>}
    </>
  );
}

/** Since when, and by whose word, it serves; as far as the last rollout says. */
function Since({ track }: { track: Track }) {
  const last = track.rollout;
  if (!last?.endedAt || last.release !== track.stable || last.phase !== 'Succeeded') return null;
  return <span class="quiet">since {moment(last.endedAt)}, by {last.principal}</span>;
}

function Drift({ application, here, before }: { application: string; here: Track; before: Track }) {
  if (!before.stable) return null;
  if (here.promotion && here.promotion.behind !== 0) return <span class="drift">{apart(here.promotion.behind)} {here.promotion.from}</span>;
  if (here.stable === before.stable) return <span class="quiet">same as {before.environment}</span>;
  const order = releases.value[application]?.map((release) => release.id) ?? [];
  const [mine, theirs] = [order.indexOf(here.stable ?? ''), order.indexOf(before.stable)];
  if (mine < 0 || theirs < 0) return <span class="drift">differs from {before.environment}</span>;
  return <span class="drift">{apart(mine - theirs)} {before.environment}</span>;
}

/** @param behind releases, newest first: more than 0 are older */
function apart(behind: number): string {
  const many = Math.abs(behind);
  return `${many} release${many === 1 ? '' : 's'} ${behind > 0 ? 'behind' : 'ahead of'}`;
}
