import type { SignInput, TrustKey } from '#core/contract/trust.ts';
import { type ErrorFacts, workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import type { Runtime } from '#core/runtime/action.ts';
import { showCommand } from '#core/runtime/shellWords.ts';
import { type SignedPart, signCommand, takesPemKeys } from '#core/runtime/trustCommands.ts';
import { indexInKeyList, isWrongPassphrase, keyPrompts } from '#core/runtime/trustCommandsOutput.ts';
import { type Prompt, runPrompted } from './promptedCommand.ts';
import { openSif } from './sifFile.ts';

interface SignRoom {
  readonly host: Host;
  readonly runtime: Runtime;
  readonly keys: readonly TrustKey[];
}

/** Has the runtime append the signatures. An expired key is refused here: the runtime would sign with it. */
export async function signSif(room: SignRoom, input: SignInput, signal: AbortSignal): Promise<void> {
  const { host, runtime } = room;
  await openSif(host, input.path);
  checkKey(room, input);
  for (const part of partsOf(input)) {
    const spec = signCommand(runtime, input, part);
    const { exitStatus, output } = await runPrompted(host, spec, { prompts: promptsOf(input), signal });
    if (exitStatus === 0) continue;
    const where = { hostId: host.id, command: showCommand(spec), evidence: output, exitStatus };
    const { key } = input;
    if (isWrongPassphrase(output) && key.type === 'ring')
      throw workbenchError('trust.wrongPassphrase', { fingerprint: key.fingerprint }, where);
    const reason =
      /FATAL: +(?:Failed to sign container: )?(?:integrity: )?([^\n]+)/.exec(output)?.[1] ?? null;
    throw workbenchError('trust.cannotSign', { path: input.path, reason }, where);
  }
}

function partsOf({ what }: SignInput): readonly SignedPart[] {
  return what.type === 'objects' ? what.ids.map((id) => ({ type: 'object', id })) : [what];
}

function checkKey({ host, runtime, keys }: SignRoom, { key }: SignInput): void {
  const refuse = (code: 'trust.keyUnknown' | 'trust.keyUnusable' | 'trust.unsupported', facts: ErrorFacts) =>
    workbenchError(code, facts, { hostId: host.id });
  if (key.type === 'pem') {
    if (takesPemKeys(runtime.dialect)) return;
    const reason = 'Apptainer 1.2 and SingularityCE 3.11 were the first to take PEM keys';
    throw refuse('trust.unsupported', { reason });
  }
  const { fingerprint } = key;
  const found = keys.find((one) => one.ring === 'local' && one.fingerprint === fingerprint);
  if (found === undefined || found.privateHalf === 'none')
    throw refuse('trust.keyUnknown', { fingerprint, half: 'private' });
  if (found.state !== 'usable')
    throw refuse('trust.keyUnusable', {
      fingerprint,
      reason:
        found.state === 'expired' && found.expiresAt !== null
          ? `It expired on ${new Date(found.expiresAt).toISOString().slice(0, 10)}`
          : 'It was revoked',
    });
}

/** The runtime asks which key unless there is only one: that one is ours, `checkKey` has seen it. */
function promptsOf({ key }: SignInput): readonly Prompt[] {
  if (key.type === 'pem') return [];
  return [
    {
      pattern: keyPrompts.whichKey,
      answer: (shown) => indexInKeyList(shown, key.fingerprint)?.toString() ?? null,
      isSecret: false,
    },
    { pattern: keyPrompts.keyPassphrase, answer: () => key.passphrase ?? '', isSecret: true },
  ];
}
