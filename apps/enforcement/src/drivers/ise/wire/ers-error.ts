import { z } from 'zod';

/** ERS refuses with {"ERSResponse":{"operation":…,"messages":[{"title":TITLE,"type":"ERROR","code":…}]}}. */
const ersResponse = z.object({
  ERSResponse: z.object({ messages: z.array(z.object({ title: z.string().optional() })).default([]) }),
});

/** The longest part of somebody else's text that goes into an error. */
const LONGEST = 200;

/** The titles of a refusal; none where the answer is not ERS's, such as a page of the web server before it. */
export function ersTitles(text: string): string[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return [];
  }
  const parsed = ersResponse.safeParse(json);
  if (!parsed.success) return [];
  return parsed.data.ERSResponse.messages.flatMap(({ title }) => (title ? [safe(title)] : []));
}

/**
 * ISE could not tell the switch: there is no live session, or the switch did not answer. The assignment is mostly stored
 * all the same, which only a read shows.
 */
export function isRadiusFailure(titles: readonly string[]): boolean {
  return titles.some((title) => /radius failure/i.test(title));
}

/** A refusal in words for people: what, and what to do about it. */
export function refusalWords(status: number, titles: readonly string[]): string {
  const said = titles.length > 0 ? `: ${titles.join('; ')}` : '';
  switch (status) {
    case 403:
      return `ISE does not let this account do it (403${said}): the account needs the group ERS Admin, and ERS must be enabled`;
    case 404:
      return `ISE does not know what was asked for (404${said}): is ERS enabled on this node?`;
    default:
      return `ISE refused with ${status}${said}`;
  }
}

function safe(text: string): string {
  const oneLine = text.replace(/[^\x20-\x7e]+/g, ' ').trim();
  return oneLine.length > LONGEST ? `${oneLine.slice(0, LONGEST)}…` : oneLine;
}
