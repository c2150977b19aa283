import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** An element: its text, or its children by name. */
export type Xml = string | { [name: string]: Xml | Xml[] };

const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, ignoreDeclaration: true });

/**
 * An XML document without its attributes and namespaces, all values as text. Null: not XML, or with a document type,
 * which could name entities and which no answer of ISE has.
 */
export function parseXml(text: string): { [name: string]: Xml | Xml[] } | null {
  if (text.includes('<!DOCTYPE') || XMLValidator.validate(text) !== true) return null;
  return parser.parse(text) as { [name: string]: Xml | Xml[] };
}

/** The text of a child element; null: none, or an empty one. */
export function textOf(element: Xml | Xml[] | undefined, name: string): string | null {
  if (element === undefined || typeof element === 'string' || Array.isArray(element)) return null;
  const child = element[name];
  return typeof child === 'string' && child !== '' ? child : null;
}

/** The children of a name, however many. */
export function childrenOf(element: Xml | Xml[] | undefined, name: string): Xml[] {
  if (element === undefined || typeof element === 'string' || Array.isArray(element)) return [];
  const child = element[name];
  return child === undefined ? [] : Array.isArray(child) ? child : [child];
}
