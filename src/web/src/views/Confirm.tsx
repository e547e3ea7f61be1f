import { useEffect, useRef, useState } from 'preact/hooks';
import { ask, Refused } from '../api';
import { readStatus, said } from '../store';
import { Problem } from './parts';

export interface Question { title: string; text: string; verb: string; path: string; tone: 'primary' | 'danger'; body: (reason: string | null) => unknown; withoutReason?: boolean }

/** Asks once more, and why: the reason goes into the ledger beside the name. */
export function Confirm({ question, close }: { question: Question; close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [reason, setReason] = useState('');
  const [error, setError] = useState<Error | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => dialog.current!.showModal(), []);
  const send = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    try {
      await ask('POST', question.path, question.body(reason.trim() || null));
      said.value = `${question.verb}: done`;
      dialog.current!.close();
      await readStatus().catch(() => { /* the stream brings it */ });
    } catch (refused) {
      setError(refused instanceof Refused ? refused : new Error('the control plane does not answer; nothing was changed as far as is known'));
      setBusy(false);
    }
  };
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="question">
      <form onSubmit={send}>
        <h2 id="question">{question.title}</h2>
        <p>{question.text}</p>
        {!question.withoutReason && (
          <>
            <label for="reason">Reason <span class="quiet">(goes into the ledger)</span></label>
            <textarea id="reason" rows={2} maxLength={500} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
          </>
        )}
        <Problem error={error} />
        <div class="row end">
          <button type="button" onClick={() => dialog.current!.close()}>Cancel</button>
          <button class={question.tone} disabled={busy}>{question.verb}</button>
        </div>
      </form>
    </dialog>
  );
}
