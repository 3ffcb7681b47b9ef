import type { Signature, Verification, VerifyInput } from '#core/contract/trust.ts';
import { type CommandLine, type CommonOptions, openClient, writeJson } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { type ChosenHost, type HostOption, hostFromArgument } from './hostArgument.ts';
import { imageFromArgument } from './imageArgument.ts';
import { pathFromArgument, pathThere } from './pathArgument.ts';
import { printable, table } from './printable.ts';

export interface VerifyOptions extends CommonOptions, HostOption {
  readonly keyserver?: string;
  readonly online?: boolean;
  readonly pem?: string;
  readonly certificate?: string;
  readonly roots?: string;
}

/** Ends with 0 only when each object is signed, and each signature holds. */
export async function verify(line: CommandLine, image: string, options: VerifyOptions): Promise<number> {
  const client = await openClient(line);
  const host = await hostFromArgument(line, client, options.host);
  const path = await imageFromArgument(client, host, image);
  const answer = await client.trust.verify({ hostId: host.id, path, with: meansOf(host, options) });
  if (options.json === true) writeJson(line.stdout, answer);
  else line.stdout.write(answerText(answer));
  return answer.verdict === 'valid' ? exitStatus.done : exitStatus.failed;
}

function meansOf(host: ChosenHost, options: VerifyOptions): VerifyInput['with'] {
  const { keyserver, pem, certificate, roots } = options;
  const pathOf = (words: string) =>
    (options.host === undefined ? pathFromArgument : pathThere)(words, host.workingFolder);
  if (pem !== undefined) return { type: 'pem', path: pathOf(pem) };
  if (certificate !== undefined)
    return {
      type: 'certificate',
      path: pathOf(certificate),
      roots: roots === undefined ? null : pathOf(roots),
    };
  if (keyserver === undefined && options.online !== true) return { type: 'local' };
  return { type: 'keyserver', url: keyserver ?? null };
}

function answerText({ verdict, text, signatures }: Verification): string {
  const rows = signatures.map((one) => table(signatureRows(one).map((row) => row.map(printable))));
  return [`${verdict}: ${printable(text)}\n`, ...rows].join('\n');
}

const locations: Readonly<Record<NonNullable<Signature['keyLocation']>, string>> = {
  local: 'your key ring',
  global: 'the key ring of this host',
  downloaded: 'a keyserver, just now',
  file: 'the given file',
};

function signatureRows(signature: Signature): string[][] {
  const { keyLocation, keyOrigin, reason } = signature;
  const from =
    keyOrigin === null ? '' : `, ${keyOrigin.how}${keyOrigin.from === null ? '' : ` from ${keyOrigin.from}`}`;
  return [
    [
      'signature',
      `${signature.id} (${signature.kind}): ${signature.state}${reason === null ? '' : ` (${reason})`}`,
    ],
    ['  fingerprint', signature.fingerprint ?? '-'],
    ['  name in the key', signature.userId ?? '-'],
    ['  key from', keyLocation === null ? '-' : `${locations[keyLocation]}${from}`],
    ['  covers', signature.covers.map(({ id, type }) => `${id} ${type}`).join(', ') || '-'],
  ];
}
