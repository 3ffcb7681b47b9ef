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
 * The first message is the page's, text, JSON, at most 4096 bytes, within 10 seconds:
 * - `/rpc`: `{"launch":"…"}` with the token of the address's fragment (`#launch=…`), which works once and only for a
 *   browser of the same user (peerUser.ts), or
 *   `{"session":"…"}` with the token that an earlier exchange gave (kept in `sessionStorage['mysingularity.session']`,
 *   so a reload needs no new launch token). Answer: `{"session":"…"}`.
 * - `/terminal/<id>`: `{"session":"…"}`. Answer: `{"session":"ok"}`.
 *
 * The page sends nothing more before the answer. A refused token closes the socket with code 4401, a terminal that
 * is not there is told by the terminal's own `gone`. The page removes the fragment (`history.replaceState`) before
 * it connects.
 */
import { z } from 'zod';

/** Close code of a socket whose token was refused, or that said nothing in time. */
export const refusedCode = 4401;

/** The longest first message, and all that an unauthenticated socket may send. */
export const firstMessageLimitBytes = 4096;

const token = z.string().min(1).max(256);

/** First message on `/rpc`. */
export const rpcHelloSchema = z.union([
  z.strictObject({ launch: token }),
  z.strictObject({ session: token }),
]);

/** First message on `/terminal/<id>`. */
export const terminalHelloSchema = z.strictObject({ session: token });
