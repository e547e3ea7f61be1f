import { useEffect, useRef } from 'preact/hooks';
import { effect } from '@preact/signals';
import uPlot from 'uplot';
import { recorded } from '../store';
import type { Column, Series } from '../series';

export interface Line { column: Column; label: string; color: string; dash?: number[]; fill?: boolean }

interface Props {
  title: string; lines: Line[]; series: Series;
  /** Milliseconds before the newest sample; Infinity for all there is. */
  window: number;
  format: (value: number) => string;
  /** The axis reaches at least to this. */
  least: number;
  /** And never beyond this. */
  most?: number;
  /** A line at this value, e.g. the judge's boundary. */
  boundary?: number;
}

const height = 148;
const dark = matchMedia('(prefers-color-scheme: dark)');

/** Lines over time. What they say stands in the table beside them, too: the drawing itself is an image with a name. */
export function Chart(props: Props) {
  const box = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    const place = box.current!;
    let plot: uPlot | null = null;
    const build = () => {
      plot?.destroy();
      plot = new uPlot(options(latest.current, place.clientWidth), data(latest.current, place.clientWidth), place);
    };
    const draw = () => plot?.setData(data(latest.current, place.clientWidth));
    const resized = new ResizeObserver(() => plot && plot.width !== place.clientWidth && plot.setSize({ width: place.clientWidth, height }));
    build();
    resized.observe(place);
    dark.addEventListener('change', build);
    let drawn = 0;
    const stop = effect(() => {
      void recorded.value;
      const now = performance.now();
      if (now - drawn < pace(latest.current, place.clientWidth)) return;
      drawn = now;
      soon(draw);
    });
    return () => { stop(); waiting.delete(draw); resized.disconnect(); dark.removeEventListener('change', build); plot?.destroy(); };
  }, [props.series, props.window]);
  return (
    <figure class="chart">
      <figcaption>
        <span class="chart-title">{props.title}</span>
        {props.lines.map((line) => <span class="key" key={line.column}><i class={`swatch ${line.color}${line.dash ? ' dashed' : ''}`} />{line.label}</span>)}
      </figcaption>
      <div ref={box} class="plot" role="img" aria-label={`${props.title} over time; the newest values stand in the table of both sides`} />
    </figure>
  );
}

/** Milliseconds until a curve would move by a pixel, at most a second: sooner there is nothing new to see. */
function pace({ series, window }: Props, width: number): number {
  if (series.length < 2) return 0;
  const shown = Math.min(window, series.time[series.length - 1]! - series.time[0]!);
  return Math.min(1000, shown / Math.max(60, width));
}

const waiting = new Set<() => void>();

/** One drawing a frame: together they would make a long one. */
function soon(draw: () => void) {
  if (waiting.size === 0) requestAnimationFrame(next);
  waiting.add(draw);
}

function next() {
  const [first] = waiting;
  if (!first) return;
  waiting.delete(first);
  first();
  if (waiting.size > 0) requestAnimationFrame(next);
}

function data(props: Props, width: number): uPlot.AlignedData {
  const { series } = props;
  const newest = series.length ? series.time[series.length - 1]! : 0;
  const thinned = series.thin(props.lines.map((line) => line.column), newest - props.window, Math.max(60, width));
  const [time, ...values] = thinned;
  return [time.map((ms) => ms / 1000), ...values] as uPlot.AlignedData;
}

function color(name: string): string { return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim(); }

function options(props: Props, width: number): uPlot.Options {
  const axis = { stroke: color('muted'), grid: { stroke: color('grid'), width: 1 }, ticks: { show: false }, font: '11px system-ui, sans-serif' };
  return {
    width, height, legend: { show: false }, padding: [8, 28, 0, 0],
    cursor: { drag: { x: false, y: false }, points: { show: false }, y: false },
    scales: { x: { time: true }, y: { range: (_, __, high) => [0, Math.min(props.most ?? Infinity, Math.max(props.least, high * 1.08 || 0))] } },
    axes: [
      { ...axis, size: 24, space: 72, values: (_, ticks) => ticks.map((at) => new Date(at * 1000).toLocaleTimeString('en-GB')) },
      { ...axis, size: 56, space: 28, values: (_, ticks) => ticks.map(props.format) },
    ],
    series: [{}, ...props.lines.map((line): uPlot.Series => ({
      stroke: color(line.color), width: 1.75, points: { show: false }, ...(line.dash ? { dash: line.dash } : {}),
      ...(line.fill ? { fill: color(`${line.color}-wash`) } : {}),
    }))],
    hooks: props.boundary === undefined ? {} : { draw: [(plot) => boundary(plot, props.boundary!)] },
  };
}

function boundary(plot: uPlot, at: number) {
  const y = Math.round(plot.valToPos(at, 'y', true));
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = color('bad');
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([5 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}
