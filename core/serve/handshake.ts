/**
 * How a page gets to core.
 *
 * **In the window of the desktop application** the preload puts `window.workbench` into the page:
 * `{ connect(channel: 'rpc' | { terminal: TerminalId }): void }`. Each call answers with one `message` event on
 * `window`: `event.source === window`, `event.origin === location.origin`,
 * `event.data = { type: 'workbench.port', channel }` with `channel` as it was asked for, `event.ports[0]` the port.
 * The page starts the port; oRPC (`@orpc/client/message-port`) or terminal messages follow at once. Bytes of a terminal
 * travel as `Uint8Array` (from the page also as `ArrayBuffer`), its text messages as JSON strings, as on a socket.
 * A port that core closes gets a `close` event.
 *
 * **Anywhere else** the page came from the loopback host and opens WebSockets to its own origin:
 *
 * | path | then |
 * |---|---|
 * | `/rpc` | oRPC (`@orpc/client/websocket`) |
 * | `/terminal/<TerminalId>` | binary: bytes of the terminal; text: `TerminalToPage` and `TerminalToCore` as JSON |
 *
 * Tokens travel as subprotocols (`Sec-WebSocket-Protocol`), so that a page can send as soon as its socket opens. It
 * offers `mysingularity`, `session.TOKEN` and, on `/rpc` when its address had one, `launch.TOKEN` (base64url of 32
 * random bytes each):
 * - `launch` is the token of the address's fragment (`#launch=…`), which works once and only for a browser of the same
 *   user (peerUser.ts). It makes the page's session good.
 * - `session` is the page's own, kept in `sessionStorage['mysingularity.session']`: a reload, and the terminals, need no
 *   new launch token.
 *
 * Every socket opens; what it sends is read when its tokens have been looked at and core is there. One without a good
 * token is closed with code 4401 instead. A terminal that is not there is told by the terminal's own `gone`. The page
 * removes the fragment (`history.replaceState`) before it connects.
 */

/** Close code of a socket that showed no good token. */
export const refusedCode = 4401;

/** The subprotocol that is spoken. */
export const protocol = 'mysingularity';

/** The tokens that a page shows. */
export interface Hello {
  readonly session: string;
  readonly launch: string | null;
}

const tokenProtocol = /^(session|launch)\.([\w-]{43})$/;

/** The tokens among the offered subprotocols, from the text of the header; null without one session. */
export function helloOf(header: string | undefined): Hello | null {
  const tokens = (header ?? '').split(',').flatMap((word) => {
    const [, kind, token] = tokenProtocol.exec(word.trim()) ?? [];
    return token === undefined ? [] : [{ kind, token }];
  });
  const [session, ...moreSessions] = tokens.filter(({ kind }) => kind === 'session');
  const [launch, ...moreLaunches] = tokens.filter(({ kind }) => kind === 'launch');
  if (session === undefined || moreSessions.length > 0 || moreLaunches.length > 0) return null;
  return { session: session.token, launch: launch?.token ?? null };
}
