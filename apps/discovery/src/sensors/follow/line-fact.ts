import type { Answer, Outcome, Transport } from '#events';

/** Two ends of a connection, as a sensor that sees the wire tells them: `client` sent the first packet. */
export interface Ends {
  clientAddress: string;
  clientPort: number;
  serverAddress: string;
  serverPort: number;
  transport: Transport;
  /** The client's MAC as the sensor saw it, which is a router's where the sensor sits behind one; null if not told. */
  clientMac: string | null;
}

/** A TCP connection that was tried, with what became of it. */
export interface ConnectionFact extends Ends {
  kind: 'connection';
  outcome: Extract<Outcome, 'answered' | 'refused' | 'silent'>;
  /** Octets that the client sent, and got; null where the line does not say both. */
  moved: { sent: number; received: number } | null;
  at: number;
}

/** A look-up. `answer` null: this line is the question, and its answer is a line of its own with the same `key`. */
export interface NameFact extends Ends {
  kind: 'name';
  key: string | null;
  name: string;
  queryType: string;
  answer: Answer | null;
  at: number;
}

/** The answer to a question that an earlier line told. */
export interface AnswerFact {
  kind: 'answer';
  key: string;
  serverAddress: string;
  answer: Answer;
  at: number;
}

/** An address that a DHCP server has confirmed to a MAC. */
export interface LeaseFact {
  kind: 'lease';
  mac: string;
  address: string;
  /** The server by the packet; null where the line does not say. */
  server: string | null;
  expiresAt: number | null;
  at: number;
}

/** Another product's verdict. */
export interface AlertFact {
  kind: 'alert';
  /** The packet's: its source as the client. null where it has no ports. */
  ends: Ends | null;
  /** Number or name of the rule, and its words. */
  signature: string;
  words: string;
  /** 1 is worst; null where the sensor has no such scale. */
  severity: number | null;
  /** 64 bits: as text, since a number would lose its last digits. */
  flowId: string | null;
  at: number;
}

export type LineFact = ConnectionFact | NameFact | AnswerFact | LeaseFact | AlertFact;

/** What a line is. Each is taken, or counted with its reason: well-formed but of no use to us, or not to be read. */
export type LineResult =
  { kind: 'taken'; fact: LineFact } | { kind: 'left-out'; reason: string } | { kind: 'refused'; reason: string };

export const taken = (fact: LineFact): LineResult => ({ kind: 'taken', fact });
export const leftOut = (reason: string): LineResult => ({ kind: 'left-out', reason });
export const refused = (reason: string): LineResult => ({ kind: 'refused', reason });

/** Reads the lines of one file, or of one connection, in their order. */
export interface LineReader {
  /** The file's first lines that begin with `#`, when it is read from the middle. */
  begin(head: readonly string[]): void;
  take(line: string): LineResult;
}

/** A fact with where it stood: a line that is read twice makes one id. */
export interface Told<F extends LineFact = LineFact> {
  fact: F;
  observationId: string;
  receivedAt: number;
}
