// A small web server as people write it: Node's own defaults, among them the 5 s after which it closes an idle
// connection. START_MS says how long it takes before it listens. GET /slow takes 400 ms, GET /pid tells the process; POST answers with the length of what it got.
// ERROR_RATE is the share of requests to / that fail. FAULT (outage or hang) says what all requests but /healthz meet from FAULT_AFTER_MS after the first one on;
// what fails of it has no version, to be told from the errors of ERROR_RATE.
'use strict';
const http = require('node:http');

const version = process.env.VERSION ?? 'v0';
const page = `hello from ${version}\n`;

const errorRate = Number(process.env.ERROR_RATE ?? 0);
const fault = process.env.FAULT;
let faultFrom;

function answer(response, text, status = 200) {
  response.writeHead(status, { 'Content-Type': 'text/plain', 'Content-Length': Buffer.byteLength(text), 'X-Version': status === 503 ? 'v0' : version });
  response.end(text);
}

function isFaulty() {
  if (!fault) return false;
  faultFrom ??= Date.now() + Number(process.env.FAULT_AFTER_MS ?? 0);
  return Date.now() >= faultFrom;
}

const server = http.createServer((request, response) => {
  if (request.url !== '/healthz' && isFaulty()) {
    if (fault === 'outage') answer(response, 'out of order\n', 503);
  } else if (request.url === '/' && Math.random() < errorRate) {
    answer(response, 'bad luck\n', 500);
  } else if (request.method === 'POST') {
    let length = 0;
    request.on('data', (chunk) => { length += chunk.length; });
    request.on('end', () => answer(response, `${length}\n`));
  } else if (request.url === '/slow') {
    setTimeout(() => answer(response, page), 400);
  } else if (request.url === '/pid') {
    answer(response, `${process.pid}\n`);
  } else {
    answer(response, page);
  }
});

// requests under way end; then the process does
process.on('SIGTERM', () => server.close(() => process.exit(0)));
setTimeout(() => server.listen(Number(process.env.PORT), '127.0.0.1'), Number(process.env.START_MS ?? 0));
