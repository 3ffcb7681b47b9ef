// @vitest-environment happy-dom
import { configure, screen } from '@testing-library/react';
import { beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { Verification } from '#core/contract/trust.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { serveFakeCore } from '#renderer/testing/fakeCore.ts';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import { sampleHost } from '#renderer/testing/samples.ts';
import { DetailTrust } from './DetailTrust.tsx';
import { sampleImage } from './sampleImages.ts';

const fake = { verifications: [] as Verification[], asked: vi.fn() };

// A busy machine is slow, not wrong.
configure({ asyncUtilTimeout: 10_000 });

beforeAll(() => {
  serveFakeCore((os) => ({
    trust: {
      known: os.trust.known.handler(({ input }) => {
        fake.asked(input.paths);
        return { verifications: fake.verifications };
      }),
      encryptionOf: os.trust.encryptionOf.handler(() => ({
        kind: 'dm-crypt' as const,
        opens: 'pem' as const,
        runsHere: { isPossible: false, text: 'Only root can open it.' },
        text: 'It is encrypted with dm-crypt.',
      })),
    },
  }));
});

beforeEach(() => {
  fake.asked.mockClear();
  fake.verifications = [];
  hostsStore.setState({ isLoaded: true, hosts: [sampleHost], currentId: sampleHost.id });
});

const signed = sampleImage('tool.sif', { isSigned: true });

function verification(verdict: Verification['verdict']): Verification {
  const { hostId, path } = signed;
  return { hostId, path, verifiedAt: 0, verdict, text: 'In words.', signatures: [], notCovered: [] };
}

it('says of a signed image that nobody has verified it, and offers to', async () => {
  renderPage(<DetailTrust image={signed} isSettled />);
  expect(screen.getByText('signed')).toBeTruthy();
  expect(screen.getByText('not verified')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Verify…' })).toBeTruthy();
});

it.each([
  ['valid', 'verified'],
  ['tampered', 'tampered'],
  ['unknownKey', 'unknown key'],
] as const)('says in the place of that what verifying found: %s', async (verdict, word) => {
  fake.verifications = [verification(verdict)];
  renderPage(<DetailTrust image={signed} isSettled />);
  expect(await screen.findByText(word)).toBeTruthy();
  expect(screen.queryByText('not verified')).toBeNull();
  expect(screen.queryByText('signed')).toBeNull();
});

it('names whose key a signature holds with, with what a hostile name hides in view', async () => {
  const signature = {
    id: 4,
    group: 1,
    kind: 'pgp' as const,
    reason: null,
    fingerprint: 'A'.repeat(40),
    keyLocation: 'local' as const,
    keyOrigin: null,
    covers: [],
  };
  const by = (state: 'valid' | 'expired', userId: string) => ({ ...signature, state, userId });
  fake.verifications = [
    { ...verification('expired'), signatures: [by('valid', 'Ada\u202e <ada@lab>'), by('expired', 'Old')] },
  ];
  renderPage(<DetailTrust image={signed} isSettled />);
  const words = await screen.findByText(/^With a key in the name of/);
  expect(words.textContent).toContain('Ada');
  expect(words.textContent).not.toMatch(/\u202e|Old/);
});

it('asks nothing about an unsigned image, nor while one walks through the list', () => {
  renderPage(<DetailTrust image={sampleImage('tool.sif', { isSigned: false })} isSettled />);
  renderPage(<DetailTrust image={signed} isSettled={false} />);
  expect(fake.asked).not.toHaveBeenCalled();
});

it('says of an encrypted image how, and where it runs', async () => {
  renderPage(<DetailTrust image={sampleImage('secret.sif', { isEncrypted: true })} isSettled />);
  expect(await screen.findByText('It is encrypted with dm-crypt. Only root can open it.')).toBeTruthy();
});
