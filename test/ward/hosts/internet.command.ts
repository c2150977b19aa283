/** The outside sites: answers any request on tcp/80 with the time and closes. Runs in the internet host's namespace. */
import { createServer } from 'node:http';

const server = createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'text/plain', connection: 'close' });
  response.end(`${new Date().toISOString()}\n`);
});
server.listen(80, '0.0.0.0');
