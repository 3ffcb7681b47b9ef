import { baseName, joinPath } from '#core/contract/hostPath.ts';
import { formatBytes, formatDuration } from '#core/contract/quantity.ts';
import type { EncryptInput } from '#core/contract/trust.ts';
import { type CommandLine, type CommonOptions, openClient } from './commandLine.ts';
import { UsageError } from './failure.ts';
import { followTask, writeEnd } from './followTask.ts';
import { type HostOption, hostFromArgument } from './hostArgument.ts';
import { imageFromArgument } from './imageArgument.ts';
import { type PassphraseOptions, passphraseFromInput } from './passphraseInput.ts';
import { pathFromArgument, pathThere } from './pathArgument.ts';
import { printable } from './printable.ts';
import { targetFromArgument } from './targetArgument.ts';

export interface EncryptOptions extends CommonOptions, HostOption, PassphraseOptions {
  readonly pem?: string;
  readonly force?: boolean;
}

/** Makes an encrypted image of an image; its path goes to standard output. */
export async function encrypt(
  line: CommandLine,
  words: { readonly image: string; readonly target: string },
  options: EncryptOptions,
): Promise<number> {
  const passphrase = await passphraseFromInput(line, options);
  if ((passphrase === null) === (options.pem === undefined))
    throw new UsageError('Give a passphrase with --passphrase-stdin, or a PEM public key with --pem');
  const client = await openClient(line);
  const host = await hostFromArgument(line, client, options.host);
  const path = await imageFromArgument(client, host, words.image);
  const { folder, fileName } = await targetFromArgument(client, host, words.target);
  if (folder === null) throw new UsageError('encrypt needs a target');
  const pathOf = options.host === undefined ? pathFromArgument : pathThere;
  const key: EncryptInput['with'] =
    options.pem === undefined
      ? { type: 'passphrase', passphrase }
      : { type: 'pem', path: pathOf(options.pem, host.workingFolder) };
  const { taskId } = await client.trust.encrypt({
    hostId: host.id,
    path,
    target: joinPath(folder, fileName ?? baseName(path)),
    overwrite: options.force === true,
    with: key,
  });
  const task = await followTask(line, client, taskId, options);
  return writeEnd(line, task, options, {
    done: ({ sizeBytes }, seconds) =>
      `Encrypted ${printable(words.image)} (${[...(sizeBytes === null ? [] : [formatBytes(sizeBytes)]), formatDuration(seconds)].join(', ')})`,
    cancelled: 'Cancelled. Nothing was left behind.',
  });
}
