import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Track } from '../api';
import { words } from '../store';

const tones: Record<string, string> = {
  Succeeded: 'good', Serving: 'good', Idle: 'calm', Paused: 'warn', Queued: 'calm', Halted: 'bad', Aborting: 'bad', RolledBack: 'bad', Failed: 'bad', Unhealthy: 'bad', Degraded: 'warn', Unknown: 'warn',
};

/** A state in a word; its tone is said by the word, too. */
export function Pill({ phase, children }: { phase: string; children?: ComponentChildren }) {
  return <span class={`pill ${tones[phase] ?? 'busy'}`}>{children ?? words(phase)}</span>;
}

/** The place of an application in an environment. */
export const address = (track: { application: string; environment: string }) => `#/${encodeURIComponent(track.application)}/${encodeURIComponent(track.environment)}`;

/** The way back. @param here what of the track is shown; all of it where it is left out */
export function Crumbs({ track, here }: { track: Track; here?: string }) {
  return (
    <nav class="crumbs" aria-label="Where you are">
      <a href="#/">Everything</a> <span aria-hidden="true">/</span> <span>{track.application}</span> <span aria-hidden="true">/</span>{' '}
      {here ? <><a href={address(track)}>{track.environment}</a> <span aria-hidden="true">/</span> <span aria-current="page">{here}</span></> : <span aria-current="page">{track.environment}</span>}
    </nav>
  );
}

/** Now, anew every second: for ages and projections. */
export function useNow(): number {
  const [now, set] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => set(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** A share of a boundary, as a bar and as a number. */
export function Meter({ label, percent, tone }: { label: string; percent: number; tone: string }) {
  const shown = Math.round(percent);
  return (
    <div class="meter">
      <span class="meter-label">{label}</span>
      <span class="meter-bar" role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={shown}>
        <span class={`meter-fill ${tone}`} style={{ width: `${Math.min(100, Math.max(0, percent))}%` }} />
      </span>
      <span class="meter-value">{shown} %</span>
    </div>
  );
}

/** What the API puts in backquotes is a command. */
export const quoted = (text: string) => text.split('`').map((part, i) => (i % 2 ? <code key={i}>{part}</code> : part));

/** What the API refused, in its words. */
export function Problem({ error }: { error: { message: string; help?: string | undefined } | null }) {
  return error && <p class="problem" role="alert">{error.message}{error.help && <code>{error.help}</code>}</p>;
}
