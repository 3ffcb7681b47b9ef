import { z } from 'zod';
import { baseName, type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';
import type { InstanceStats } from '#core/contract/instances.ts';
import {
  type ActionSurroundings,
  actionEnvironment,
  capabilityEnvironment,
  isolationArguments,
  optionArguments,
  type Runtime,
  unmistakable,
} from './action.ts';
import { type CommandSpec, commandSpec } from './commandSpec.ts';

export interface InstanceStart extends ActionSurroundings {
  readonly imagePath: HostPath;
  readonly name: string;
  /** Arguments of the start script. */
  readonly args: readonly string[];
}

/**
 * `instance start`. It takes neither `--cwd` nor, in any version, a program: what runs is the start script of the image
 * (`instance start --help` of Apptainer 1.4.5; the same in SingularityCE 4 by its documentation, not run).
 */
export function instanceStartCommand(start: InstanceStart): CommandSpec {
  const { runtime, imagePath, name, args } = start;
  return commandSpec(
    { path: runtime.path },
    [
      'instance',
      'start',
      ...isolationArguments(start),
      ...optionArguments(start),
      { path: unmistakable(imagePath) },
      name,
      ...args,
    ],
    { purpose: `Start ${name} from ${baseName(imagePath)}`, environment: actionEnvironment(start) },
  );
}

/** `instance list --json`: all of this user on this node. `--json` is there since Singularity 3.5 (documentation). */
export function instanceListCommand(runtime: Runtime): CommandSpec {
  return commandSpec({ path: runtime.path }, ['instance', 'list', '--json'], {
    purpose: 'List instances',
    environment: capabilityEnvironment(runtime),
  });
}

/** `--timeout` is there since Singularity 3.0 (documentation). */
export function instanceStopCommand(runtime: Runtime, name: string): CommandSpec {
  return commandSpec({ path: runtime.path }, ['instance', 'stop', '--timeout', '10', name], {
    purpose: `Stop ${name}`,
    environment: capabilityEnvironment(runtime),
  });
}

/** `--no-stream` came with Apptainer 1.2; without it the older ones, which print once a second, would never end (documentation). */
export function instanceStatsCommand(runtime: Runtime, name: string): CommandSpec | null {
  if (!runtime.dialect.features.instanceStats) return null;
  return commandSpec({ path: runtime.path }, ['instance', 'stats', '--json', '--no-stream', name], {
    purpose: `Ask what ${name} uses`,
    environment: capabilityEnvironment(runtime),
  });
}

/** A shell in a running instance; `instance://` takes names alone. */
export function instanceShellCommand(runtime: Runtime, name: string): CommandSpec {
  return commandSpec({ path: runtime.path }, ['shell', `instance://${name}`], {
    purpose: `Shell in ${name}`,
    environment: capabilityEnvironment(runtime),
  });
}

export interface ListedInstance {
  readonly name: string;
  readonly processId: number;
  readonly imagePath: HostPath | null;
  readonly outLog: HostPath | null;
  readonly errorLog: HostPath | null;
}

const pathText = z.string().max(16_384).optional();
const listSchema = z.object({
  instances: z
    .array(
      z.object({
        instance: z.string().min(1).max(256),
        pid: z.number().int().nonnegative().max(4_194_304),
        img: pathText,
        logErrPath: pathText,
        logOutPath: pathText,
      }),
    )
    .max(10_000)
    .nullable(),
});

/** What `instance list --json` prints → the instances; null for anything else. Form: internal/app/apptainer/instance_linux.go. */
export function parseInstanceList(stdout: string): readonly ListedInstance[] | null {
  const list = listSchema.safeParse(jsonOrNull(stdout));
  if (!list.success) return null;
  return (list.data.instances ?? []).map(({ instance, pid, img, logErrPath, logOutPath }) => ({
    name: instance,
    processId: pid,
    imagePath: pathOrNull(img),
    outLog: pathOrNull(logOutPath),
    errorLog: pathOrNull(logErrPath),
  }));
}

const count = z.number().nonnegative();
const statsSchema = z.object({
  cpu_stats: z.object({ cpu_usage: z.object({ total_usage: count.optional() }).optional() }).optional(),
  memory_stats: z
    .object({ usage: z.object({ usage: count.optional(), limit: count.optional() }).optional() })
    .optional(),
  pids_stats: z.object({ current: count.optional() }).optional(),
});

/** From here on a limit stands for none: control groups write the largest number of pages. */
const noLimit = 2 ** 62;

/** What `instance stats --json` prints → what it means; null for anything else. Form: libcgroups `Stats` (runc). */
export function parseInstanceStats(stdout: string): InstanceStats | null {
  const stats = statsSchema.safeParse(jsonOrNull(stdout));
  if (!stats.success) return null;
  const { cpu_stats: cpu, memory_stats: memory, pids_stats: pids } = stats.data;
  const limit = memory?.usage?.limit ?? null;
  return {
    cpuSeconds: cpu?.cpu_usage?.total_usage === undefined ? null : cpu.cpu_usage.total_usage / 1e9,
    memoryBytes: memory?.usage?.usage ?? null,
    memoryLimitBytes: limit === null || limit >= noLimit ? null : limit,
    processes: pids?.current === undefined ? null : Math.round(pids.current),
    source: 'controlGroups',
    reason: null,
  };
}

/** `stat` lines of processes, and what their numbers count in. */
export interface ProcessTable {
  readonly ticksPerSecond: number;
  readonly pageBytes: number;
  /** `/proc/<pid>/stat` of all that can be seen. Source of the fields: proc(5). */
  readonly lines: readonly string[];
}

/** What a process and all below it use; null where it is not in the table. */
export function processStats(
  table: ProcessTable,
  processId: number,
): Pick<InstanceStats, 'cpuSeconds' | 'memoryBytes' | 'processes'> | null {
  const rows = table.lines.flatMap((line) => {
    const id = Number.parseInt(line, 10);
    const fields = line
      .slice(line.lastIndexOf(')') + 1)
      .trim()
      .split(/\s+/);
    const numbers = [1, 11, 12, 13, 14, 21].map((index) => Number(fields[index]));
    if (!Number.isInteger(id) || numbers.some((number) => !Number.isFinite(number))) return [];
    const [parent = 0, user = 0, system = 0, childUser = 0, childSystem = 0, pages = 0] = numbers;
    return [{ id, parent, ticks: user + system + childUser + childSystem, pages }];
  });
  const below = new Map<number, (typeof rows)[number][]>();
  for (const row of rows) below.set(row.parent, [...(below.get(row.parent) ?? []), row]);
  const found = rows.filter(({ id }) => id === processId);
  if (found.length === 0) return null;
  const seen = new Set(found.map(({ id }) => id));
  for (let at = 0; at < found.length; at += 1)
    for (const child of below.get(found[at]?.id ?? 0) ?? [])
      if (!seen.has(child.id)) {
        seen.add(child.id);
        found.push(child);
      }
  const sum = (of: (row: (typeof rows)[number]) => number) =>
    found.reduce((total, row) => total + of(row), 0);
  return {
    cpuSeconds: sum(({ ticks }) => ticks) / table.ticksPerSecond,
    memoryBytes: sum(({ pages }) => pages) * table.pageBytes,
    processes: found.length,
  };
}

function pathOrNull(text: string | undefined): HostPath | null {
  return text === undefined || text === '' ? null : hostPathFromText(text);
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // no JSON: an older runtime's words, or noise
  }
}
