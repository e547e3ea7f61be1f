// Users of a container registry, or of Prometheus. Every answer is looked at; whatever is not the right one is a failure.
// Stops on SIGTERM and writes what was felt into REPORT. KEPT remembers over several runs what was acknowledged.
//   node load.mjs docker-registry|prometheus BASE KEPT REPORT
import http from 'node:http';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const [kind, base, keptFile, report] = process.argv.slice(2);
const workers = 4;
const agent = new http.Agent({ keepAlive: true, maxSockets: workers });
const kept = existsSync(keptFile) ? JSON.parse(readFileSync(keptFile)) : [];
const failures = [];
let requests = 0, stopping = false, lastGood = 0, longest = 0;

const digestOf = body => `sha256:${createHash('sha256').update(body).digest('hex')}`;
const pause = ms => new Promise(resolve => setTimeout(resolve, ms));

function send(method, path, { body, type } = {}) {
  const headers = { ...(body && { 'content-length': Buffer.byteLength(body) }), ...(type && { 'content-type': type }), accept: type ?? '*/*' };
  return new Promise((resolve, reject) => {
    const request = http.request(base + path, { method, headers, agent, timeout: 60_000 }, response => {
      const parts = [];
      response.on('data', part => parts.push(part));
      response.on('error', reject);
      response.on('aborted', () => reject(new Error('answer cut short')));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }));
    });
    request.on('timeout', () => request.destroy(new Error('no answer within 60 s')));
    request.on('error', reject);
    request.end(body);
  });
}

// the answer, or undefined where it was not the right one
async function felt(status, right, method, path, options) {
  requests++;
  let seen;
  try {
    const answer = await send(method, path, options);
    if (answer.status === status && right(answer)) {
      const now = Date.now();
      if (lastGood) longest = Math.max(longest, now - lastGood);
      lastGood = now;
      return answer;
    }
    seen = `status ${answer.status} ${answer.body.toString().slice(0, 80).trim()}`;
  } catch (error) {
    seen = `${error.code ?? ''} ${error.message}`;
  }
  failures.push(`${new Date().toISOString()} ${method} ${path.slice(0, 60)}: ${seen}`);
  await pause(20);
  return undefined;
}

// what docker push does: the upload of a blob in two requests, then a manifest that names it; known once it is acknowledged
const image = 'application/vnd.oci.image.manifest.v1+json';
async function push(id, round) {
  const blob = Buffer.from(`layer ${id} ${round} ${Date.now()} `.repeat(500));
  const digest = digestOf(blob);
  const begun = await felt(202, answer => answer.headers.location, 'POST', `/v2/tried/w${id}/blobs/uploads/`);
  if (!begun) return;
  const at = begun.headers.location;
  const uploaded = await felt(201, () => true, 'PUT', `${at}${at.includes('?') ? '&' : '?'}digest=${encodeURIComponent(digest)}`, { body: blob, type: 'application/octet-stream' });
  if (!uploaded) return;
  const part = { mediaType: 'application/vnd.oci.image.config.v1+json', size: blob.length, digest };
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType: image, config: part, layers: [{ ...part, mediaType: 'application/vnd.oci.image.layer.v1.tar' }] });
  const tag = `t${Date.now()}`;
  if (await felt(201, () => true, 'PUT', `/v2/tried/w${id}/manifests/${tag}`, { body: manifest, type: image })) kept.push({ id, tag, manifest: digestOf(manifest), blob: digest });
}

const pull = async ({ id, tag, manifest, blob }) =>
  await felt(200, answer => digestOf(answer.body) === manifest, 'GET', `/v2/tried/w${id}/manifests/${tag}`, { type: image }) &&
  await felt(200, answer => digestOf(answer.body) === blob, 'GET', `/v2/tried/w${id}/blobs/${blob}`);

const users = {
  async 'docker-registry'(id) {
    for (let round = 0; !stopping; round++) {
      if (round % 5 === 0) await push(id, round);
      else if (kept.length > 0) await pull(kept[(round * 7 + id) % kept.length]);
      await pause(10);
    }
  },
  async prometheus() {
    while (!stopping) {
      await felt(200, answer => JSON.parse(answer.body).status === 'success', 'GET', '/api/v1/query?query=up');
      await pause(20);
    }
  },
};

// after the users have gone: is all there that was acknowledged?
const proofs = {
  async 'docker-registry'() {
    let lost = 0;
    for (const one of kept) if (!(await pull(one))) lost++;
    return `of ${kept.length} images that were acknowledged until now, ${lost} cannot be pulled`;
  },
  async prometheus() {
    const answer = await send('GET', `/api/v1/query?query=${encodeURIComponent('sort(count_over_time(prometheus_build_info[1h]))')}`);
    const samples = JSON.parse(answer.body).data.result.map(one => `${one.value[1]} by ${one.metric.version}`);
    const series = JSON.parse((await send('GET', `/api/v1/query?query=${encodeURIComponent('count_over_time(up[1h])')}`)).body).data.result;
    const times = JSON.parse((await send('GET', '/api/v1/query?query=up%5B1h%5D')).body).data.result.flatMap(one => one.values.map(([at]) => at)).sort((a, b) => a - b);
    const gaps = times.slice(1).map((at, i) => at - times[i]);
    return `samples kept: ${samples.join(', ')}; ${series.length} series of itself, longest time without a sample ${Math.max(0, ...gaps).toFixed(1)} s`;
  },
};

async function finish() {
  const [last, felt] = [failures.at(-1), failures.length];
  const lines = [
    `  ${requests} requests, ${felt} failed; longest time without a right answer ${(longest / 1000).toFixed(2)} s`,
    ...(felt ? [`  first ${failures[0]}`, `  last  ${last}`] : []),
  ];
  const proof = await proofs[kind]();
  writeFileSync(keptFile, JSON.stringify(kept));
  writeFileSync(report, `${lines.join('\n')}\n  ${proof}\n`);
}

process.on('SIGTERM', () => { stopping = true; });
if (kind === 'docker-registry') await push(0, 0);
writeFileSync(report, 'ready\n');
await Promise.all(Array.from({ length: workers }, (_, id) => users[kind](id)));
await finish();
process.exit(0);
