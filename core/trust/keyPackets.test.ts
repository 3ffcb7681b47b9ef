import { generateKey } from 'openpgp';
import { describe, expect, it } from 'vitest';
import { armoredKeys, keyFacts } from './keyFacts.ts';
import { splitKeyRing } from './keyPackets.ts';
import { joinRings } from './keyRings.ts';

const make = (name: string, rest: object = {}) =>
  generateKey({
    type: 'curve25519',
    userIDs: [{ name, email: `${name}@example.org` }],
    format: 'object',
    ...rest,
  });

describe('splitKeyRing', () => {
  it('cuts a ring into its keys, byte for byte', async () => {
    const [ada, bob] = await Promise.all([make('ada'), make('bob', { type: 'rsa', rsaBits: 2048 })]);
    const parts = [ada.publicKey.write(), bob.privateKey.write(), ada.privateKey.write()];
    const blocks = splitKeyRing(Buffer.concat(parts));
    expect(typeof blocks).not.toBe('string');
    if (typeof blocks === 'string') return;
    expect(blocks.map(({ isPrivate }) => isPrivate)).toEqual([false, true, true]);
    expect(blocks.map((block) => Buffer.from(block.bytes))).toEqual(parts.map((part) => Buffer.from(part)));
  });

  it('an empty ring has no keys', () => {
    expect(splitKeyRing(new Uint8Array())).toEqual([]);
  });

  it('reads packets of the old form', () => {
    // Tag 6 with lengths of one, two and four bytes, then a user id.
    const ring = [0x98, 1, 0, 0x99, 0, 1, 0, 0x9a, 0, 0, 0, 1, 0, 0xb4, 1, 65];
    expect(splitKeyRing(Uint8Array.from(ring))).toMatchObject([{}, {}, { isPrivate: false }]);
  });

  it.each([
    ['text', [0x2d, 0x2d, 0x2d]],
    ['a packet longer than the ring', [0x99, 0xff, 0xff, 0]],
    ['a user id before any key', [0xb4, 1, 65]],
    ['a length without end', [0x9b, 1, 1]],
    ['a partial length', [0xc6, 0xe0, 1]],
    ['five bytes of length that are not there', [0xc6, 0xff, 0xff, 0xff]],
  ])('says what is wrong with %s', (_, bytes) => {
    expect(splitKeyRing(Uint8Array.from(bytes))).toMatch(/damaged|does not begin/);
  });

  it('is not made to work for ever by a ring of nothing but keys', () => {
    expect(
      splitKeyRing(new Uint8Array(2 * 5000).fill(0).map((_, index) => (index % 2 === 0 ? 0x98 : 0))),
    ).toMatch(/more keys/);
  });
});

describe('keyFacts', () => {
  const block = (key: { write(): Uint8Array }, isPrivate: boolean) => ({ bytes: key.write(), isPrivate });
  const now = Date.parse('2026-06-01');

  it('says who, when and until when', async () => {
    const day = 86_400;
    const { publicKey } = await make('ada', { date: new Date('2026-01-01'), keyExpirationTime: 30 * day });
    const facts = await keyFacts(block(publicKey, false), now);
    expect(facts).toMatchObject({
      fingerprint: publicKey.getFingerprint().toUpperCase(),
      userIds: ['ada <ada@example.org>'],
      createdAt: Date.parse('2026-01-01'),
      expiresAt: Date.parse('2026-01-31'),
      state: 'expired',
      privateHalf: 'none',
    });
    expect(await keyFacts(block(publicKey, false), Date.parse('2026-01-15'))).toMatchObject({
      state: 'usable',
    });
  });

  it('says whether a passphrase keeps a private half', async () => {
    const [open, kept] = await Promise.all([make('open'), make('kept', { passphrase: 'secret' })]);
    expect(await keyFacts(block(open.privateKey, true), now)).toMatchObject({ privateHalf: 'open' });
    expect(await keyFacts(block(kept.privateKey, true), now)).toMatchObject({ privateHalf: 'protected' });
  });

  it('shows what it cannot read', async () => {
    const facts = await keyFacts({ bytes: Uint8Array.of(0x98, 1, 0), isPrivate: false }, now);
    expect(facts).toMatchObject({ state: 'unreadable', fingerprint: '' });
  });
});

describe('joinRings', () => {
  it('one row a key, whichever halves there are', async () => {
    const [both, alone] = await Promise.all([make('both'), make('alone')]);
    const of = async (key: { write(): Uint8Array }, isPrivate: boolean) => {
      const block = { bytes: key.write(), isPrivate };
      return { ...(await keyFacts(block, Date.now())), block };
    };
    const rows = joinRings(
      [await of(both.publicKey, false)],
      [await of(both.privateKey, true), await of(alone.privateKey, true)],
      'local',
    );
    expect(rows).toMatchObject([
      { userIds: ['both <both@example.org>'], privateHalf: 'open', hasPublicHalf: true },
      { userIds: ['alone <alone@example.org>'], privateHalf: 'open', hasPublicHalf: false },
    ]);
  });

  it('tells what the runtime made of the private ring of its 1.4.5: public halves', async () => {
    const { publicKey } = await make('lost');
    const block = { bytes: publicKey.write(), isPrivate: false };
    const lost = { ...(await keyFacts(block, Date.now())), block };
    expect(joinRings([lost], [lost], 'local')).toMatchObject([{ privateHalf: 'none', hasPublicHalf: true }]);
  });
});

describe('armoredKeys', () => {
  it('takes every key of a text, and nothing else', async () => {
    const [ada, bob] = await Promise.all([make('ada'), make('bob')]);
    const text = `Hello\n${ada.publicKey.armor()}\nand\n${bob.privateKey.armor()}\n`;
    expect((await armoredKeys(text)).map(({ isPrivate }) => isPrivate)).toEqual([false, true]);
    expect(await armoredKeys('hello')).toEqual([]);
    const broken = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nxxxx\n-----END PGP PUBLIC KEY BLOCK-----';
    expect(await armoredKeys(broken)).toEqual([]);
  });
});
