/** One key with its user ids, signatures and subkeys: a run of packets in a key ring. */
export interface KeyBlock {
  readonly bytes: Uint8Array;
  readonly isPrivate: boolean;
}

/** Packet tags that begin a key. Source: RFC 9580, section 5. */
const secretKey = 5;
const publicKey = 6;
/** No person has more; a ring that has is an attack on its reader. */
const mostKeys = 4096;

/**
 * A binary key ring → its keys, in order, byte for byte; a text says what is wrong. A ring is nothing but keys one after
 * the other (RFC 9580, sections 4.2 and 10), so that one can be taken out without touching the others.
 */
export function splitKeyRing(ring: Uint8Array): readonly KeyBlock[] | string {
  const starts: { readonly at: number; readonly isPrivate: boolean }[] = [];
  let at = 0;
  while (at < ring.length) {
    const packet = packetAt(ring, at);
    if (packet === null || packet.end > ring.length) return 'It is damaged or cut';
    const { tag, end } = packet;
    if (tag === secretKey || tag === publicKey) starts.push({ at, isPrivate: tag === secretKey });
    else if (starts.length === 0) return 'It does not begin with a key';
    if (starts.length > mostKeys) return 'It holds more keys than anybody has';
    at = end;
  }
  return starts.map(({ at: from, isPrivate }, index) => ({
    bytes: ring.subarray(from, starts[index + 1]?.at ?? ring.length),
    isPrivate,
  }));
}

/** Tag of the packet and where it ends; null for what is no packet of a key ring. */
function packetAt(ring: Uint8Array, at: number): { readonly tag: number; readonly end: number } | null {
  const head = byteAt(ring, at);
  if ((head & 0x80) === 0) return null;
  if ((head & 0x40) === 0) {
    const sizeBytes = [1, 2, 4, 0][head & 3] ?? 0; // 3: "up to the end", not for keys
    if (sizeBytes === 0) return null;
    return { tag: (head >> 2) & 15, end: at + 1 + sizeBytes + numberAt(ring, at + 1, sizeBytes) };
  }
  const tag = head & 0x3f;
  const first = byteAt(ring, at + 1);
  if (first < 192) return { tag, end: at + 2 + first };
  if (first < 224) return { tag, end: at + 3 + ((first - 192) << 8) + byteAt(ring, at + 2) + 192 };
  if (first === 255) return { tag, end: at + 6 + numberAt(ring, at + 2, 4) };
  return null; // of partial length: not for keys
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

function numberAt(bytes: Uint8Array, at: number, length: number): number {
  let number = 0;
  for (let index = 0; index < length; index += 1) number = number * 256 + byteAt(bytes, at + index);
  return number;
}
