import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';

/** Ways in which something at Lazaret's address can answer that is not Lazaret, or is not well. */
export const ODDITIES = {
  'a page of HTML': (response: ServerResponse) => respond(response, 200, 'text/html', '<html>welcome</html>'),
  'half an answer': (response: ServerResponse) =>
    respond(response, 200, 'application/json', '{"control:Tunnel-Private-G'),
  'an answer without our mark': (response: ServerResponse) =>
    respond(response, 200, 'application/json', '{"control:Tunnel-Private-Group-Id":{"op":":=","value":["99"]}}'),
  'a list': (response: ServerResponse) => respond(response, 200, 'application/json', '[1,2,3]'),
  'not found': (response: ServerResponse) => respond(response, 404, 'text/plain', 'no'),
  'a wrong token': (response: ServerResponse) => respond(response, 401, 'application/json', '{}'),
  forbidden: (response: ServerResponse) => respond(response, 403, 'text/plain', 'no'),
  'a fault': (response: ServerResponse) => respond(response, 500, 'text/plain', 'oh'),
  'another place': (response: ServerResponse) => respond(response, 302, 'text/plain', 'there'),
  'a cut line': (response: ServerResponse) => response.destroy(),
  silence: () => undefined,
} as const;
export type Oddity = keyof typeof ODDITIES;

/** Listens where Lazaret would, and answers every question oddly. */
export class EndpointStandIn {
  static async start(port: number, oddity: Oddity): Promise<EndpointStandIn> {
    const server = createServer((request, response) => {
      request.resume();
      request.on('end', () => ODDITIES[oddity](response));
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new EndpointStandIn(server);
  }

  private constructor(private readonly server: Server) {}

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function respond(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, location: '/' }).end(body);
}
