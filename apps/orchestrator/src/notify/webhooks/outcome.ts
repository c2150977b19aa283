/** What became of one attempt. `failure` is in words for people, made of codes only: never what the receiver wrote. */
export type Outcome = { ok: true } | { ok: false; failure: string; retryAfterMs: number | null };

export function failed(failure: string, retryAfterMs: number | null = null): Outcome {
  return { ok: false, failure, retryAfterMs };
}

/** A receiver takes a delivery with any 2xx. Another place that it points to is not gone to. */
export function outcomeOf(status: number, retryAfter: string | undefined, now: Date): Outcome {
  if (status >= 200 && status < 300) return { ok: true };
  if (status >= 300 && status < 400) return failed(`it answered ${status}; redirections are not followed`);
  return failed(`it answered ${status}`, wishOf(retryAfter, now));
}

/** Retry-After (RFC 9110, section 10.2.3): seconds or a date. */
function wishOf(retryAfter: string | undefined, now: Date): number | null {
  if (retryAfter === undefined) return null;
  const wish = /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - now.getTime();
  return Number.isFinite(wish) && wish > 0 ? wish : null;
}

/** What a fault of the network means, by its code. */
export function failureOf(code: string | undefined): string {
  if (code === undefined) return 'the connection failed';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `its name is not resolved (${code})`;
  if (/CERT|ISSUER|SIGNED|SIGNATURE|TLS|SSL|CRL/.test(code)) return `its certificate is not accepted (${code})`;
  return `the connection failed (${code})`;
}
