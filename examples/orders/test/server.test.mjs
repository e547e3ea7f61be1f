import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { serve } from '../dist/server.mjs';

let server;
let at;

before(async () => {
  server = serve(0);
  await once(server, 'listening');
  at = `http://127.0.0.1:${server.address().port}`;
});

after(() => {
  server.closeAllConnections();
  server.close();
});

test('it is healthy', async () => assert.equal((await fetch(`${at}/healthz`)).status, 200));

test('it says which version answers', async () => {
  const answer = await fetch(at);
  assert.equal((await answer.json()).version, answer.headers.get('x-version'));
});

test('it takes orders', async () => {
  const answer = await fetch(`${at}/orders`, { method: 'POST', body: '{"cheese":2}' });
  assert.deepEqual(await answer.json(), { total: 1750 });
});

test('it refuses what is no order', async () => {
  assert.equal((await fetch(`${at}/orders`, { method: 'POST', body: '{"gold":1}' })).status, 400);
  assert.equal((await fetch(`${at}/orders`, { method: 'POST', body: 'bread' })).status, 400);
});

test('it knows no other address', async () => assert.equal((await fetch(`${at}/nowhere`)).status, 404));
