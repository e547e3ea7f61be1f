import { useEffect, useRef } from 'preact/hooks';
import { ask } from '../api';
import { connection, place, said, session, status, track, within } from '../store';
import { Dora } from './Dora';
import { Overview } from './Overview';
import { Runbooks } from './Runbooks';
import { SignIn } from './SignIn';
import { TrackView } from './TrackView';
import logo from '../signal.svg';

export function App({ reconnect }: { reconnect: () => void }) {
  const main = useRef<HTMLElement>(null);
  const visited = useRef(place.value);
  useEffect(() => {
    if (visited.current !== place.value) main.current?.focus();
    visited.current = place.value;
    document.title = track.value ? `${track.value.application} in ${track.value.environment} · Signalbox` : 'Signalbox';
  }, [place.value, track.value?.track]);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); main.current?.focus(); }}>Skip to the content</a>
      <Top />
      {session.value === null ? <SignIn done={reconnect} /> : (
        <main id="main" ref={main} tabIndex={-1}>
          {connection.value === 'reconnecting' && <p class="callout warn" role="status">Reconnecting: the control plane does not answer. Applications go on without it; what is shown here is from before.</p>}
          {status.value && !status.value.hostConnected && <p class="problem" role="alert">The host is not connected: {status.value.hostProblem}</p>}
          <Content />
        </main>
      )}
      <div class="unseen" role="status" aria-live="polite">{said.value}</div>
    </>
  );
}

function Content() {
  if (place.value === '#/deliveries') return <Dora />;
  if (track.value && within.value === 'runbooks') return <Runbooks key={track.value.track} track={track.value} />;
  if (track.value) return <TrackView key={track.value.track} track={track.value} />;
  if (status.value && place.value.length > 2) return <><h1>Nothing is here</h1><p class="quiet"><a href="#/">Everything</a> shows what serves where.</p></>;
  return <Overview />;
}

const live: Record<string, [string, string]> = {
  live: ['good', 'live'], connecting: ['calm', 'connecting'], reconnecting: ['warn', 'reconnecting'], resting: ['calm', 'resting'],
};

function Top() {
  const [tone, text] = live[connection.value]!;
  const leave = async () => {
    await ask('DELETE', '/api/v1/session').catch(() => { /* it has ended already */ });
    location.reload();
  };
  return (
    <header class="top">
      <a class="brand" href="#/"><img src={logo} alt="" width="24" height="24" />Signalbox</a>
      {session.value && (
        <>
          <nav aria-label="Pages">
            <a href="#/" aria-current={place.value === '#/deliveries' ? undefined : 'page'}>Environments</a>
            <a href="#/deliveries" aria-current={place.value === '#/deliveries' ? 'page' : undefined}>Deliveries</a>
          </nav>
          <span class={`connection ${tone}`} role="status">{text}</span>
          <span class="who quiet">{session.value.principal}</span>
          <button class="plain" onClick={leave}>Sign out</button>
        </>
      )}
    </header>
  );
}
