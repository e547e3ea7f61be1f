import { useEffect, useRef, useState } from 'preact/hooks';
import { refusal, trackPath, type LogLine, type Track } from '../api';
import { clock } from '../format';
import { Problem } from './parts';

const most = 1000;

/** What the instances write, as it comes; read only while somebody has it open. */
export function Logs({ track }: { track: Track }) {
  const [open, set] = useState(false);
  return (
    <details class="panel logs" onToggle={(event) => set(event.currentTarget.open)}>
      <summary><h2>Logs</h2></summary>
      {open && <Lines track={track} />}
    </details>
  );
}

function Lines({ track }: { track: Track }) {
  const [lines, set] = useState<LogLine[]>([]);
  const [error, fail] = useState<Error | null>(null);
  const [round, again] = useState(0);
  const box = useRef<HTMLPreElement>(null);
  const atEnd = useRef(true);
  useEffect(() => {
    const stop = new AbortController();
    let retry = 0;
    set([]);
    read(track, stop.signal, (come) => { fail(null); set((before) => [...before, ...come].slice(-most)); })
      .catch((refused: Error) => { if (!stop.signal.aborted) fail(refused); })
      // the stream ends with the control plane: it is asked again
      .finally(() => { if (!stop.signal.aborted) retry = window.setTimeout(() => again(round + 1), 3000); });
    return () => { stop.abort(); clearTimeout(retry); };
  }, [track.track, round]);
  useEffect(() => { if (atEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight; }, [lines]);
  const scrolled = () => { const at = box.current!; atEnd.current = at.scrollTop + at.clientHeight >= at.scrollHeight - 8; };
  return (
    <>
      <Problem error={error} />
      <pre ref={box} onScroll={scrolled} tabIndex={0} role="region" aria-label="Log lines">
        {lines.length === 0 ? <span class="quiet">no lines yet</span> : lines.map((line, i) => (
          <div key={i} class={line.stream}><span class="quiet">{clock(line.at)} {line.revision}/{line.instance}</span> {line.text}</div>
        ))}
      </pre>
    </>
  );
}

async function read(track: Track, signal: AbortSignal, take: (lines: LogLine[]) => void) {
  const answer = await fetch(`${trackPath(track.application, track.environment)}/logs?lines=200&follow=true`, { signal, cache: 'no-store' });
  if (!answer.ok) throw await refusal(answer);
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ''; ;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (rest + value).split('\n');
    rest = parts.pop()!;
    const lines = parts.filter((part) => part.length > 0).map((part) => JSON.parse(part) as LogLine);
    if (lines.length > 0) take(lines);
  }
}
