import { computed, signal } from '@preact/signals';
import { ask, Refused, type Observation, type Release, type Rollout, type Service, type Session, type Status, type Track } from './api';
import { Series } from './series';

/** Who is signed in; null: nobody; undefined: not known yet. */
export const session = signal<Session | null | undefined>(undefined);
export const status = signal<Status | null>(null);
export const releases = signal<Record<string, Release[]>>({});
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'resting';
export const connection = signal<Connection>('connecting');
/** The newest of each track, whole each time: for numbers, which nobody reads ten times a second. */
export const observed = signal<Record<string, Observation>>({});
/** Grows with whatever is added to a series: for curves. */
export const recorded = signal(0);
/** Grows with every entry of the ledger: what is derived from it is read anew. */
export const ledger = signal(0);
/** What a screen reader is told. */
export const said = signal('');
/** The place after the #. */
export const place = signal(location.hash);

addEventListener('hashchange', () => { place.value = location.hash; });

export const may = (scope: string) => session.value?.scopes.some((held) => held === scope || held === 'admin') ?? false;

/** #/APPLICATION/ENVIRONMENT, and then perhaps a rollout's id, or `runbooks`. */
const named = computed(() => place.value.replace(/^#\/?/, '').split('/').map(decoded));

export const track = computed<Track | null>(() => {
  const [application, environment] = named.value;
  if (!application || !environment) return null;
  return status.value?.tracks.find((known) => known.application === application && known.environment === environment) ?? null;
});

/** What of the track is asked for: `runbooks`, the id of a rollout, or nothing. */
export const within = computed(() => named.value[2] ?? '');

/** The place may be anything that somebody typed. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A link in a notification names a rollout alone (/?rollout=ID): it is opened where it belongs. */
export async function openAsked() {
  const id = new URLSearchParams(location.search).get('rollout');
  if (id === null) return;
  const of = await ask<Rollout>('GET', `/api/v1/rollouts/${encodeURIComponent(id)}`).catch((error: unknown) => {
    if (error instanceof Refused) return null;
    throw error;
  });
  history.replaceState(null, '', `/#/${of ? `${of.track.split('/').map(encodeURIComponent).join('/')}/${encodeURIComponent(id)}` : `unknown/${encodeURIComponent(id)}`}`);
  place.value = location.hash;
}

const past = new Map<string, Series>();

export function seriesOf(track: string, service: string): Series {
  const key = `${track} ${service}`;
  let series = past.get(key);
  if (!series) past.set(key, (series = new Series()));
  return series;
}

export async function findSession() {
  try {
    session.value = await ask<Session>('GET', '/api/v1/session');
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 401) throw error;
    session.value = null;
  }
}

let [asked, shown] = [0, 0];

/** @returns the place in the ledger that it stands for */
export async function readStatus(): Promise<string> {
  const mine = ++asked;
  const fresh = await ask<Status>('GET', '/api/v1/status');
  // an answer that was overtaken by one to a later question is of before
  if (mine < shown) return fresh.ledgerHead.split(':')[0]!;
  shown = mine;
  for (const known of fresh.tracks) announce(status.value?.tracks.find((before) => before.track === known.track), known);
  status.value = fresh;
  const unknown = new Set(fresh.tracks.filter((known) => !knows(known)).map((known) => known.application));
  for (const application of unknown) await readReleases(application);
  return fresh.ledgerHead.split(':')[0]!;
}

/** A release never changes: its application's are read again only where one is named that is not known. */
const knows = (track: Track) => [track.stable, track.rollout?.release].every((id) => !id || releases.value[track.application]?.some((release) => release.id === id));

async function readReleases(application: string) {
  const list = await ask<Release[]>('GET', `/api/v1/releases?limit=200&application=${encodeURIComponent(application)}`);
  releases.value = { ...releases.value, [application]: list };
}

export const releaseOf = (application: string, id: string | undefined) => releases.value[application]?.find((release) => release.id === id);

/** What the host showed last, over what the status said when it was read: that tells only what the ledger had then. */
export function withObserved(track: Track, service: Service): Service {
  // without the host nothing is known, whatever it showed before
  if (!status.value?.hostConnected) return service;
  const seen = observed.value[track.track]?.track.services.find((known) => known.service === service.service);
  if (!seen) return service;
  const running = track.rollout && !track.rollout.endedAt ? track.rollout.release : undefined;
  const role = (revision: string) => (revision === track.stable ? 'stable' : revision === running ? 'canary' : 'warm');
  const { judge: _, problem: __, ...rest } = service;
  return {
    ...rest, arms: seen.arms.map((arm) => ({ ...arm, role: role(arm.revision) })),
    ...(seen.judge ? { judge: seen.judge } : {}), ...(seen.listenError ? { problem: seen.listenError } : {}),
  };
}

/** The promotion path as the newest release has it; environments it does not know come after. */
export function pathOf(application: string): string[] {
  const path = releases.value[application]?.[0]?.environments.map((environment) => environment.name) ?? [];
  const others = status.value?.tracks.filter((known) => known.application === application && !path.includes(known.environment)) ?? [];
  return [...path, ...others.map((known) => known.environment)];
}

function announce(before: Track | undefined, now: Track) {
  const [was, is] = [before?.rollout, now.rollout];
  if (!before || !is || (was?.id === is.id && was.phase === is.phase && was.step === is.step)) return;
  const where = `${now.application} in ${now.environment}`;
  const step = is.phase === 'Progressing' ? `, step ${is.step} of ${is.steps}` : '';
  said.value = `${where}: ${is.release} ${words(is.phase)}${step}${is.reason ? `, ${is.reason}` : ''}`;
}

/** A phase's name as words: RolledBack is "rolled back". */
export const words = (phase: string) => phase.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
