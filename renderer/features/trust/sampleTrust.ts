import { hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import type { Image, ImageDetail, SifObject } from '#core/contract/images.ts';
import type { OfferedKey, Signature, TrustKey, Verification } from '#core/contract/trust.ts';

const aliceFingerprint = '2E2C91AF03D1B6C4A8E6F1105B0C77AA9D3E4F12';
const bobFingerprint = '77AA9D3E4F122E2C91AF03D1B6C4A8E6F1105B0C';

/** Alice's key, with its private half, for tests. */
export function sampleKey(change: Partial<TrustKey> = {}): TrustKey {
  return {
    fingerprint: aliceFingerprint,
    userIds: ['Alice Example (lab) <alice@example.org>', 'Alice <alice@home.example.org>'],
    createdAt: Date.UTC(2026, 0, 2),
    expiresAt: null,
    state: 'usable',
    algorithm: 'RSA 4096',
    ring: 'local',
    privateHalf: 'protected',
    hasPublicHalf: true,
    origin: { how: 'created', from: null, at: Date.UTC(2026, 0, 2) },
    ...change,
  };
}

/** Bob's key, of which only the public half is there, for tests. */
export const bobsKey: TrustKey = sampleKey({
  fingerprint: bobFingerprint,
  userIds: ['Bob Builder <bob@example.org>'],
  privateHalf: 'none',
  expiresAt: Date.UTC(2026, 5, 1),
  state: 'expired',
  origin: { how: 'fetched', from: 'https://keys.example.org', at: Date.UTC(2026, 1, 3) },
});

/** A key as a keyserver offers it, for tests. */
export const offeredKey: OfferedKey = {
  fingerprint: 'C4A8E6F1105B0C77AA9D3E4F122E2C91AF03D1B6',
  algorithm: 'RSA',
  bits: 4096,
  createdAt: Date.UTC(2025, 0, 1),
  expiresAt: null,
  userIds: ['Carol Kim <carol@example.org>'],
};

/** An image for tests. */
export function sampleImage(change: Partial<Image> = {}): Image {
  return {
    hostId: localHostId,
    path: hostPathFromText('/images/tool.sif'),
    name: hostPathFromText('tool.sif'),
    folder: hostPathFromText('/images'),
    format: 'sif',
    sizeBytes: 412e6,
    modifiedAt: 1000,
    createdAt: 1000,
    architecture: 'amd64',
    source: null,
    isSigned: true,
    isEncrypted: false,
    problem: null,
    ...change,
  };
}

function object(id: number, type: string, group: number | null): SifObject {
  return { id, type, name: '', group, link: null, offset: 4096 * id, sizeBytes: 100, createdAt: null };
}

/** Objects of an image: two groups, one object in none, and a signature. */
export const sampleObjects: readonly SifObject[] = [
  object(1, 'Def.FILE', 1),
  object(2, 'FS (Squashfs/*System/amd64)', 1),
  object(3, 'JSON.Generic', 2),
  object(4, 'Generic/Raw', null),
  object(5, 'Signature (SHA-256)', null),
];

/** What the bytes of the sample image tell. */
export const sampleDetail: ImageDetail = {
  image: sampleImage(),
  definition: null,
  labels: [],
  environment: [],
  runscript: null,
  startscript: null,
  test: null,
  help: null,
  apps: [],
  objects: [...sampleObjects],
  squashfs: null,
  uuid: null,
  madeBy: null,
  note: null,
  taskId: null,
  digest: null,
  fitsHost: { fits: true, reason: '' },
};

/** A signature of Alice's over the first two objects, for tests. */
export function sampleSignature(change: Partial<Signature> = {}): Signature {
  return {
    id: 5,
    group: 1,
    kind: 'pgp',
    state: 'valid',
    reason: null,
    fingerprint: aliceFingerprint,
    userId: 'Alice Example (lab) <alice@example.org>',
    keyLocation: 'local',
    keyOrigin: { how: 'created', from: null, at: Date.UTC(2026, 0, 2) },
    covers: [
      { id: 1, type: 'Def.FILE', name: 'deffile' },
      { id: 2, type: 'FS (Squashfs/*System/amd64)', name: 'tool.squashfs' },
    ],
    ...change,
  };
}

/** What verifying the sample image found, for tests. */
export function sampleVerification(change: Partial<Verification> = {}): Verification {
  return {
    hostId: localHostId,
    path: hostPathFromText('/images/tool.sif'),
    verifiedAt: Date.UTC(2026, 10, 20, 12),
    verdict: 'valid',
    text: 'Each object is signed and unchanged since. That says which key signed it, not whose key that is.',
    signatures: [sampleSignature()],
    notCovered: [],
    ...change,
  };
}
