import { useEffect, useState } from 'preact/hooks';
import { ask, trackPath, type Runbook, type Track } from '../api';
import { ledger } from '../store';
import { Crumbs, Problem } from './parts';

/** The procedures that apply to an application in an environment, with the lines to paste. */
export function Runbooks({ track }: { track: Track }) {
  const [runbooks, set] = useState<Runbook[]>([]);
  const [error, fail] = useState<Error | null>(null);
  const turn = ledger.value;
  useEffect(() => {
    let gone = false;
    ask<Runbook[]>('GET', `${trackPath(track.application, track.environment)}/runbooks`).then((read) => { if (!gone) { set(read); fail(null); } }, (refused: Error) => { if (!gone) fail(refused); });
    return () => { gone = true; };
  }, [track.track, turn]);
  return (
    <>
      <Crumbs track={track} here="Runbooks" />
      <h1>Runbooks of {track.application} <span class="quiet">in {track.environment}</span></h1>
      <p class="quiet">To paste on the machine where it runs; <code>signalbox runbook run NAME</code> there asks before each step and records it.</p>
      <Problem error={error} />
      {runbooks.map((runbook) => (
        <section class="panel" key={runbook.name} aria-label={runbook.title}>
          <h2>{runbook.title} <span class="quiet">{runbook.name}</span></h2>
          <p>When {runbook.when}. <span class="quiet">Where it does not help, hand it to {runbook.handTo}.</span></p>
          <ol class="runbook">
            {runbook.steps.map((step, i) => <li key={i}>{step.text}{step.command.length > 0 && <pre tabIndex={0}>{step.line}</pre>}</li>)}
          </ol>
          {runbook.blanks.length > 0 && <p class="quiet">Fill in {runbook.blanks.join(', ')}.</p>}
        </section>
      ))}
    </>
  );
}
