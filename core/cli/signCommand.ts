import type { HostId } from '#core/contract/ids.ts';
import type { Client } from '#core/contract/index.ts';
import { fingerprintSchema, type SignInput } from '#core/contract/trust.ts';
import { type CommandLine, type CommonOptions, openClient } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { UsageError } from './failure.ts';
import { type HostOption, hostFromArgument } from './hostArgument.ts';
import { imageFromArgument } from './imageArgument.ts';
import { type PassphraseOptions, passphraseFromInput } from './passphraseInput.ts';
import { pathFromArgument, pathThere } from './pathArgument.ts';
import { printable } from './printable.ts';

export interface SignOptions extends CommonOptions, HostOption, PassphraseOptions {
  readonly key?: string;
  readonly pem?: string;
  readonly group?: number;
  readonly object?: readonly number[];
}

/** Signs an image in place, with the only private key where none is named. */
export async function sign(line: CommandLine, image: string, options: SignOptions): Promise<number> {
  const passphrase = await passphraseFromInput(line, options);
  const client = await openClient(line);
  const host = await hostFromArgument(line, client, options.host);
  const path = await imageFromArgument(client, host, image);
  const pathOf = options.host === undefined ? pathFromArgument : pathThere;
  const key: SignInput['key'] =
    options.pem === undefined
      ? { type: 'ring', fingerprint: await fingerprintOf(client, host.id, options.key), passphrase }
      : { type: 'pem', path: pathOf(options.pem, host.workingFolder) };
  await client.trust.sign({ hostId: host.id, path, key, what: whatOf(options) });
  line.stderr.write(`Signed ${printable(image)}.\n`);
  return exitStatus.done;
}

function whatOf({ group, object }: SignOptions): SignInput['what'] {
  if (object !== undefined) return { type: 'objects', ids: [...object] };
  return group === undefined ? { type: 'all' } : { type: 'group', id: group };
}

async function fingerprintOf(client: Client, hostId: HostId, words: string | undefined): Promise<string> {
  if (words !== undefined) {
    const named = fingerprintSchema.safeParse(words);
    if (named.success) return named.data;
    throw new UsageError(`${JSON.stringify(words)} is no whole fingerprint; "mysingularity keys" lists them`);
  }
  const { keys } = await client.trust.keys.list({ hostId });
  const usable = keys.filter(({ privateHalf, state }) => privateHalf !== 'none' && state === 'usable');
  const [only] = usable;
  if (only === undefined)
    throw new UsageError('There is no private key to sign with: mysingularity keys create');
  if (usable.length > 1)
    throw new UsageError('There are several private keys: name one with --key FINGERPRINT');
  return only.fingerprint;
}
