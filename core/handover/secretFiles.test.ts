import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { quoteWord } from '#core/runtime/shellWords.ts';
import { mayHoldKey } from './secretFiles.ts';
import { parseStrays, strayScript } from './strayScript.ts';
import { keysScript } from './syncScripts.ts';

/** How files with private keys begin, as ssh-keygen 9.2, OpenSSL 3.0, PuTTY 0.78, GnuTLS 3.7 and GnuPG 2.2 write them; no keys. */
const shapes = {
  openssh: '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n',
  pkcs1: '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n',
  pkcs8: '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n',
  encrypted: '-----BEGIN ENCRYPTED PRIVATE KEY-----\r\nMIGjMF8GCSqG\r\n',
  curve:
    '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n-----BEGIN EC PRIVATE KEY-----\n',
  pkcs12:
    'Bag Attributes\n    friendlyName: me\nKey Attributes: <No Attributes>\n-----BEGIN PRIVATE KEY-----\n',
  bundle: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n',
  putty: 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n',
  gnutls: 'Public Key Info:\n\tPublic Key Algorithm: EdDSA\n\n-----BEGIN PRIVATE KEY-----\n',
  pgp: '-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlFgE\n',
} as const;
/** What only speaks of keys, or is the half that everybody may have. */
const innocent = {
  public: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI me@here\n',
  certificate: '-----BEGIN CERTIFICATE-----\nMIIB\n',
  publicPem: '-----BEGIN PUBLIC KEY-----\nMCow\n',
  indented: 'key: |\n  -----BEGIN PRIVATE KEY-----\n',
  spoken: 'A key begins with -----BEGIN PRIVATE KEY-----.\n',
  empty: '',
} as const;

let tree: string;
const found = new Set<string>();

function put(path: string, text: string, mode = 0o644): void {
  const file = join(tree, 'home', path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
}

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'secrets-'));
  for (const [name, text] of Object.entries({ ...shapes, ...innocent })) put(`plain/${name}`, text);
  put('x.d/c/h', shapes.openssh);
  put('odd\n name \u00ff.', shapes.openssh);
  put('-e', shapes.openssh, 0o600);
  put('notes.txt', shapes.pkcs8);
  put('source.py', shapes.openssh);
  put('closed.py', shapes.openssh, 0o600);
  put('named.py_rsa', shapes.openssh);
  put('long', shapes.openssh + 'x'.repeat(16 * 1024));
  put('long.pem', shapes.openssh + 'x'.repeat(16 * 1024));
  put('huge.pem', shapes.openssh + 'x'.repeat(64 * 1024));
  put('binary', `\u0000\u0001\n${shapes.pkcs1}`);
  const home = join(tree, 'home');
  const script = `LC_ALL=C; export LC_ALL\n${strayScript}`;
  const output = execFileSync('/bin/sh', ['-c', script, 'sh', home, '-', tree], { encoding: 'utf8' });
  for (const { kind, path } of parseStrays(output) ?? []) if (kind === 'key') found.add(path);
});
afterAll(() => rmSync(tree, { recursive: true, force: true }));

it.each(Object.keys(shapes))(
  'is a private key, though others may read it and its name is like any other: %s',
  (name) => {
    expect(found).toContain(`plain/${name}`);
  },
);

it.each(Object.keys(innocent))('is none: %s', (name) => {
  expect(found).not.toContain(`plain/${name}`);
});

it('looks into everything that is closed to others or is called like a key, and otherwise into what is small and no source', () => {
  const others = [...found].filter((path) => !path.startsWith('plain/')).sort();
  expect(others).toEqual(
    [
      '-e',
      'binary',
      'closed.py',
      'long.pem',
      'named.py_rsa',
      'notes.txt',
      'odd\\x0a name \u00ff.',
      'x.d/c/h',
    ].sort(),
  );
});

it('sees the same in a listing as in a tree', () => {
  const files = execFileSync('find', ['.', '-type', 'f', '-printf', '%P\\0'], { cwd: join(tree, 'home') });
  const paths = files.toString('latin1').split('\0').slice(0, -1);
  const asked = paths.filter((path) => {
    const { size, mode } = statSync(Buffer.from(join(tree, 'home', path), 'latin1'));
    return mayHoldKey({ path, sizeBytes: size, mode: (mode & 0o7777).toString(8) });
  });
  const words = asked.map((path) => quoteWord(`./${Buffer.from(path, 'latin1').toString('utf8')}`)).join(' ');
  const output = execFileSync('/bin/sh', ['-c', `set -- "$1" ${words}\n${keysScript}`, 'sh', tree], {
    encoding: 'utf8',
  });
  const packed = Buffer.from(output, 'base64');
  const named = execFileSync(
    '/bin/sh',
    ['-c', 'if [ "$1" = Z ]; then gunzip; else cat; fi', 'sh', packed.toString('latin1', 0, 1)],
    {
      input: packed.subarray(1),
    },
  );
  expect(named.toString().split('\0').slice(0, -1)).toHaveLength(found.size);
});
