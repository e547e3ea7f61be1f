import type { Rollout, Strategy } from './api';
import { milliseconds } from './format';

/** @param pauses the weight, in basis points, at which it then waits for a person */
export interface Projection { at: number; why: string; pauses?: number }

/**
 * When a rollout is over at the earliest: what its steps still have to last, and at this step the judge's evidence, if it goes
 * on growing as it did. What waits for a person has no time.
 * @param growth evidence for the release, in per cent of its boundary, now and by the second
 */
export function project(rollout: Rollout, strategy: Strategy | undefined, growth: { now: number; perSecond: number }, now: number): Projection | null {
  if (!strategy || rollout.endedAt || rollout.waitingFor) return null;
  const since = now - Date.parse(rollout.phaseSince);
  // who has nothing to return to, or returns, is not judged alone
  const bake = rollout.from && rollout.kind !== 'Rollback' ? milliseconds(strategy.bake) : 0;
  if (rollout.phase === 'Baking') return { at: now + Math.max(0, bake - since), why: 'it has all traffic and is judged alone' };
  if (rollout.phase === 'Promoting') return { at: now + bake, why: 'the new release scales up, then it is judged alone' };
  if (rollout.phase === 'Checking' || rollout.phase === 'Previewing') return switches(rollout.phase, strategy, since, bake, now);
  if (rollout.phase !== 'Progressing') return null;
  const steps = rollout.planned ?? [];
  const step = steps[rollout.step - 1];
  if (!step || step.manualPause) return null;
  const pause = steps.findIndex((next, i) => i >= rollout.step && next.manualPause);
  const later = steps.slice(rollout.step, pause < 0 ? undefined : pause);
  const least = Math.max(0, milliseconds(step.for) - since);
  const waits = evidenceIn(strategy, growth);
  const goesOn = strategy.analysis.onUndecided === 'Advance';
  if (waits === null && !goesOn) return null;
  const needed = Math.max(least, waits ?? Infinity);
  const longest = Math.max(0, milliseconds(strategy.analysis.maxStepTime) - since);
  // what has no evidence by then goes on undecided, also where the step should have lasted longer
  const undecided = goesOn && waits !== 0 && longest < needed;
  const here = undecided ? longest : needed;
  const rest = later.reduce((sum, next) => sum + milliseconds(next.for), 0) + (pause < 0 ? bake : 0);
  const why = undecided ? 'undecided by then, it goes on' : here > least ? 'this step still needs evidence' : 'by the steps\' own times';
  return { at: now + here + rest, why, ...(pause < 0 ? {} : { pauses: steps[pause]!.weight }) };
}

/** Blue/green: what it waits before its one switch, after which it is judged alone. */
function switches(phase: string, strategy: Strategy, since: number, bake: number, now: number): Projection | null {
  const pace = strategy.blueGreen;
  if (!pace || pace.manualPause) return null;
  const checks = phase === 'Checking';
  const pause = milliseconds(pace.pause);
  return { at: now + (checks ? pause : Math.max(0, pause - since)) + bake, why: checks ? 'its check runs still' : 'it is seen alone, then it switches' };
}

/** Null where it does not grow. */
function evidenceIn(strategy: Strategy, growth: { now: number; perSecond: number }): number | null {
  if (!strategy.analysis.enabled || strategy.analysis.advancesOnTime || growth.now >= 100) return 0;
  return growth.perSecond > 0 ? ((100 - growth.now) / growth.perSecond) * 1000 : null;
}
