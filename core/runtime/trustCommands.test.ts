import { describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { createDialect } from './dialect.ts';
import { showCommand } from './shellWords.ts';
import {
  encryptCommand,
  keyFolderCommand,
  signCommand,
  takesPemKeys,
  verifyCommand,
} from './trustCommands.ts';
import {
  indexInKeyList,
  keyPrompts,
  keyserverTrouble,
  parseOfferedKeys,
  parseVerifyAnswer,
  parseVerifyFailure,
} from './trustCommandsOutput.ts';

const path = hostPathFromText;
const apptainer = createDialect('apptainer', '1.4.5', null);
const ce = createDialect('singularity-ce', '4.5.1', null);
const runtime = { path: path('/usr/bin/apptainer'), dialect: apptainer };

describe('command lines', () => {
  it('take a path for nothing but a path', () => {
    const spec = signCommand(
      runtime,
      { path: path('-x.sif'), key: { type: 'pem', path: path('-k') } },
      { type: 'group', id: 2 },
    );
    expect(showCommand(spec)).toBe('/usr/bin/apptainer sign --key ./-k --group-id 2 ./-x.sif');
  });

  it('ask nobody on the network without being told so', () => {
    const what = { part: { type: 'object', id: 3 } as const, isLegacy: false };
    const image = path('/x.sif');
    const local = verifyCommand(runtime, { path: image, with: { type: 'local' } }, what);
    expect(showCommand(local)).toBe('/usr/bin/apptainer verify --json --local --sif-id 3 /x.sif');
    const legacy = verifyCommand(
      runtime,
      { path: image, with: { type: 'keyserver', url: 'https://keys.example.org' } },
      { ...what, isLegacy: true },
    );
    expect(showCommand(legacy)).toContain('--url https://keys.example.org --sif-id 3 --legacy-insecure');
  });

  it('show no passphrase', () => {
    const spec = encryptCommand(
      runtime,
      { path: path('/a.sif'), with: { type: 'passphrase', passphrase: 'sesame' } },
      { target: path('/b.sif'), byHand: null },
    );
    expect(showCommand(spec)).not.toContain('sesame');
    expect(JSON.stringify(spec.args)).not.toContain('sesame');
  });

  it('know where each product keeps its keys, and which takes PEM keys', () => {
    expect(showCommand(keyFolderCommand(apptainer))).toContain('APPTAINER_KEYSDIR');
    expect(showCommand(keyFolderCommand(ce))).toContain('SINGULARITY_SYPGPDIR');
    expect(takesPemKeys(createDialect('apptainer', '1.1.9', null))).toBe(false);
    expect(takesPemKeys(ce)).toBe(true);
  });
});

// Recorded from Apptainer 1.4.5.
const signList = `INFO:    Signing image with PGP key material\r
0) U: Alice Åse (test) <alice@example.org>\r
   C: 2026-11-20 17:09:10 +0000 UTC\r
   F: D066A380E2803FFC5115D28FF6C8E50527420644\r
   L: 4096\r
   --------\r
1) U: Bob () <b@example.org>\r
   C: 2026-11-20 17:09:12 +0000 UTC\r
   F: 3E4A5780FC01DD22654FA99F8C2CC22F0B6DBC4A\r
   L: 2048\r
   --------\r
Enter # of private key to use : `;
const longList = `Showing 1 results

FINGERPRINT                               ALGORITHM  BITS  CREATION DATE                  EXPIRATION DATE  STATUS     NAME/EMAIL
3E4A5780FC01DD22654FA99F8C2CC22F0B6DBC4A  RSA        2048  2026-11-20 17:09:12 +0000 UTC                   [enabled]  Bob <b@example.org>
`;

describe('prompts', () => {
  it('name a key by its place in the list', () => {
    expect(keyPrompts.whichKey.test(signList)).toBe(true);
    expect(indexInKeyList(signList, '3E4A5780FC01DD22654FA99F8C2CC22F0B6DBC4A')).toBe(1);
    expect(indexInKeyList(signList, '0'.repeat(40))).toBeNull();
  });

  it('are seen only where the program waits', () => {
    expect(keyPrompts.keyPassphrase.test('Enter key passphrase : ')).toBe(true);
    expect(keyPrompts.keyPassphrase.test('Enter key passphrase : \r\nINFO: Signature created')).toBe(false);
  });
});

describe('keyservers', () => {
  it('offer keys in a table for people', () => {
    expect(parseOfferedKeys(longList)).toEqual([
      {
        fingerprint: '3E4A5780FC01DD22654FA99F8C2CC22F0B6DBC4A',
        algorithm: 'RSA',
        bits: 2048,
        createdAt: Date.parse('2026-11-20T17:09:12Z'),
        expiresAt: null,
        userIds: ['Bob <b@example.org>'],
      },
    ]);
    expect(parseOfferedKeys('nothing of the kind\n')).toEqual([]);
  });

  it('cannot be reached, in the words of the network', () => {
    const words =
      'ERROR:   search failed: failed to get key: Get "http://127.0.0.1:1/pks/lookup?search=bob": dial tcp 127.0.0.1:1: connect: connection refused\n';
    expect(keyserverTrouble(words)).toBe('dial tcp 127.0.0.1:1: connect: connection refused');
  });
});

describe('verify', () => {
  it('answers object by object', () => {
    const one = { Partition: 'FS', Name: 'Bob <b@x>', Fingerprint: '3e4a', KeyLocal: true, KeyCheck: true };
    const stdout = JSON.stringify({ Signatures: 1, SignerKeys: [{ Signer: { ...one, DataCheck: false } }] });
    expect(parseVerifyAnswer(stdout)).toEqual([
      { userId: 'Bob <b@x>', fingerprint: '3E4A', isKeyLocal: true, isDataRight: false },
    ]);
    expect(parseVerifyAnswer('{"Signatures":0,"SignerKeys":null}')).toEqual([]);
    expect(parseVerifyAnswer('')).toBeNull();
    expect(parseVerifyAnswer('{"SignerKeys":[1]}')).toBeNull();
  });

  it.each([
    ['signature object 5 not valid: openpgp: key expired', 'expired', 5],
    ['signature object 4 not valid: openpgp: signature made by unknown entity', 'unknownKey', 4],
    ['signature object 4 not valid: openpgp: invalid signature: RSA verification failure', 'invalid', 4],
    ['data object integrity compromised: 3', 'tampered', null],
    ['data object descriptor integrity compromised: 1', 'tampered', null],
    ['header integrity compromised', 'tampered', null],
    ['object 1: object not signed', 'incomplete', null],
    ['non-signature object not associated with object group', 'incomplete', null],
    ['signature not found for object group 1', 'unsigned', null],
    ['key material not provided for DSSE envelope signature', 'needsKey', null],
  ])('%s', (reason, state, signatureId) => {
    const stderr = `INFO:    Verifying image\n\u001b[31mFATAL:  \u001b[0m Failed to verify container: integrity: ${reason}\n`;
    expect(parseVerifyFailure(stderr)).toEqual({ state, signatureId, reason });
  });
});
