// Takes Lazaret's webhooks: verifies each, answers at once, and drops what it knows. Needs: npm install standardwebhooks
// SECRET_FILE=/etc/lazaret/webhook-siem PORT=8090 node receiver.mjs
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';

const { SECRET_FILE = '/etc/lazaret/webhook-siem', PORT = '8090' } = process.env;
const MOST_BYTES = 1024 * 1024;
/** Webhooks come at least once and in any order: the id tells what is known, `version` what is older. */
const known = new Set();
const newest = new Map();

const server = createServer(async (request, response) => {
  const body = await read(request);
  if (body === null) return response.writeHead(413, { connection: 'close' }).end();
  let event;
  try {
    // Throws unless it was signed with our secret, just as it is, within five minutes of now.
    event = new Webhook(readFileSync(SECRET_FILE, 'utf8').trim()).verify(body, request.headers);
  } catch {
    return response.writeHead(401).end();
  }
  keep(event);
  response.writeHead(204).end(); // any 2xx: "I have it". Anything else, or ten seconds, and it comes again.
});

/** Yours: put it into a queue or a table, and do the work after the answer. */
function keep({ id, type, data }) {
  const { quarantineId, version, name, decision, truth, conditions } = data;
  if (known.has(id) || version < (newest.get(quarantineId) ?? 0)) return;
  known.add(id);
  newest.set(quarantineId, version);
  console.log(JSON.stringify({ type, quarantineId, version, name, decision, truth, conditions }));
}

async function read(request) {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) {
    body += chunk;
    if (body.length > MOST_BYTES) return null;
  }
  return body;
}

server.listen(Number(PORT), '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
