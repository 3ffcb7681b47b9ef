import type { BuildPhase, BuildRecord, PhaseTime } from './builds.ts';
import { buildPhases } from './builds.ts';
import { formatBytes, formatDuration } from './quantity.ts';

/** What two builds are compared by. */
export type BuildFactName =
  | 'outcome'
  | 'definition'
  | 'host'
  | 'runtime'
  | 'way'
  | 'architecture'
  | 'form'
  | 'binds'
  | 'nv'
  | 'forArchitecture'
  | 'noTest'
  | 'compression'
  | 'sourceDateEpoch'
  | 'argument'
  | 'elsewhere'
  | 'checkpoints'
  | 'image'
  | 'size'
  | 'digest'
  | 'test'
  | 'started'
  | 'duration'
  | 'error';

/** A fact of two builds; null where a build has none. Texts are hostile. */
export interface BuildFactPair {
  readonly name: BuildFactName;
  /** Which build argument; empty for all others. */
  readonly detail: string;
  readonly left: string | null;
  readonly right: string | null;
  readonly isSame: boolean;
}

/** Seconds in a phase, stages added up; null where a build had no such phase. */
export interface PhasePair {
  readonly phase: BuildPhase;
  readonly left: number | null;
  readonly right: number | null;
}

/** Two builds of the history side by side. */
export interface BuildComparison {
  readonly facts: readonly BuildFactPair[];
  readonly phases: readonly PhasePair[];
  readonly isSameDefinition: boolean;
}

/** Compares two builds by what the history keeps of them. `now` (milliseconds since 1970) is the end of what runs. */
export function compareBuilds(left: BuildRecord, right: BuildRecord, now: number): BuildComparison {
  const [one, other] = [factsOf(left, now), factsOf(right, now)];
  const pairs: BuildFactPair[] = [];
  for (const [key, fact] of one) pairs.push(pairOf(fact, fact.value, other.get(key)?.value ?? null));
  for (const [key, fact] of other) if (!one.has(key)) pairs.push(pairOf(fact, null, fact.value));
  return {
    facts: pairs.filter((pair) => pair.left !== null || pair.right !== null).sort(byOrder),
    phases: phasesOf(left.phases, right.phases, now),
    isSameDefinition: left.definition.text === right.definition.text,
  };
}

interface Fact {
  readonly name: BuildFactName;
  readonly detail: string;
  readonly value: string | null;
}

const order: readonly BuildFactName[] = [
  'outcome',
  'error',
  'definition',
  'argument',
  'elsewhere',
  'host',
  'runtime',
  'way',
  'architecture',
  'form',
  'forArchitecture',
  'compression',
  'sourceDateEpoch',
  'binds',
  'nv',
  'noTest',
  'checkpoints',
  'image',
  'size',
  'digest',
  'test',
  'started',
  'duration',
];

function byOrder(one: BuildFactPair, other: BuildFactPair): number {
  return order.indexOf(one.name) - order.indexOf(other.name) || (one.detail < other.detail ? -1 : 1);
}

function pairOf({ name, detail }: Fact, left: string | null, right: string | null): BuildFactPair {
  // When a build began says nothing about the image.
  return { name, detail, left, right, isSame: name === 'started' || left === right };
}

function factsOf(build: BuildRecord, now: number): ReadonlyMap<string, Fact> {
  const { options, runtime } = build;
  const plain: Readonly<Record<Exclude<BuildFactName, 'argument'>, string | null>> = {
    outcome: build.outcome,
    definition: build.definition.path ?? build.name,
    host: build.hostLabel,
    runtime: `${runtime.product} ${runtime.version}`,
    architecture: build.architecture,
    form: options.form,
    binds: options.binds.length === 0 ? null : options.binds.join(', '),
    nv: options.nv ? '--nv' : null,
    forArchitecture: options.architecture,
    way: build.way === 'sudo' ? 'root through sudo' : null,
    checkpoints: options.checkpoints === 'use' ? null : options.checkpoints,
    elsewhere:
      build.elsewhere.length === 0
        ? null
        : build.elsewhere.map(({ source, hostId, path }) => `${source} from ${hostId}:${path}`).join(', '),
    noTest: options.noTest ? '--notest' : null,
    compression: options.compression,
    sourceDateEpoch: options.sourceDateEpoch === null ? null : String(options.sourceDateEpoch),
    image: build.target,
    size: build.sizeBytes === null ? null : formatBytes(build.sizeBytes),
    digest: build.digest,
    test: build.test,
    started: new Date(build.startedAt).toISOString().replace(/\.\d+Z$/, 'Z'),
    duration: formatDuration(Math.max(0, (build.endedAt ?? now) - build.startedAt) / 1000),
    error: build.error?.title ?? null,
  };
  const facts = new Map<string, Fact>();
  for (const name of order)
    if (name !== 'argument') facts.set(name, { name, detail: '', value: plain[name] });
  for (const { name, value } of build.buildArguments)
    facts.set(`argument ${name}`, { name: 'argument', detail: name, value: value ?? '(secret, not kept)' });
  return facts;
}

function phasesOf(
  left: readonly PhaseTime[],
  right: readonly PhaseTime[],
  now: number,
): readonly PhasePair[] {
  const [one, other] = [secondsOf(left, now), secondsOf(right, now)];
  return buildPhases.flatMap((phase) => {
    const pair = { phase, left: one.get(phase) ?? null, right: other.get(phase) ?? null };
    return pair.left === null && pair.right === null ? [] : [pair];
  });
}

function secondsOf(phases: readonly PhaseTime[], now: number): ReadonlyMap<BuildPhase, number> {
  const sums = new Map<BuildPhase, number>();
  for (const { phase, startedAt, endedAt } of phases) {
    const seconds = Math.max(0, (endedAt ?? Math.max(now, startedAt)) - startedAt) / 1000;
    sums.set(phase, (sums.get(phase) ?? 0) + seconds);
  }
  return sums;
}
