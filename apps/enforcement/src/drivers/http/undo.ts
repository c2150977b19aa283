/** The file that holds the token while commands run that undo by hand. Nobody else may read it; the last command removes it. */
const HEADER = 'lazaret-undo.header';

/** Calls of curl that verify the point, and say nothing but errors. */
export interface UndoTool {
  /** Logs in, and keeps the header with the token. */
  login(options: {
    url: string;
    /** The body as `printf` takes it, with %s where the secret is. */
    body: string;
    /** It is put into JSON: quotes and backslashes in it are escaped. */
    secretFile: string;
    /** The token's field in the answer. */
    field: string;
    /** What is before the token in the header, such as `Bearer `. */
    scheme: string;
  }): string;
  /** Keeps the header with a secret that needs no login. `basic`: of this user. */
  header(secretFile: string, how: { scheme: string } | { basic: string }): string;
  /** `json` goes into single quotes: names in it are those that the configuration lets through. */
  send(method: string, url: string, json: unknown): string;
  /** A GET, or whatever else the rest says. */
  readonly call: string;
  readonly cleanUp: string;
}

export function undoTool(caFile: string | null): UndoTool {
  const curl = `curl -sS --fail-with-body${caFile === null ? '' : ` --cacert ${caFile}`}`;
  const call = `${curl} -H @${HEADER}`;
  const asJson = `-H 'Content-Type: application/json'`;
  return {
    login: ({ url, body, secretFile, field, scheme }) => {
      const secret = `"$(sed 's/[\\\\"]/\\\\&/g' ${secretFile})"`;
      const token = `sed -E 's/.*"${field}": *"([^"]+)".*/Authorization: ${scheme}\\1/'`;
      return `umask 077; printf '${body}' ${secret} | ${curl} ${asJson} -d @- ${url} | ${token} > ${HEADER}`;
    },
    header: (secretFile, how) => {
      const secret = `"$(cat ${secretFile})"`;
      return 'scheme' in how
        ? `umask 077; printf 'Authorization: ${how.scheme}%s\n' ${secret} > ${HEADER}`
        : `umask 077; printf 'Authorization: Basic %s\n' "$(printf '${how.basic}:%s' ${secret} | base64 -w 0)" > ${HEADER}`;
    },
    send: (method, url, json) => `${call} -X ${method} ${asJson} -d '${JSON.stringify(json)}' ${url}`,
    call,
    cleanUp: `rm -f ${HEADER}`,
  };
}
