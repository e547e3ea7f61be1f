import http from 'node:http';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { totalOf } from './orders.mjs';

const { version } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url)));

function answer(response, status, body) {
  response.writeHead(status, { 'Content-Type': 'application/json', 'X-Version': version });
  response.end(JSON.stringify(body) + '\n');
}

async function take(request, response) {
  let text = '';
  for await (const part of request) text += part;
  try {
    answer(response, 200, { total: totalOf(JSON.parse(text)) });
  } catch (error) {
    answer(response, 400, { error: error.message });
  }
}

export function serve(port) {
  return http.createServer((request, response) => {
    if (request.url === '/healthz') answer(response, 200, { healthy: true });
    else if (request.url === '/orders' && request.method === 'POST') take(request, response);
    else answer(response, request.url === '/' ? 200 : 404, { version });
  }).listen(port, '127.0.0.1');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const server = serve(Number(process.env.PORT));
  process.on('SIGTERM', () => server.close());
}
