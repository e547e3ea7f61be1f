// Users of a registry: they log in, publish small packages, read metadata and tarballs. Every answer is looked at;
// whatever is not the right one is a failure. Stops on SIGTERM or after SECONDS and prints what was felt.
//   node load.mjs BASE SECONDS WORKERS REPORT
import http from 'node:http';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';

const [base = 'http://127.0.0.1:4873', seconds = '600', workers = '8', report] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: Number(workers) });
const counts = {};
const failures = [];
const began = Date.now();
let stopping = false;
let lastFailure = 0;
let firstFailure = 0;
let slowest = 0;

function send(method, path, { body, token, basic } = {}) {
  const text = body && JSON.stringify(body);
  const headers = {
    ...(text && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
    ...(basic && { authorization: `Basic ${Buffer.from(basic).toString('base64')}` }),
    ...(token && { authorization: `Bearer ${token}` }),
  };
  return new Promise((resolve, reject) => {
    const request = http.request(base + path, { method, headers, agent, timeout: 60_000 }, response => {
      const parts = [];
      response.on('data', part => parts.push(part));
      response.on('error', reject);
      response.on('aborted', () => reject(new Error('answer cut short')));
      response.on('end', () => resolve({ status: response.statusCode, body: Buffer.concat(parts) }));
    });
    request.on('timeout', () => request.destroy(new Error('no answer within 60 s')));
    request.on('error', reject);
    request.end(text);
  });
}

// kind: what the user did; expected: the right status; right: whether the body is what was asked for
async function felt(kind, expected, right, method, path, options) {
  const count = (counts[kind] ??= { requests: 0, failures: 0 });
  const start = Date.now();
  count.requests++;
  let seen;
  try {
    const answer = await send(method, path, options);
    if (answer.status === expected && right(answer.body)) return answer.body;
    seen = answer.status === expected ? 'wrong body' : `status ${answer.status}`;
    seen += ' ' + answer.body.toString().slice(0, 120);
  } catch (error) {
    seen = `${error.code ?? ''} ${error.message}`;
  } finally {
    slowest = Math.max(slowest, Date.now() - start);
  }
  count.failures++;
  lastFailure = Date.now();
  firstFailure ||= lastFailure;
  failures.push({ at: new Date().toISOString(), kind, seen });
  return undefined;
}

const json = test => body => test(JSON.parse(body));
const user = name => ({ name, password: 'correct horse battery', email: `${name}@example.com`, type: 'user', roles: [] });

// the first time adds the user; later the password goes along, as npm does it
async function login(name, known) {
  const { password } = user(name);
  const body = await felt('log in', 201, json(answer => answer.token), 'PUT', `/-/user/org.couchdb.user:${name}`,
    { body: user(name), basic: known && `${name}:${password}` });
  return body && JSON.parse(body).token;
}

async function publish(name, number, token) {
  const id = `1.0.${number}`;
  const tarball = Buffer.from(`a small package called ${name} ${id}`.repeat(20));
  const file = `${name}-${id}.tgz`;
  const version = {
    name, version: id, description: 'tried', dist: {
      shasum: createHash('sha1').update(tarball).digest('hex'), tarball: `${base}/${name}/-/${file}`,
    },
  };
  const answer = await felt('publish', 201, () => true, 'PUT', `/${name}`, {
    token, body: {
      _id: name, name, description: 'tried', 'dist-tags': { latest: id }, versions: { [id]: version },
      _attachments: { [file]: { content_type: 'application/octet-stream', data: tarball.toString('base64'), length: tarball.length } },
    },
  });
  return answer && { id, file, tarball };
}

async function worker({ name, token, latest }) {
  for (let round = 1; !stopping; round++) {
    await felt('ping', 200, () => true, 'GET', '/-/ping');
    await felt('metadata', 200, json(answer => answer.versions[latest.id].name === name), 'GET', `/${name}`);
    await felt('who am I', 200, json(answer => answer.username === name), 'GET', '/-/whoami', { token });
    await felt('tarball', 200, body => body.equals(latest.tarball), 'GET', `/${name}/-/${latest.file}`);
    // what could not be published cannot be read: one failure is counted once
    if (round % 5 === 0) latest = (await publish(name, round, token)) ?? latest;
    if (round % 50 === 0) token = (await login(name, true)) ?? token;
  }
}

// one at a time: verdaccio 5 loses users that are added at the same moment. And before any deployment: each new
// package rewrites the file that also holds the key of all tokens. When packages were made while an instance started,
// some users were unknown to it; that it had read half a file and made a key of its own is the likely cause, not proven
async function prepare(id) {
  const name = `tried-${began.toString(36)}-${id}`;
  const token = await login(name);
  return { name, token, latest: await publish(name, 0, token) };
}

function finish() {
  const sum = key => Object.values(counts).reduce((total, count) => total + count[key], 0);
  const lines = Object.entries(counts).map(([kind, c]) =>
    `  ${kind.padEnd(9)} ${String(c.requests).padStart(7)} requests ${String(c.failures).padStart(4)} failed`);
  const span = firstFailure ? `, first to last ${((lastFailure - firstFailure) / 1000).toFixed(1)} s` : '';
  const text = [...lines,
    `  in all    ${String(sum('requests')).padStart(7)} requests ${String(sum('failures')).padStart(4)} failed${span}; ` +
    `${((Date.now() - began) / 1000).toFixed(0)} s, slowest answer ${slowest} ms`,
    ...failures.slice(0, 5).map(failure => `  ${failure.at} ${failure.kind}: ${failure.seen}`)].join('\n');
  console.log(text);
  if (report) writeFileSync(report, text + '\n');
  process.exit(0);
}

process.on('SIGTERM', () => { stopping = true; });
process.on('SIGINT', () => { stopping = true; });
setTimeout(() => { stopping = true; }, Number(seconds) * 1000).unref();
const users = [];
for (let id = 0; id < Number(workers); id++) users.push(await prepare(id));
if (report) writeFileSync(report, 'ready\n');
await Promise.all(users.map(worker));
finish();
