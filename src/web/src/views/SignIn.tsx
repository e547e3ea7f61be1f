import { useState } from 'preact/hooks';
import { ask, Refused, type Session } from '../api';
import { session } from '../store';
import { Problem } from './parts';

export function SignIn({ done }: { done: () => void }) {
  const [token, setToken] = useState('');
  const [error, setError] = useState<Refused | Error | null>(null);
  const [busy, setBusy] = useState(false);
  const signIn = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    try {
      session.value = await ask<Session>('POST', '/api/v1/session', undefined, token.trim());
      done();
    } catch (refused) {
      setError(refused instanceof Refused ? refused : new Error('the control plane does not answer'));
    } finally {
      setBusy(false);
    }
  };
  return (
    <main class="sign-in" id="main">
      <form class="panel" onSubmit={signIn}>
        <h1>Sign in</h1>
        <p class="quiet"><code>signalbox up</code> prints a link that signs in. Or paste a token: yours lies in the state directory's file <code>token</code>.</p>
        <label for="token">Token</label>
        <input id="token" type="password" autocomplete="off" spellcheck={false} placeholder="sbx_…" required value={token} onInput={(event) => setToken(event.currentTarget.value)} />
        <Problem error={error} />
        <button class="primary" disabled={busy}>Sign in</button>
        <p class="quiet small">The token is exchanged for a cookie that scripts cannot read; the page keeps no copy.</p>
      </form>
    </main>
  );
}
