import { z } from 'zod';

/**
 * Lists of ERS: {"SearchResult":{"total":N,"resources":[{"id":ID,"name":NAME?}…],"nextPage":{…}?}}. The older contract
 * asks for them at `/ers/config/X`, the newer one at `/ers/config/X/`; a node may know only one of them.
 */
const searchResult = z.object({
  SearchResult: z.object({
    total: z.number(),
    resources: z.array(z.object({ id: z.string(), name: z.string().optional() })).default([]),
    nextPage: z.unknown().optional(),
  }),
});

export interface ListPage {
  resources: { id: string; name: string | null }[];
  more: boolean;
}

/** Throws a zod error where the answer is something else. */
export function parseList(json: unknown): ListPage {
  const { resources, nextPage } = searchResult.parse(json).SearchResult;
  return { resources: resources.map(({ id, name }) => ({ id, name: name ?? null })), more: nextPage != null };
}

/** `query` is part of the path as it stands; colons of a MAC are percent-encoded in it. */
export function listPath(resource: string, slash: boolean, query: Readonly<Record<string, string>>): string {
  const words = Object.entries(query).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  return `/ers/config/${resource}${slash ? '/' : ''}${words.length > 0 ? `?${words.join('&')}` : ''}`;
}

/** GET /ers/config/ancendpoint/{id} */
const ancEndpoint = z.object({
  ErsAncEndpoint: z.object({ id: z.string().optional(), macAddress: z.string(), policyName: z.string() }),
});

export function parseAncEndpoint(json: unknown): { macAddress: string; policyName: string } {
  return ancEndpoint.parse(json).ErsAncEndpoint;
}

/** GET /ers/config/ancpolicy/{id}; the action's spelling differs between ERS and pxGrid. */
const ancPolicy = z.object({
  ErsAncPolicy: z.object({ name: z.string(), actions: z.array(z.string()).default([]) }),
});

export function parseAncPolicy(json: unknown): { name: string; actions: string[] } {
  return ancPolicy.parse(json).ErsAncPolicy;
}
