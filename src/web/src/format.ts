import type { Judge, Real } from './api';

/** Milliseconds of a duration as the API writes it: [d.]hh:mm:ss[.fffffff]. */
export function milliseconds(duration: string): number {
  const match = /^(-)?(?:(\d+)\.)?(\d+):(\d+):(\d+(?:\.\d+)?)$/.exec(duration);
  if (!match) return NaN;
  const [, minus, days, hours, minutes, seconds] = match;
  const sum = (((Number(days ?? 0) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  return minus ? -sum : sum;
}

/** A weight in basis points as people read it. */
export const percent = (basisPoints: number) => `${trim(basisPoints / 100, 2)} %`;

export const share = (part: number, whole: number) => (whole > 0 ? `${trim((100 * part) / whole, 2)} %` : '–');

export const count = (n: number) => n.toLocaleString('en');

export const rate = (perSecond: number) => (Number.isFinite(perSecond) ? (perSecond >= 100 ? Math.round(perSecond).toLocaleString('en') : trim(perSecond, 1)) : '–');

/** Milliseconds for the eye: two significant digits below ten. */
export function latency(ms: number): string {
  if (!Number.isFinite(ms)) return '–';
  if (ms >= 10_000) return `${trim(ms / 1000, 1)} s`;
  return ms >= 10 ? `${Math.round(ms)} ms` : `${trim(ms, ms >= 1 ? 1 : 2)} ms`;
}

export function span(ms: number): string {
  if (!Number.isFinite(ms)) return '–';
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return seconds % 60 ? `${Math.floor(seconds / 60)} min ${seconds % 60} s` : `${seconds / 60} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`;
}

export const clock = (at: string | number) => new Date(at).toLocaleTimeString('en-GB');

/** The time, and the day where it is not today. */
export function moment(at: string): string {
  const date = new Date(at);
  const today = date.toDateString() === new Date().toDateString();
  return today ? clock(at) : `${date.toLocaleDateString('en-CA')} ${clock(at)}`;
}

/** A log-evidence as a share of its boundary: 1 is reached. */
export function evidence(log: Real, threshold: Real): number {
  const [have, need] = [Number(log), Number(threshold)];
  if (have === Infinity) return 1;
  return need > 0 && Number.isFinite(have) ? Math.min(1, Math.max(0, have / need)) : 0;
}

/** Evidence for a release: the one-sample test may pass it before the comparison does, and then nothing is missing. */
export const forth = (judge: Judge) => (judge.verdict === 'Pass' ? 1 : evidence(judge.logPromote, judge.logPromoteThreshold));

const trim = (n: number, digits: number) => String(Number(n.toFixed(digits)));
