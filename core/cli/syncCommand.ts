import type { SyncChange, SyncConflict, SyncInput, SyncPlan } from '#core/contract/handover.ts';
import { type HostPath, hostPathFromText, hostPathSchema } from '#core/contract/hostPath.ts';
import { formatBytes, formatDuration } from '#core/contract/quantity.ts';
import { type CommandLine, type CommonOptions, openClient, writeJson } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { UsageError } from './failure.ts';
import { followTask, writeEnd } from './followTask.ts';
import { type HostOption, hostFromArgument } from './hostArgument.ts';
import { formatTime, printable, table } from './printable.ts';
import { workspaceFromArgument } from './workspaceArgument.ts';

export interface SyncOptions extends CommonOptions, HostOption {
  readonly push?: boolean;
  readonly pull?: boolean;
  readonly keep?: readonly string[];
  readonly include?: readonly string[];
  readonly dryRun?: boolean;
}

/** Two copies of a workspace to the same state, or only what that would do. */
export async function syncWorkspace(
  line: CommandLine,
  words: { readonly workspace: string; readonly other: string },
  options: SyncOptions,
): Promise<number> {
  const resolutions = keptPaths(options.keep ?? []);
  const [otherHost, otherName] = splitOther(words.other, words.workspace);
  const client = await openClient(line);
  const host = await hostFromArgument(line, client, options.host);
  const workspace = await workspaceFromArgument(client, host.id, words.workspace);
  const there = await hostFromArgument(line, client, otherHost);
  const other = await workspaceFromArgument(client, there.id, otherName ?? workspace.name);
  const input: SyncInput = {
    hostId: host.id,
    id: workspace.id,
    other: { hostId: there.id, id: other.id },
    direction: options.push === true ? 'push' : options.pull === true ? 'pull' : 'both',
    resolutions,
    confirmed: (options.include ?? []).map(pathBelow),
  };
  if (options.dryRun === true) {
    const plan = await client.handover.planSync(input);
    if (options.json === true) writeJson(line.stdout, plan);
    else writePlan(line, plan);
    return exitStatus.done;
  }
  const { taskId } = await client.handover.sync(input);
  const task = await followTask(line, client, taskId, options);
  return writeEnd(line, task, options, {
    done: ({ facts }, seconds) => {
      const { toOther = 0, toHere = 0, changedMeanwhile = 0, leftOut = 0 } = facts;
      const left = changedMeanwhile === 0 ? '' : `, ${changedMeanwhile} left because they changed meanwhile`;
      const held = leftOut === 0 ? '' : `, ${leftOut} with secrets left out: --dry-run names them`;
      return `Synced ${printable(workspace.name)} in ${formatDuration(seconds)}: ${toOther} to the other, ${toHere} to here${left}${held}.`;
    },
    cancelled: 'Cancelled. Both sides are whole; the next sync goes on.',
  });
}

/** `HOST` or `HOST:NAME`. An id of the first workspace is nothing to look for on the other host: its copy has its own. */
function splitOther(argument: string, workspace: string): readonly [string, string | null] {
  const colon = argument.lastIndexOf(':');
  const [host, name] = colon < 0 ? [argument, null] : [argument.slice(0, colon), argument.slice(colon + 1)];
  if (host === '' || name === '')
    throw new UsageError(`${JSON.stringify(argument)} names no copy of ${workspace}: HOST or HOST:NAME`);
  return [host, name];
}

/** Words of `--keep`: a side, then its paths. */
function keptPaths(words: readonly string[]): SyncInput['resolutions'] {
  let side: 'here' | 'there' | null = null;
  const resolutions: SyncInput['resolutions'] = [];
  for (const word of words) {
    if (word === 'here' || word === 'there') side = word;
    else if (side === null) throw new UsageError('--keep begins with here or there, then come the paths');
    else resolutions.push({ path: pathBelow(word), keep: side });
  }
  if (side !== null && resolutions.length === 0) throw new UsageError(`--keep ${side} names no path`);
  return resolutions;
}

/** A path below the workspace, as a plan shows it or as the container has it. */
function pathBelow(word: string): HostPath {
  const below = word.replace(/^(?:\.\/|\/home\/mysingularity\/)+/, '').replace(/\/+$/, '');
  const escaped = hostPathSchema.safeParse(below);
  return escaped.success ? escaped.data : hostPathFromText(below);
}

function writePlan({ stdout, stderr }: CommandLine, plan: SyncPlan): void {
  const { toOther, toHere, conflicts, secrets, more } = plan;
  const rows = (where: string, list: readonly SyncChange[]) =>
    list.map(({ what, sizeBytes, path }) => [
      where,
      what,
      what === 'removed' ? '-' : formatBytes(sizeBytes),
      printable(path),
    ]);
  const all = [...rows('to the other', toOther), ...rows('to here', toHere)];
  if (all.length > 0) stdout.write(table([['WHERE', 'WHAT', 'SIZE', 'PATH'], ...all]));
  if (conflicts.length > 0) {
    stdout.write('Both changed, and neither would be touched:\n');
    stdout.write(table([['HERE', 'THERE', 'PATH'], ...conflicts.map(conflictRow)]));
  }
  for (const { isLeftOut, path, detail } of secrets)
    stdout.write(`${isLeftOut ? 'Left out' : 'Included'}  ${printable(`${path}  ${detail}`)}\n`);
  const hidden = more.toOther + more.toHere + more.conflicts + more.secrets;
  if (hidden > 0) stdout.write(`and ${hidden.toLocaleString('en')} more\n`);
  if (all.length + conflicts.length + secrets.length === 0) stderr.write('Both are the same.\n');
  else stderr.write(`${formatBytes(plan.bytes)} would be compared or sent.\n`);
  for (const warning of plan.warnings) stderr.write(`Note: ${printable(warning)}\n`);
}

function conflictRow({ path, here, there, factsHere, factsThere }: SyncConflict): string[] {
  const side = (what: string, facts: SyncConflict['factsHere']) =>
    facts?.kind === 'file'
      ? `${what}, ${formatBytes(facts.sizeBytes)}, ${formatTime(facts.modifiedAt)}`
      : what;
  return [side(here, factsHere), side(there, factsThere), printable(path)];
}
