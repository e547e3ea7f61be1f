import { Refused, type Observation } from './api';
import { connection, findSession, ledger, observed, openAsked, readStatus, recorded, seriesOf, session, status } from './store';

/** From the first try after a break to the longest pause between two; half of each is chance, so that pages do not all come at once. */
const [firstPause, longestPause] = [500, 5000];
/** The server says something every 15 s; a connection that is silent for longer is dead, though nobody said so. */
const longestSilence = 40_000;
/** Browsers open six connections to one address: a page that nobody looks at lets its own go. */
const hiddenFor = 60_000;
/** What no entry of the ledger tells (that the host is gone, a warning) is in the status alone. */
const statusEvery = 10_000;
/** Numbers that change more often than this cannot be read. */
const numbersEvery = 250;

let source: EventSource | null = null;
let last = '';
let pause = firstPause;
let timer = 0;
let silence = 0;
let hidden = 0;
let asking = 0;
const arrived: Observation[] = [];

/** Follows the control plane from now on, through its restarts. */
export function follow() {
  document.addEventListener('visibilitychange', looked);
  addEventListener('online', () => again(0));
  if (document.hidden) connection.value = 'resting';
  else void connect();
}

function looked() {
  clearTimeout(hidden);
  if (document.hidden) hidden = window.setTimeout(rest, hiddenFor);
  else if (!source) again(0);
}

function rest() {
  drop();
  connection.value = 'resting';
}

function drop() {
  source?.close();
  source = null;
  clearTimeout(timer);
  clearTimeout(silence);
  clearInterval(asking);
}

function again(after: number) {
  drop();
  timer = window.setTimeout(() => void connect(), after);
}

async function connect() {
  if (session.value === null) return;
  try {
    // also says whether the session still holds: an event source does not tell why it is refused
    if (session.value === undefined || connection.value !== 'live') await findSession();
    if (!session.value) return;
    // whatever is written down after this is told by the stream
    last = await readStatus();
    await openAsked();
  } catch (error) {
    if (error instanceof Refused && error.status === 401) session.value = null;
    else lost();
    return;
  }
  open();
}

function open() {
  drop();
  const opened = (source = new EventSource(`/api/v1/events?after=${last}`));
  asking = window.setInterval(() => readStatus().catch(() => { /* the stream says that it is lost */ }), statusEvery);
  opened.onopen = () => { pause = firstPause; connection.value = 'live'; heard(); };
  opened.onerror = lost;
  opened.addEventListener('ledger', (event) => { last = (event as MessageEvent).lastEventId; heard(); wroteDown(); });
  opened.addEventListener('observation', (event) => { heard(); take((event as MessageEvent<string>).data); });
  opened.addEventListener('alive', heard);
}

function lost() {
  connection.value = 'reconnecting';
  const wait = pause / 2 + (Math.random() * pause) / 2;
  pause = Math.min(longestPause, pause * 2);
  again(wait);
}

function heard() {
  clearTimeout(silence);
  silence = window.setTimeout(lost, longestSilence);
}

let due = 0;

/** Several entries come at once: what follows from them is read once. */
function wroteDown() {
  if (due) return;
  due = window.setTimeout(() => {
    due = 0;
    ledger.value++;
    readStatus().catch(() => { /* the stream says that it is lost */ });
  }, 100 + Math.random() * 150);
}

function take(data: string) {
  arrived.push(JSON.parse(data) as Observation);
  // a page in the background is given no frames
  if (arrived.length === 1) if (document.hidden) setTimeout(show, 200); else requestAnimationFrame(show);
}

const newest: Record<string, Observation> = {};
let told = 0;
let telling = 0;

function show() {
  for (const observation of arrived) {
    record(observation);
    newest[observation.track.track] = observation;
  }
  arrived.length = 0;
  recorded.value++;
  if (!telling) telling = window.setTimeout(tell, Math.max(0, told + numbersEvery - performance.now()));
}

function tell() {
  [telling, told] = [0, performance.now()];
  observed.value = { ...newest };
}

function record(observation: Observation) {
  const known = status.value?.tracks.find((track) => track.track === observation.track.track);
  const running = known?.rollout && !known.rollout.endedAt ? known.rollout : undefined;
  const roles = { stable: running?.from ?? known?.stable, canary: running && running.release !== running.from ? running.release : undefined };
  const at = Date.parse(observation.at);
  for (const service of observation.track.services) seriesOf(observation.track.track, service.service).add(at, service, roles);
}

/** Somebody has signed in. */
export const reconnect = () => again(0);
