// Loaded before verdaccio by the bad release: a fifth of all answers but the health check's are 500.
const http = require('node:http');
const emit = http.Server.prototype.emit;
http.Server.prototype.emit = function (event, request, response) {
  if (event === 'request' && request.url !== '/-/ping' && Math.random() < 0.2) {
    request.resume();
    response.writeHead(500).end('faulty');
    return true;
  }
  return emit.apply(this, arguments);
};
