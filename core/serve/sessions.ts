import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** The secrets of one loopback host: launch tokens work once, session tokens as long as the host lives. */
export interface Sessions {
  /** A new token for the fragment of an address. */
  newLaunchToken(): string;
  /** Makes a page's session token good for a launch token; false when that is unknown or was used. */
  exchange(launchToken: string, session: string): boolean;
  isSession(token: string): boolean;
}

/** Tokens are 256 random bits. Only their hashes are kept, and compared in constant time. */
export function createSessions(): Sessions {
  const launches: Buffer[] = [];
  const sessions: Buffer[] = [];
  return {
    newLaunchToken: () => {
      const token = randomBytes(32).toString('base64url');
      launches.push(hashOf(token));
      return token;
    },
    exchange: (launchToken, session) => {
      const index = find(launches, launchToken);
      if (index < 0) return false;
      launches.splice(index, 1);
      if (find(sessions, session) < 0) sessions.push(hashOf(session));
      return true;
    },
    isSession: (token) => find(sessions, token) >= 0,
  };
}

/** Looks at all of them, so that the time does not tell which one was near. */
function find(hashes: readonly Buffer[], token: string): number {
  const wanted = hashOf(token);
  return hashes.reduce((found, hash, index) => (timingSafeEqual(hash, wanted) ? index : found), -1);
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
