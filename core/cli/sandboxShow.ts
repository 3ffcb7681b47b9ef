import { formatBytes } from '#core/contract/quantity.ts';
import type { Sandbox, SandboxDifference, SandboxWay } from '#core/contract/sandboxes.ts';
import { type CommandLine, type CommonOptions, openClient, writeJson } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { followTask, writeEnd } from './followTask.ts';
import { type HostOption, hostFromArgument } from './hostArgument.ts';
import { printable } from './printable.ts';
import { sandboxFromArgument } from './sandboxWork.ts';

type Options = CommonOptions & HostOption;

export async function listSandboxes(line: CommandLine, options: Options): Promise<number> {
  const client = await openClient(line);
  const host = await hostFromArgument(line, client, options.host);
  const { sandboxes } = await client.sandboxes.list({ hostId: host.id });
  if (options.json === true) writeJson(line.stdout, { sandboxes });
  else
    for (const one of sandboxes)
      line.stdout.write(
        `${[one.path, sizeText(one), one.base?.from ?? 'unknown base', dayOf(one.lastUsedAt)].map(printable).join('\t')}\n`,
      );
  return exitStatus.done;
}

function sizeText({ size }: Sandbox): string {
  return size === null ? 'not measured' : `${formatBytes(size.bytes)}, ${size.files} files`;
}

function dayOf(time: number | null): string {
  return time === null ? 'never used' : new Date(time).toISOString().slice(0, 10);
}

export async function showSandbox(
  line: CommandLine,
  path: string,
  options: Options & { readonly measure?: boolean },
): Promise<number> {
  const { client, one } = await sandboxFromArgument(line, path, options);
  if (options.measure === true) {
    const { taskId } = await client.sandboxes.measure(one);
    const task = await followTask(line, client, taskId, options);
    if (task.status.state !== 'succeeded')
      return writeEnd(line, task, options, { done: () => '', cancelled: 'Cancelled.' });
  }
  const detail = await client.sandboxes.detail(one);
  if (options.json === true) writeJson(line.stdout, detail);
  else line.stdout.write(detailText(detail));
  return exitStatus.done;
}

function detailText(detail: Sandbox & { readonly ways: readonly SandboxWay[] }): string {
  const lines = [
    `Sandbox:   ${detail.path}`,
    `Base:      ${detail.base === null ? 'not known' : `${detail.base.from}${detail.base.digest === null ? '' : ` (${detail.base.digest})`}`}`,
    `Made:      ${detail.createdAt === null ? 'not by the workbench' : new Date(detail.createdAt).toISOString()}`,
    `Last used: ${dayOf(detail.lastUsedAt)}`,
    `Size:      ${sizeText(detail)}`,
    ...(detail.hasForeignOwners === true ? ['Owners:    some files belong to subordinate ids of yours'] : []),
    ...detail.snapshots.map(
      ({ id, createdAt, note }) => `Snapshot:  ${id} of ${new Date(createdAt).toISOString()} ${note}`,
    ),
    ...detail.ways.flatMap(({ id, sentence, limits, isPossible }) => [
      `${isPossible ? 'Opens:     ' : 'Not:       '}${sentence} [${id}]`,
      ...limits.map((limit) => `           - ${limit}`),
    ]),
  ];
  return lines.map((text) => `${printable(text)}\n`).join('');
}

export async function diffSandbox(line: CommandLine, path: string, options: Options): Promise<number> {
  const { client, one } = await sandboxFromArgument(line, path, options);
  const found = await client.sandboxes.difference(one);
  if (options.json === true) writeJson(line.stdout, found);
  else line.stdout.write(differenceText(found));
  const { added, changed, removed } = found.totals;
  return added + changed + removed + found.packages.length === 0 ? exitStatus.done : exitStatus.failed;
}

const signs = { added: '+', changed: '~', removed: '-' } as const;

function differenceText({
  files,
  moreFiles,
  packages,
  totals,
  addedBytes,
  notes,
}: SandboxDifference): string {
  const { added, changed, removed } = totals;
  const grown = `${addedBytes < 0 ? '-' : '+'}${formatBytes(Math.abs(addedBytes))}`;
  const lines = [
    ...packages.map(({ kind, name, before, after }) =>
      before === null
        ? `+ ${kind} ${name} ${after}`
        : after === null
          ? `- ${kind} ${name} ${before}`
          : `~ ${kind} ${name} ${before} → ${after}`,
    ),
    ...files.map(({ what, path, sizeBytes }) => `${signs[what]} ${path} (${formatBytes(sizeBytes)})`),
    ...(moreFiles === 0 ? [] : [`… and ${moreFiles} more`]),
    `${added} added, ${changed} changed, ${removed} removed, ${grown}; ${packages.length} packages`,
    ...notes,
  ];
  return lines.map((text) => `${printable(text)}\n`).join('');
}

export async function draftOfSandbox(line: CommandLine, path: string, options: Options): Promise<number> {
  const { client, one } = await sandboxFromArgument(line, path, options);
  const draft = await client.sandboxes.draft(one);
  if (options.json === true) writeJson(line.stdout, draft);
  else line.stdout.write(draft.definition);
  return exitStatus.done;
}
