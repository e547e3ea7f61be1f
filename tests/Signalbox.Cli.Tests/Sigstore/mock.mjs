// A Fulcio, Rekor and timestamp authority on this machine, out of npm's @sigstore/mock; node mock.mjs NODE_MODULES TRUSTED_ROOT.
// Writes its trusted root and prints its address once it listens.
import { createRequire } from 'node:module';
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';

const [modules, rootFile] = process.argv.slice(2);
const require = createRequire(modules + '/');
const { fulcioHandler, rekorHandler, initializeCA, initializeCTLog, initializeTLog, initializeTSA } = require('@sigstore/mock');
const pair = (namedCurve = 'P-256') => crypto.generateKeyPairSync('ec', { namedCurve });

const ct = await initializeCTLog(pair());
const ca = await initializeCA(pair(), ct);
const log = await initializeTLog('https://rekor.mock', pair());
const tsa = await initializeTSA(pair());
const [fulcio, rekor] = [fulcioHandler(ca), rekorHandler(log)];

// the digest is the one OCTET STRING of 32 bytes in a TimeStampReq
const stamp = async body => {
  const at = body.indexOf(Buffer.from([4, 32]));
  return tsa.timestamp({ artifactHash: body.subarray(at + 2, at + 34), hashAlgorithmOID: '2.16.840.1.101.3.4.2.1', nonce: 1, policyOID: '1.3.6.1.4.1.57264.2', certReq: true });
};

const answer = async (path, body) => {
  if (path === fulcio.path) return fulcio.fn(body.toString());
  if (path === rekor.path) return rekor.fn(body.toString());
  if (path === '/api/v1/timestamp') return { statusCode: 201, response: await stamp(body), contentType: 'application/timestamp-reply' };
  return { statusCode: 404, response: 'no such service' };
};

const server = http.createServer((request, response) => {
  const chunks = [];
  request.on('data', chunk => chunks.push(chunk));
  request.on('end', async () => {
    const { statusCode, response: body, contentType } = await answer(request.url, Buffer.concat(chunks));
    response.writeHead(statusCode, { 'content-type': contentType ?? 'text/plain' });
    response.end(typeof body === 'string' ? body : Buffer.from(body));
  });
});

const b64 = bytes => Buffer.from(bytes.buffer ?? bytes, bytes.byteOffset ?? 0, bytes.byteLength ?? bytes.length).toString('base64');
const sha256 = bytes => crypto.createHash('sha256').update(bytes).digest('base64');
const validFor = { start: new Date(Date.now() - 3_600_000).toISOString().replace(/\.\d+Z/, 'Z') };
const key = bytes => ({ rawBytes: b64(bytes), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor });
fs.writeFileSync(rootFile, JSON.stringify({
  mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
  tlogs: [{ baseUrl: 'https://rekor.mock', hashAlgorithm: 'SHA2_256', publicKey: key(log.publicKey), logId: { keyId: sha256(log.publicKey) } }],
  ctlogs: [{ baseUrl: 'https://ct.mock', hashAlgorithm: 'SHA2_256', publicKey: key(ct.publicKey), logId: { keyId: b64(ct.logID) } }],
  certificateAuthorities: [{ uri: 'https://fulcio.mock', certChain: { certificates: [{ rawBytes: b64(ca.rootCertificate) }] }, validFor }],
  timestampAuthorities: [{ uri: 'https://tsa.mock', certChain: { certificates: [{ rawBytes: b64(tsa.intCertificate) }, { rawBytes: b64(tsa.rootCertificate) }] }, validFor }],
}));
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
