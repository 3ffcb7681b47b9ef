import { formatBytes } from '#core/contract/quantity.ts';
import type { ImageFacts, ManifestFacts } from '#core/contract/registries.ts';
import { type CommandLine, type CommonOptions, openClient, writeJson } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { type HostOption, hostFromArgument } from './hostArgument.ts';
import { formatTime, printable, table } from './printable.ts';

export interface ShowOptions extends CommonOptions, HostOption {
  readonly arch?: string;
  readonly http?: boolean;
}

const holdsWords: Readonly<Record<ImageFacts['holds'], string>> = {
  container: 'container image, made into a SIF by a pull',
  sif: 'SIF',
  sandbox: 'unpacked image, run in place',
  other: 'no image',
};

/** What is under a reference, without downloading a layer. */
export async function show(line: CommandLine, reference: string, options: ShowOptions): Promise<number> {
  const client = await openClient(line);
  const { id: hostId } = await hostFromArgument(line, client, options.host);
  const facts = await client.registries.show({
    reference: /^([a-z]+:\/\/|\/)/i.test(reference) ? reference : `docker://${reference}`,
    architecture: options.arch ?? null,
    hostId,
    allowHttp: options.http === true,
  });
  if (options.json === true) writeJson(line.stdout, facts);
  else line.stdout.write(factsText(facts));
  return exitStatus.done;
}

function factsText(facts: ImageFacts): string {
  const { manifest, platforms, referrers } = facts;
  const parts = [
    table(
      [
        ['reference', facts.reference],
        ['by digest', facts.byDigest ?? '-'],
        ['holds', facts.holdsText ?? holdsWords[facts.holds]],
        ['architectures', platforms.map(({ architecture }) => architecture).join(', ') || '-'],
        ...(manifest === null ? [] : manifestRows(manifest)),
        ...(facts.rate === null ? [] : [['requests left', `${facts.rate.remaining} of ${facts.rate.limit}`]]),
        ...(facts.note === null ? [] : [['note', facts.note]]),
      ].map((row) => row.map(printable)),
    ),
  ];
  if (manifest !== null)
    parts.push(
      layersText(manifest),
      namesText('Labels', manifest.labels),
      namesText('Annotations', manifest.annotations),
    );
  if (referrers.length > 0)
    parts.push(
      `Refers to it:\n${table(referrers.map(({ kind, artifactType, sizeBytes, digest }) => [`  ${kind}`, printable(artifactType), formatBytes(sizeBytes), digest]))}`,
    );
  return parts.filter((part) => part !== '').join('\n');
}

function manifestRows(manifest: ManifestFacts): string[][] {
  return [
    ['architecture', manifest.architecture ?? '-'],
    ['size', formatBytes(manifest.sizeBytes)],
    ['created', formatTime(manifest.createdAt)],
    ['entrypoint', manifest.entrypoint.join(' ') || '-'],
    ['command', manifest.command.join(' ') || '-'],
    ['user', manifest.user ?? '-'],
  ];
}

/** Each layer with the line of the history that made it. */
function layersText({ layers, history }: ManifestFacts): string {
  if (layers.length === 0) return '';
  const rows = layers.map((layer, index) => [
    `  ${layer.digest.slice(0, 19)}`,
    formatBytes(layer.sizeBytes),
    printable((history.find((entry) => entry.layer === index)?.createdBy ?? '').slice(0, 120)),
  ]);
  return `Layers:\n${table(rows)}`;
}

function namesText(
  title: string,
  entries: readonly { readonly name: string; readonly value: string }[],
): string {
  if (entries.length === 0) return '';
  return `${title}:\n${table(entries.map(({ name, value }) => [`  ${printable(name)}`, printable(value.slice(0, 200))]))}`;
}
