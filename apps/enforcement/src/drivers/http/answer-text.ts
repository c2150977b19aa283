const LONGEST = 160;

/**
 * What of an answer may be shown to people: no markup, one line, short, and none of the words that must stay secret,
 * should the point have sent them back.
 */
export function answerText(text: string, secrets: readonly string[]): string {
  const clean = secrets
    .filter((secret) => secret !== '')
    .reduce((shown, secret) => shown.replaceAll(secret, '***'), text)
    .replace(/<[^>]*>/g, ' ')
    .replace(/[^\x20-\x7e\u00a0-\u02ff]+/g, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return clean.length > LONGEST ? `${clean.slice(0, LONGEST)}…` : clean;
}

/** A header such as `Basic dXNlcjpwYXNz` holds its secret three times: whole, encoded, and in clear. */
export function secretsOf(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers)
    .filter(([name]) => /^(authorization|cookie|x-.*token)$/i.test(name))
    .flatMap(([, value]) => {
      const [scheme = '', rest] = value.split(' ', 2);
      if (rest === undefined) return [value];
      const [, password = ''] = Buffer.from(rest, 'base64').toString('utf8').split(/:(.*)/s, 2);
      return scheme.toLowerCase() === 'basic' ? [value, rest, password] : [value, rest];
    });
}
