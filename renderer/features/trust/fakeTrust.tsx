import { QueryClientProvider } from '@tanstack/react-query';
import { configure } from '@testing-library/react';
import { beforeAll, beforeEach, vi } from 'vitest';
import type { ErrorReport } from '#core/contract/errors.ts';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { taskIdSchema } from '#core/contract/ids.ts';
import type { Encryption, OfferedKey, TrustKey, Verification } from '#core/contract/trust.ts';
import { queryClient } from '#renderer/api/query.ts';
import { commandRegistry, registerCommands } from '#renderer/commands/registry.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { openImageWork } from '#renderer/state/imageWork.ts';
import { layoutStore } from '#renderer/state/layout.ts';
import { settingsStore } from '#renderer/state/settings.ts';
import { serveFakeCore } from '#renderer/testing/fakeCore.ts';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import { sampleHost, sampleSettings } from '#renderer/testing/samples.ts';
import { KeysPage } from './KeysPage.tsx';
import { bobsKey, offeredKey, sampleDetail, sampleKey, sampleVerification } from './sampleTrust.ts';
import { TrustDialogs } from './TrustDialogs.tsx';
import { trustCommands } from './trustCommands.ts';
import { resetTrustState } from './trustState.ts';

const unencrypted: Encryption = {
  kind: 'none',
  opens: null,
  runsHere: { isPossible: true, text: 'It needs no key.' },
  text: 'It is not encrypted.',
};

const answers = {
  keys: [] as readonly TrustKey[],
  offered: [] as readonly OfferedKey[],
  verification: sampleVerification() as Verification,
  encryption: unencrypted as Encryption,
  /** What all calls that change or check something fail with. */
  refusal: null as ErrorReport | null,
};

/** What the stand-in for core answers, and what it was asked: the name of the call and its input. */
export const fake = { ...answers, asked: vi.fn() };

// A busy machine is slow, not wrong.
configure({ asyncUtilTimeout: 10_000 });

beforeAll(() => {
  HTMLElement.prototype.scrollIntoView = () => undefined;
  HTMLElement.prototype.hasPointerCapture = () => false;
  HTMLElement.prototype.getBoundingClientRect = function (this: HTMLElement) {
    // The line between list and detail takes every press that is upon it; nothing is laid out here.
    return this.getAttribute('role') === 'separator'
      ? new DOMRect(-9, -9, 1, 1)
      : new DOMRect(0, 0, 900, 600);
  };
  serveFakeCore((os) => {
    const told = (
      call: string,
      input: unknown,
      errors: { WORKBENCH: (of: { data: ErrorReport }) => Error },
    ) => {
      if (fake.refusal !== null) throw errors.WORKBENCH({ data: fake.refusal });
      fake.asked(call, input);
    };
    return {
      trust: {
        keys: {
          list: os.trust.keys.list.handler(() => ({
            keys: [...fake.keys],
            folder: hostPathFromText('/home/alice/.apptainer/keys'),
          })),
          create: os.trust.keys.create.handler(({ input, errors }) => {
            told('create', input, errors);
            fake.keys = [sampleKey()];
            return { fingerprint: sampleKey().fingerprint };
          }),
          import: os.trust.keys.import.handler(({ input, errors }) => {
            told('import', input, errors);
            return { imported: [bobsKey.fingerprint], known: [] };
          }),
          export: os.trust.keys.export.handler(({ input, errors }) => {
            told('export', input, errors);
            return { text: '-----BEGIN PGP PUBLIC KEY BLOCK-----' };
          }),
          remove: os.trust.keys.remove.handler(({ input, errors }) => {
            told('remove', input, errors);
            fake.keys = fake.keys.filter(({ fingerprint }) => fingerprint !== input.fingerprint);
            return {};
          }),
          search: os.trust.keys.search.handler(({ input, errors }) => {
            told('search', input, errors);
            return { keys: [...fake.offered] };
          }),
          fetch: os.trust.keys.fetch.handler(({ input, errors }) => {
            told('fetch', input, errors);
            fake.keys = [...fake.keys, sampleKey({ fingerprint: input.fingerprint, privateHalf: 'none' })];
            return {};
          }),
          push: os.trust.keys.push.handler(({ input, errors }) => {
            told('push', input, errors);
            return {};
          }),
        },
        sign: os.trust.sign.handler(({ input, errors }) => {
          told('sign', input, errors);
          return {};
        }),
        verify: os.trust.verify.handler(({ input, errors }) => {
          told('verify', input.with, errors);
          return fake.verification;
        }),
        encryptionOf: os.trust.encryptionOf.handler(() => fake.encryption),
        encrypt: os.trust.encrypt.handler(({ input, errors }) => {
          told('encrypt', input, errors);
          return { taskId: taskIdSchema.parse('55555555-eeee') };
        }),
      },
      images: { detail: os.images.detail.handler(() => sampleDetail) },
      hosts: {
        browse: os.hosts.browse.handler(({ input }) => ({
          folder: input.folder,
          parent: null,
          entries: [],
          isCut: false,
        })),
      },
    };
  });
});

beforeEach(() => {
  vi.clearAllMocks();
  Object.assign(fake, answers, { keys: [sampleKey(), bobsKey], offered: [offeredKey] });
  resetTrustState();
  openImageWork(null);
  queryClient.clear();
  hostsStore.setState({ isLoaded: true, hosts: [sampleHost], currentId: sampleHost.id });
  settingsStore.setState({ settings: sampleSettings });
  layoutStore.setState({ page: 'keys' });
  commandRegistry.setState({ commands: new Map() });
  registerCommands(trustCommands, () => ({ page: layoutStore.getState().page }));
});

/** The page with its dialogs. */
export function showKeys() {
  return renderPage(
    // What a dialog changed is read again through the page's own client.
    <QueryClientProvider client={queryClient}>
      <KeysPage />
      <TrustDialogs />
    </QueryClientProvider>,
  );
}
