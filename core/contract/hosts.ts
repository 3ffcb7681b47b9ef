import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { errorReportSchema, procedure } from './errors.ts';
import { hostPathSchema } from './hostPath.ts';
import { hostIdSchema } from './ids.ts';
import { runtimeInstallationSchema } from './runtime.ts';

export const hostFactsSchema = z.object({
  /** OCI name of the processor: amd64, arm64, … */
  architecture: z.string(),
  operatingSystem: z.string(),
  kernel: z.string(),
  userName: z.string(),
  uid: z.number().int(),
  homeFolder: hostPathSchema,
  runtimes: z.array(runtimeInstallationSchema),
  /** How containers get their rights here: `user namespaces, subuid fakeroot`. */
  privilege: z.string(),
  /** Free bytes where the first image folder lives; null when unknown. */
  freeBytes: z.number().nullable(),
  checkedAt: z.number(),
  durationMs: z.number(),
});
export type HostFacts = z.infer<typeof hostFactsSchema>;

/** What a verdict is about, in the order of the page. */
export const verdictGroupSchema = z.enum([
  'runtime',
  'privilege',
  'mounts',
  'storage',
  'hardware',
  'cluster',
  'tools',
  'network',
]);
export type VerdictGroup = z.infer<typeof verdictGroupSchema>;

/** A verdict is a sentence a person would say, the fact behind it, and one line that mends it. */
export const verdictSchema = z.object({
  id: z.string(),
  group: verdictGroupSchema,
  level: z.enum(['works', 'risk', 'blocked']),
  sentence: z.string(),
  fact: z.string(),
  fix: z.object({ command: z.string(), who: z.enum(['you', 'administrator']) }).nullable(),
});
export type Verdict = z.infer<typeof verdictSchema>;

/** A row of the table that people ask for: whether something works here as installed, and what would make it work. */
export const featureSchema = z.object({
  id: z.string(),
  /** Words of a person: `Run a SIF`, `Build from a definition file`. */
  title: z.string(),
  here: z.enum(['works', 'limited', 'no', 'unknown']),
  /** One sentence: how it works here, or why not. */
  reason: z.string(),
  /** Whether it would work with each of these, whatever is here now. */
  with: z.object({
    setuid: z.boolean(),
    userNamespaces: z.boolean(),
    subuid: z.boolean(),
    fuse: z.boolean(),
  }),
});
export type Feature = z.infer<typeof featureSchema>;

/** One fact of the probe, for the page and for a report: `Kernel`, `6.1.0-25-amd64`. */
export const hostFactSchema = z.object({ group: verdictGroupSchema, name: z.string(), value: z.string() });
export type HostFact = z.infer<typeof hostFactSchema>;

export const diagnosisSchema = z.object({
  verdicts: z.array(verdictSchema),
  features: z.array(featureSchema),
  facts: z.array(hostFactSchema),
});
export type Diagnosis = z.infer<typeof diagnosisSchema>;

/**
 * The line to an ssh host. `needsYou` while a prompt waits; `degraded` when it answers slowly or without a shared
 * connection where one was wanted; `lost` when it was cut; `refused` when signing in failed, which is never tried again
 * by itself. The local machine is always `connected`.
 */
export const connectionSchema = z.object({
  state: z.enum(['disconnected', 'connecting', 'needsYou', 'connected', 'degraded', 'lost', 'refused']),
  /** Milliseconds since 1970. */
  since: z.number(),
  /** Why, where it is not as it should be. */
  reason: errorReportSchema.nullable(),
});
export type Connection = z.infer<typeof connectionSchema>;

/** What ssh is given as the destination: an alias of the person's ssh configuration, or `user@host`. Never an option. */
export const destinationSchema = z
  .string()
  .min(1)
  .max(255)
  .regex(
    /^[A-Za-z0-9_[][^\s\p{Cc}'"\\`$;&|<>(){}*?!#~]*$/u,
    'An alias of your ssh configuration, or user@host.',
  );

/** What the person decided about an ssh host. */
export const hostPreferencesSchema = z.object({
  label: z.string().min(1).max(64),
  /** 1 to 4; 0 is the local machine's. */
  colour: z.number().int().min(1).max(4),
  destination: destinationSchema,
  /** Null takes what the ssh configuration says. */
  port: z.number().int().min(1).max(65_535).nullable(),
  /** Shell lines that run before each command, such as `module load apptainer`. */
  initLines: z.string().max(4096),
  /** The first is where pulls go; empty takes what the probe proposes. */
  imageFolders: z.array(hostPathSchema).max(32),
  /** Null takes what the probe proposes. */
  workspaceFolder: hostPathSchema.nullable(),
  cacheFolder: hostPathSchema.nullable(),
  temporaryFolder: hostPathSchema.nullable(),
  runtimePath: hostPathSchema.nullable(),
  /** One connection for everything; off where a site forbids it, then every command signs in anew. */
  sharesConnection: z.boolean(),
  /** Where big copies go instead (a data-transfer node); null takes the host itself. */
  transferDestination: destinationSchema.nullable(),
});
export type HostPreferences = z.infer<typeof hostPreferencesSchema>;

/** The preferences of somebody who has only named a host. */
export const defaultHostPreferences: Omit<HostPreferences, 'label' | 'destination'> = {
  colour: 1,
  port: null,
  initLines: '',
  imageFolders: [],
  workspaceFolder: null,
  cacheFolder: null,
  temporaryFolder: null,
  runtimePath: null,
  sharesConnection: true,
  transferDestination: null,
};

/** Folders that the probe proposes, and why. */
export const folderProposalSchema = z.object({
  use: z.enum(['images', 'workspaces', 'cache', 'temporary']),
  path: hostPathSchema,
  /** `$SCRATCH, 3.2 TB free` */
  reason: z.string(),
});
export type FolderProposal = z.infer<typeof folderProposalSchema>;

export const hostSchema = z.object({
  id: hostIdSchema,
  label: z.string(),
  kind: z.enum(['local', 'ssh']),
  /** Index of the host's colour token: 0 is the local machine's. */
  colour: z.number().int().min(0).max(4),
  /** What the probe found; `unknown` for an ssh host that was never reached. */
  state: z.enum(['unknown', 'checking', 'ready', 'noRuntime']),
  connection: connectionSchema,
  /** `alice@login.example.org:22` as ssh resolves it; null for the local machine and before it was asked. */
  address: z.string().nullable(),
  /** Null for the local machine. */
  preferences: hostPreferencesSchema.nullable(),
  facts: hostFactsSchema.nullable(),
  /** Folders images are listed from, the first of which is where pulls go. Empty before the first probe. */
  imageFolders: z.array(hostPathSchema),
  proposals: z.array(folderProposalSchema),
});
export type Host = z.infer<typeof hostSchema>;

/** A host of the person's ssh configuration that the workbench does not list yet. */
export const offeredHostSchema = z.object({
  destination: destinationSchema,
  /** `alice@login.example.org:22`, and over what: ` via gateway`. */
  address: z.string(),
});
export type OfferedHost = z.infer<typeof offeredHostSchema>;

/** A question that ssh asks while it connects, in its own words. */
export const promptSchema = z.object({
  id: z.string(),
  hostId: hostIdSchema,
  /** `hostKey` asks whether an unknown machine is the right one; `confirm` is any other yes or no. */
  kind: z.enum(['secret', 'text', 'hostKey', 'confirm']),
  /** The literal prompt, control characters removed. */
  text: z.string(),
  /** For `hostKey`: `ED25519` and `SHA256:…`. */
  fingerprint: z.object({ algorithm: z.string(), sha256: z.string() }).nullable(),
  /** Whether the door has a keychain that could remember the answer. */
  canRemember: z.boolean(),
  askedAt: z.number(),
});
export type Prompt = z.infer<typeof promptSchema>;

/** What killed or cut work left on a host: finished or dead jobs, half-written files. */
export const leftoverSchema = z.object({
  id: z.string(),
  /** `Pull of docker://alpine:3.20, ended 2 days ago` */
  title: z.string(),
  sizeBytes: z.number().nullable(),
  modifiedAt: z.number(),
});
export type Leftover = z.infer<typeof leftoverSchema>;

/** How to get a runtime on this distribution. */
export const installAdviceSchema = z.object({
  distribution: z.string(),
  /** Null where no packaged runtime is known. */
  commands: z.array(z.string()).nullable(),
  note: z.string(),
  link: z.string(),
});
export type InstallAdvice = z.infer<typeof installAdviceSchema>;

export const hostsContract = {
  watch: procedure.output(eventIterator(z.object({ hosts: z.array(hostSchema) }))),
  /**
   * Starts the first probe of core's own machine, where there was none yet; `watch` tells what it finds. A probe is
   * hundreds of small programs: a page asks for it when it has drawn its first picture, which would come later beside it.
   */
  begin: procedure.output(z.object({})),
  /** Probes again and answers when done. */
  check: procedure.input(z.object({ hostId: hostIdSchema })).output(hostSchema),
  doctor: procedure.input(z.object({ hostId: hostIdSchema })).output(diagnosisSchema),
  /** Hosts of `~/.ssh/config` that could be added. That file is only read. */
  offered: procedure.output(z.object({ hosts: z.array(offeredHostSchema) })),
  /** Adds an ssh host to the settings; the label must be new. */
  add: procedure.input(hostPreferencesSchema).output(hostSchema),
  edit: procedure
    .input(z.object({ hostId: hostIdSchema, preferences: hostPreferencesSchema }))
    .output(hostSchema),
  /** Forgets the host; nothing on it is touched. Fails while tasks or terminals of it run. */
  remove: procedure.input(z.object({ hostId: hostIdSchema })).output(z.object({})),
  /** Connects and probes; answers when the host can be used, fails with why it cannot. */
  connect: procedure.input(z.object({ hostId: hostIdSchema })).output(hostSchema),
  /** Closes the line. Detached work goes on. */
  disconnect: procedure.input(z.object({ hostId: hostIdSchema })).output(z.object({})),
  /** The questions that wait for an answer, all hosts. */
  watchPrompts: procedure.output(eventIterator(z.object({ prompts: z.array(promptSchema) }))),
  /** Null cancels the connection attempt. The answer is never stored, shown or logged. */
  answerPrompt: procedure
    .input(z.object({ id: z.string(), answer: z.string().max(4096).nullable() }))
    .output(z.object({})),
  leftovers: procedure
    .input(z.object({ hostId: hostIdSchema }))
    .output(z.object({ leftovers: z.array(leftoverSchema) })),
  removeLeftovers: procedure
    .input(z.object({ hostId: hostIdSchema, ids: z.array(z.string()).min(1) }))
    .output(z.object({ removed: z.number().int() })),
  installAdvice: procedure.input(z.object({ hostId: hostIdSchema })).output(installAdviceSchema),
  /** Names in a folder, for path fields: folders first. At most 500. */
  browse: procedure.input(z.object({ hostId: hostIdSchema, folder: hostPathSchema })).output(
    z.object({
      folder: hostPathSchema,
      parent: hostPathSchema.nullable(),
      entries: z.array(z.object({ name: hostPathSchema, isFolder: z.boolean() })),
      isCut: z.boolean(),
    }),
  ),
};
