import { useEffect, useState } from 'preact/hooks';
import { ask, type Rollout, type Track } from '../api';
import { ledger } from '../store';
import { address, Problem } from './parts';
import { RolloutPanel } from './RolloutPanel';

/** The rollout that somebody's link names, where it is not the newest of its track. */
export function Asked({ track, id }: { track: Track; id: string }) {
  const [rollout, set] = useState<Rollout | null>(null);
  const [error, fail] = useState<Error | null>(null);
  const turn = ledger.value;
  useEffect(() => {
    let gone = false;
    ask<Rollout>('GET', `/api/v1/rollouts/${encodeURIComponent(id)}`).then((read) => { if (!gone) set(read); }, (refused: Error) => { if (!gone) fail(refused); });
    return () => { gone = true; };
  }, [id, turn]);
  return (
    <>
      <Problem error={error} />
      {rollout && <RolloutPanel track={track} rollout={rollout} series={undefined} />}
      {rollout && <p class="quiet">That is what your link names. <a href={address(track)}>The newest</a> is below.</p>}
    </>
  );
}
