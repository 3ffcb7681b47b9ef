import { api } from './base.ts';
import type { Services } from './services.ts';

const never = () => new AbortController().signal;

export function trustApi({ trust, tasks }: Services) {
  const { keys } = trust;
  return {
    keys: {
      list: api.trust.keys.list.handler(async ({ input }) => {
        const listed = await keys.list(input.hostId);
        return { ...listed, keys: [...listed.keys] };
      }),
      create: api.trust.keys.create.handler(async ({ input, signal = never() }) => ({
        fingerprint: await keys.create(input, signal),
      })),
      import: api.trust.keys.import.handler(async ({ input, signal = never() }) => {
        const { imported, known } = await keys.import(input, signal);
        return { imported: [...imported], known: [...known] };
      }),
      export: api.trust.keys.export.handler(async ({ input }) => ({
        text: await keys.export(input, input.half, input.passphrase),
      })),
      remove: api.trust.keys.remove.handler(async ({ input }) => {
        await keys.remove(input, input.half);
        return {};
      }),
      search: api.trust.keys.search.handler(async ({ input }) => ({
        keys: [...(await keys.search(input.hostId, input.url, input.text))],
      })),
      fetch: api.trust.keys.fetch.handler(async ({ input, signal = never() }) => {
        await keys.fetch(input, input.url, signal);
        return {};
      }),
      push: api.trust.keys.push.handler(async ({ input }) => {
        await keys.push(input, input.url);
        return {};
      }),
    },
    sign: api.trust.sign.handler(async ({ input, signal = never() }) => {
      await trust.sign(input, signal);
      return {};
    }),
    verify: api.trust.verify.handler(({ input, signal = never() }) => trust.verify(input, signal)),
    known: api.trust.known.handler(async ({ input }) => ({
      verifications: [...(await trust.known(input.hostId, input.paths))],
    })),
    verdicts: api.trust.verdicts.handler(async ({ input }) => ({
      verdicts: [...(await trust.verdicts(input.hostId))],
    })),
    encryptionOf: api.trust.encryptionOf.handler(({ input }) => trust.encryptionOf(input.hostId, input.path)),
    encrypt: api.trust.encrypt.handler(async ({ input }) => {
      await trust.checkEncrypt(input); // what can be known before must fail before
      return { taskId: await tasks.start('image.encrypt', input) };
    }),
  };
}
