import type { Judge, ObservedService } from './api';
import { evidence, forth, milliseconds } from './format';

/** What is drawn of a service, one column each; NaN, and to the drawing null, where there is nothing to draw. */
export const columns = [
  'stableWeight', 'canaryWeight', 'stableRate', 'canaryRate', 'stableBad', 'canaryBad',
  'stableP50', 'canaryP50', 'stableP99', 'canaryP99', 'against', 'forth',
] as const;
export type Column = (typeof columns)[number];

export interface Roles { stable: string | undefined; canary: string | undefined }

/** Rates are of this long, so that one request more or less does not make the line jump. */
const window = 2000;
const most = 65_536;

interface Counted { at: number; requests: number; bad: number }

/** A service's recent past. Grows up to a bound, then forgets its older half. */
export class Series {
  length = 0;
  /** When something was added last, by this browser's clock: a host has nothing to tell where nothing is asked of it. */
  heard = 0;
  time = new Float64Array(512);
  private values = new Map<Column, Float32Array>(columns.map((column) => [column, new Float32Array(512)]));
  private counted = new Map<string, Counted[]>();

  last(column: Column): number { return this.length ? this.values.get(column)![this.length - 1]! : NaN; }

  add(at: number, service: ObservedService, roles: Roles) {
    // a stream that begins again may repeat what was seen
    if (this.length && at <= this.time[this.length - 1]!) return;
    this.room();
    this.heard = Date.now();
    this.time[this.length] = at;
    for (const column of this.values.values()) column[this.length] = NaN;
    this.length++;
    for (const arm of service.arms) {
      const role = arm.revision === roles.canary ? 'canary' : arm.revision === roles.stable ? 'stable' : null;
      const { rate, bad } = this.rates(arm.revision, { at, requests: arm.requests, bad: arm.bad });
      if (!role) continue;
      this.set(`${role}Weight`, arm.weight / 100);
      this.set(`${role}Rate`, rate);
      this.set(`${role}Bad`, bad);
      if (!arm.latency) continue;
      this.set(`${role}P50`, milliseconds(arm.latency.p50));
      this.set(`${role}P99`, milliseconds(arm.latency.p99));
    }
    if (service.judge) this.judge(service.judge);
  }

  /** From the first sample at or after a time, thinned to what so many pixels can show: each pixel keeps its least and greatest. */
  thin(names: readonly Column[], from: number, pixels: number): [number[], ...(number | null)[][]] {
    const first = this.search(from);
    const n = this.length - first;
    if (n <= 2 * pixels) return [Array.from(this.time.subarray(first, this.length)), ...names.map((name) => Array.from(this.values.get(name)!.subarray(first, this.length), drawn))];
    return [this.edges(first, n, pixels), ...names.map((name) => extremes(this.values.get(name)!, first, n, pixels))];
  }

  private edges(first: number, n: number, pixels: number): number[] {
    const edges: number[] = [];
    for (let p = 0; p < pixels; p++) {
      const [low, high] = bucket(first, n, pixels, p);
      edges.push(this.time[low]!, this.time[high - 1]! + 0.5);
    }
    return edges;
  }

  private search(from: number): number {
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.time[middle]! < from) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private set(column: Column, value: number) { this.values.get(column)![this.length - 1] = value; }

  private judge(judge: Judge) {
    this.set('against', 100 * evidence(judge.logE, judge.logThreshold));
    this.set('forth', 100 * forth(judge));
  }

  private rates(revision: string, now: Counted): { rate: number; bad: number } {
    let past = this.counted.get(revision);
    // a host that was restarted counts anew
    if (!past || past[past.length - 1]!.requests > now.requests) this.counted.set(revision, (past = []));
    past.push(now);
    while (past.length > 2 && past[1]!.at <= now.at - window) past.shift();
    const before = past[0]!;
    const requests = now.requests - before.requests;
    const seconds = (now.at - before.at) / 1000;
    return { rate: seconds > 0 ? requests / seconds : NaN, bad: requests > 0 ? (100 * (now.bad - before.bad)) / requests : NaN };
  }

  private room() {
    if (this.length < this.time.length) return;
    const keep = this.length >= most ? most / 2 : this.length;
    const size = this.length >= most ? most : 2 * this.length;
    const moved = <T extends Float64Array | Float32Array>(old: T, fresh: T): T => { fresh.set(old.subarray(this.length - keep, this.length)); return fresh; };
    this.time = moved(this.time, new Float64Array(size));
    for (const [name, old] of this.values) this.values.set(name, moved(old, new Float32Array(size)));
    this.length = keep;
  }
}

const bucket = (first: number, n: number, pixels: number, p: number): [number, number] =>
  [first + Math.floor((p * n) / pixels), first + Math.floor(((p + 1) * n) / pixels)];

const drawn = (value: number) => (Number.isNaN(value) ? null : value);

function extremes(values: Float32Array, first: number, n: number, pixels: number): (number | null)[] {
  const out: (number | null)[] = [];
  for (let p = 0; p < pixels; p++) {
    const [low, high] = bucket(first, n, pixels, p);
    let [least, greatest] = [Infinity, -Infinity];
    for (let i = low; i < high; i++) {
      const value = values[i]!;
      if (value < least) least = value;
      if (value > greatest) greatest = value;
    }
    if (least <= greatest) out.push(least, greatest);
    else out.push(null, null);
  }
  return out;
}
