import { DNS_PORT, answerOf, nameOf } from '../follow/names.js';
import { leftOut, refused, taken, type LineResult } from '../follow/line-fact.js';
import {
  endsOf,
  numberOf,
  objectOf,
  own,
  textOf,
  timeOf,
  transportOf,
  type EveEvent,
  type JsonObject,
} from './event.js';

/**
 * A question or its answer, tied together by flow and transaction id:
 *
 *     dns = { type: "query", id, rrname, rrtype }                                versions 1 and 2
 *         | { type: "answer", id, rcode, … }
 *         | { type: "request" | "response", id, queries: [{ rrname, rrtype }], rcode }      version 3
 *
 * In the lines of an answer the source is the client or the server, by version; who asked is told by the question.
 */
export function dnsEvent(event: EveEvent): LineResult {
  const at = timeOf(event);
  if (at === undefined) return refused('bad-time');
  const transport = transportOf(event);
  if (!transport) return textOf(event.all, 'proto') ? leftOut('other-protocol') : refused('no-protocol');
  const id = numberOf(event.own, 'id');
  if (event.flowId === null || id === undefined) return refused('no-id');
  const found = endsOf(event, transport);
  if (!found.ok) return found.result;
  const key = `${event.flowId}/${id}`;
  const { ends } = found;
  switch (textOf(event.own, 'type') ?? '') {
    case 'query':
    case 'request': {
      if (ends.serverPort !== DNS_PORT) return leftOut('not-dns-port');
      const question = questionOf(event.own);
      const name = nameOf(textOf(question, 'rrname'));
      if (name === undefined) return leftOut('no-name');
      const queryType = (textOf(question, 'rrtype') ?? '').slice(0, 16);
      return taken({ kind: 'name', ...ends, key, name, queryType, answer: null, at });
    }
    case 'answer':
    case 'response': {
      if (ends.serverPort !== DNS_PORT && ends.clientPort !== DNS_PORT) return leftOut('not-dns-port');
      const rcode = textOf(event.own, 'rcode');
      if (rcode === undefined) return leftOut('no-rcode');
      const serverAddress = ends.serverPort === DNS_PORT ? ends.serverAddress : ends.clientAddress;
      return taken({ kind: 'answer', key, serverAddress, answer: answerOf(rcode), at });
    }
    default:
      return refused('bad-type');
  }
}

function questionOf(dns: JsonObject): JsonObject {
  const queries = own(dns, 'queries');
  return (Array.isArray(queries) ? objectOf(queries[0]) : undefined) ?? dns;
}
