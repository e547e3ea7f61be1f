// What the control plane's API answers (docs/api.md and /openapi.json), as far as the page reads it.

export interface Latency { p50: string; p99: string }

export interface Failure { kind: string; message: string; exitCode?: number; at: string; logTail: string[] }

export interface Arm {
  revision: string; desired: number; ready: number; weight: number; restarts: number;
  requests: number; bad: number; inFlight: number; failure?: Failure; latency?: Latency;
}

/** Numbers that JSON does not know come as words: "Infinity", "-Infinity", "NaN". */
export type Real = number | string;

export interface Judge {
  verdict: 'NoData' | 'Inconclusive' | 'Pass' | 'Fail'; tick: number;
  logE: Real; logThreshold: Real; logPromote: Real; logPromoteThreshold: Real;
  canaryRequests: number; canaryBad: number; stableRequests: number; stableBad: number; explanation: string;
}

export interface Service {
  service: string; kind: string; address?: string; arms: (Arm & { role: string })[]; judge?: Judge; problem?: string;
  preview?: string; schedule?: string; next?: string;
}

export interface Rollout {
  id: string; track: string; release: string; from?: string; kind: string; phase: string; step: number; steps: number; weight: number;
  reason?: string; waitingFor?: string; waitingText?: string; principal: string; startedAt: string; phaseSince: string; endedAt?: string;
  logTail: string[]; decision?: Judge; goesBackTo?: string; strategy?: string; expectedGap?: string; gap?: string;
  /** Until it has ended. */
  planned?: Step[];
}

export interface Track {
  track: string; application: string; environment: string; phase: string; stable?: string; warm?: string; warmUntil?: string;
  rollout?: Rollout; services: Service[]; hostProblem?: string;
  /** Where the control plane tells it: how it differs from the environment before. */
  promotion?: { from: string; release?: string; behind: number; state: string; because: string; until?: string };
}

export interface Status { version: string; ledgerHead: string; hostConnected: boolean; hostProblem?: string; tracks: Track[]; warnings: string[] }

export interface Observation {
  cursor: number; at: string;
  track: { track: string; rollout?: string; latch?: { reason: string; detail: string; decision?: Judge }; services: ObservedService[] };
}

export interface ObservedService { service: string; arms: Arm[]; judge?: Judge; listenError?: string }

export interface HistoryEntry { sequence: number; at: string; track: string; principal: string; type: string; summary: string }

export interface Step { weight: number; for: string; manualPause: boolean }

export interface Strategy {
  kind: string; steps: Step[]; bake: string; analysis: { enabled: boolean; maxStepTime: string; onUndecided: string; advancesOnTime?: boolean };
  blueGreen?: { pause: string; manualPause?: boolean };
}

export interface Release {
  id: string; application: string; createdAt: string;
  source?: { commit: string; dirty: boolean; subject?: string };
  environments: { name: string; strategy: Strategy }[];
}

/** A step without a command is a person's. */
export interface Runbook { name: string; title: string; when: string; handTo: string; blanks: string[]; steps: { text: string; command: string[]; line: string }[] }

export interface LogLine { at: string; service: string; revision: string; instance: string; stream: string; text: string }

export interface Session { principal: string; scopes: string[]; expiresAt: string }

export type Command = 'advance' | 'pause' | 'resume' | 'abort';

/** A refusal of the API, in its own words. */
export class Refused extends Error {
  constructor(readonly status: number, readonly id: string, message: string, readonly help?: string) { super(message); }
}

/** Asks the API; a refusal is a Refused, an unreachable control plane a TypeError, as fetch has it. */
export async function ask<T>(method: string, path: string, body?: unknown, token?: string): Promise<T> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (token) headers['Authorization'] = `Bearer ${token}`;
  const answer = await fetch(path, { method, headers, body: body === undefined ? null : JSON.stringify(body), cache: 'no-store' });
  if (!answer.ok) throw await refusal(answer);
  return answer.status === 204 ? (undefined as T) : ((await answer.json()) as T);
}

export async function refusal(answer: Response): Promise<Refused> {
  const problem = (await answer.json().catch(() => null)) as { id?: string; message?: string; help?: string } | null;
  return new Refused(answer.status, problem?.id ?? 'unknown', problem?.message ?? `the control plane answered ${answer.status}`, problem?.help);
}

export const trackPath = (application: string, environment: string) =>
  `/api/v1/tracks/${encodeURIComponent(application)}/${encodeURIComponent(environment)}`;
