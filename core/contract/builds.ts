import { z } from 'zod';
import { errorReportSchema, procedure } from './errors.ts';
import { hostPathSchema } from './hostPath.ts';
import { hostIdSchema, localHostId, taskIdSchema } from './ids.ts';
import { compressionSchema, imageFormSchema } from './images.ts';

/** Definition files are texts of people; what is longer is something else. */
export const longestDefinition = 1_048_576;

/** The machine on which a definition and the files that it names lie. */
const definitionHostSchema = hostIdSchema.default(localHostId);

/** A definition file, or its text and the folder that its relative paths start from. */
export const definitionSourceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('file'), hostId: definitionHostSchema, path: hostPathSchema }),
  z.object({
    kind: z.literal('text'),
    hostId: definitionHostSchema,
    text: z.string().min(1).max(longestDefinition),
    folder: hostPathSchema,
    /** What the image is called when nothing else is said, and what the history calls it. */
    name: z.string().min(1).max(255),
  }),
]);
export type DefinitionSource = z.infer<typeof definitionSourceSchema>;

/** A value for `{{ name }}`. A secret one is not stored and masked in logs; null is one that was dropped. */
export const buildArgumentSchema = z.object({
  name: z.string().regex(/^\w{1,128}$/),
  /** One line; the runtime cuts spaces off at its ends, so there may be none. */
  value: z
    .string()
    .max(8192)
    .refine((value) => value.trim() === value && !/[\r\n\0]/.test(value), 'one line, no spaces at its ends')
    .nullable(),
  isSecret: z.boolean(),
});
export type BuildArgument = z.infer<typeof buildArgumentSchema>;

/** What a build does besides the definition. */
export const buildOptionsSchema = z.object({
  form: imageFormSchema,
  /** As `--bind` takes them, paths of the machine that builds. */
  binds: z.array(z.string().min(1).max(8192)).max(64),
  nv: z.boolean(),
  /** OCI name; the host's own when null. */
  architecture: z.string().max(32).nullable(),
  noTest: z.boolean(),
  /** Of a SIF; the choice of the settings when null. */
  compression: compressionSchema.nullable(),
  /** Seconds since 1970 that stand for every time in the image (`SOURCE_DATE_EPOCH`); null for the clock. */
  sourceDateEpoch: z.number().int().nonnegative().nullable(),
  /** What becomes of the checkpoints in %post: those kept are built on, all are made anew, or there are none. */
  checkpoints: z.enum(['use', 'anew', 'off']).default('use'),
});
export type BuildOptions = z.infer<typeof buildOptionsSchema>;

/** What stands for something that a definition names (a source of `%files`, a local base): it was picked elsewhere. */
export const pickedFileSchema = z.object({
  /** As the definition names it, with the values of build arguments in place. */
  source: z.string().min(1).max(16_384),
  hostId: hostIdSchema,
  /** The whole path of a file or folder; no pattern. */
  path: hostPathSchema,
});
export type PickedFile = z.infer<typeof pickedFileSchema>;

/** Whose rights a build has: the person's own, as far as the runtime's ways lead, or root's through sudo in a terminal. */
const buildRightsSchema = z.enum(['own', 'sudo']).default('own');

export const buildInputSchema = buildOptionsSchema.extend({
  definition: definitionSourceSchema,
  way: buildRightsSchema,
  /** Files that do not lie where the definition says. Of two for one source the last counts. */
  elsewhere: z.array(pickedFileSchema).max(1000).default([]),
  /** Where it is built. */
  hostId: hostIdSchema,
  /** Where the image comes to: this machine, or the host that builds. */
  target: z.object({
    hostId: hostIdSchema,
    /** The default image folder when null. */
    folder: hostPathSchema.nullable(),
    /** From the definition's name when null. */
    fileName: hostPathSchema.nullable(),
  }),
  buildArguments: z.array(buildArgumentSchema).max(256),
  /** A SIF that has the name is replaced; a folder never is. */
  overwrite: z.boolean(),
  /** On the machine that builds; the choice of the settings when null. */
  temporaryFolder: hostPathSchema.nullable(),
});
export type BuildInput = z.infer<typeof buildInputSchema>;

/** Something that a build needs beside the definition: `%files` sources and local bases. */
export const neededFileSchema = z.object({
  /** As the definition names it. */
  source: z.string(),
  /** 1-based line of the definition. */
  line: z.number().int().positive(),
  /** there: only on the machine that builds, and used as it is. */
  kind: z.enum(['file', 'folder', 'there', 'missing']),
  /** The machine on which it lies, or was looked for. */
  hostId: hostIdSchema,
  /** Where it was picked; null where it lies as the definition says. */
  pickedPath: hostPathSchema.nullable(),
  /** Goes to the machine that builds, and away with the build; false where it is used as it lies. */
  isSent: z.boolean(),
  /** Of everything below it. */
  sizeBytes: z.number().nonnegative(),
  count: z.number().int().nonnegative(),
});
export type NeededFile = z.infer<typeof neededFileSchema>;

export const buildPlanSchema = z.object({
  target: hostPathSchema,
  exists: z.object({ sizeBytes: z.number().nonnegative() }).nullable(),
  /** How the build gets its rights on that machine. */
  way: z.object({
    mode: z.enum([
      'root',
      'sudo',
      'subuid',
      'rootMapped',
      'rootMappedWithCommand',
      'commandOnly',
      'proot',
      'none',
    ]),
    /** False where nothing of it can be built there. */
    canBuild: z.boolean(),
    sentence: z.string(),
    /** What will not work with it, in sentences. */
    limits: z.array(z.string()),
    /** Known from documentation only: no test of the project executes it. */
    isFromDocumentation: z.boolean(),
    /** What a person would type to build as root instead; null where one is root. */
    asRoot: z.string().nullable(),
    /** Whether `way: 'sudo'` can be chosen for this host. */
    canSudo: z.boolean(),
  }),
  /** `%files` sources and local bases. */
  files: z.array(neededFileSchema),
  /** Of those that are sent to the machine that builds; without what only parts need that a host has kept. */
  sentBytes: z.number().nonnegative(),
  space: z.object({
    folder: hostPathSchema,
    freeBytes: z.number().nonnegative(),
    /** What the local bases and files take unpacked; null where a base comes from elsewhere. */
    neededBytes: z.number().nonnegative().nullable(),
  }),
  compressions: z.array(compressionSchema),
  /**
   * Those that the build makes, in their order: it begins after the last one that is kept. What is said of a base of a
   * registry holds for the image that it was when it was asked last.
   */
  checkpoints: z.array(
    z.object({
      name: z.string(),
      /** 1-based line of the marker. */
      line: z.number().int().positive(),
      isKept: z.boolean(),
      /** Of the image that is kept. */
      sizeBytes: z.number().nonnegative().nullable(),
    }),
  ),
  /** What a person should know before it begins, in sentences. */
  warnings: z.array(z.string()),
  byHand: z.string(),
  means: z.string(),
});
export type BuildPlan = z.infer<typeof buildPlanSchema>;

export const buildPhases = [
  'send',
  'bootstrap',
  'files',
  'post',
  'test',
  'squashfs',
  'sif',
  'receive',
] as const;
export const buildPhaseSchema = z.enum(buildPhases);
export type BuildPhase = z.infer<typeof buildPhaseSchema>;

/** Milliseconds since 1970; `endedAt` null while it runs. A phase of a definition with stages comes more than once. */
export const phaseTimeSchema = z.object({
  phase: buildPhaseSchema,
  startedAt: z.number(),
  endedAt: z.number().nullable(),
});
export type PhaseTime = z.infer<typeof phaseTimeSchema>;

export const buildTestSchema = z.enum(['none', 'skipped', 'passed', 'failed']);
export type BuildTest = z.infer<typeof buildTestSchema>;

/** A row of the history. Times are milliseconds since 1970. */
export const buildSummarySchema = z.object({
  id: taskIdSchema,
  name: z.string(),
  hostId: hostIdSchema,
  hostLabel: z.string(),
  target: hostPathSchema,
  targetHostId: hostIdSchema,
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  outcome: z.enum(['running', 'succeeded', 'failed', 'cancelled']),
  /** `sha256:…` of the SIF. */
  digest: z.string().nullable(),
  sizeBytes: z.number().nonnegative().nullable(),
  test: buildTestSchema,
});
export type BuildSummary = z.infer<typeof buildSummarySchema>;

/** Everything that is kept of a build. Values of secret arguments are not. */
export const buildRecordSchema = buildSummarySchema.extend({
  version: z.literal(1),
  definition: z.object({
    hostId: definitionHostSchema,
    path: hostPathSchema.nullable(),
    folder: hostPathSchema,
    text: z.string().max(longestDefinition),
  }),
  elsewhere: z.array(pickedFileSchema).max(1000).default([]),
  runtime: z.object({ product: z.string().max(64), version: z.string().max(160) }),
  architecture: z.string().max(64),
  way: buildRightsSchema,
  options: buildOptionsSchema,
  buildArguments: z.array(buildArgumentSchema).max(256),
  phases: z.array(phaseTimeSchema).max(512),
  error: errorReportSchema.nullable(),
});
export type BuildRecord = z.infer<typeof buildRecordSchema>;

/** What the image's own %test last said, when the workbench ran it. */
export const imageTestSchema = z.object({
  outcome: z.enum(['passed', 'failed']),
  exitStatus: z.number().int().nullable(),
  /** Milliseconds since 1970. */
  testedAt: z.number(),
  durationMs: z.number().nonnegative(),
  /** The end of what it wrote. */
  output: z.string(),
});
export type ImageTest = z.infer<typeof imageTestSchema>;

/** The machine on which checkpoints are kept: the one that built. */
const checkpointHostSchema = hostIdSchema.default(localHostId);

/** A checkpoint that is kept. Times are milliseconds since 1970. */
export const keptCheckpointSchema = z.object({
  /** Of everything above it that decides what it holds: 64 hex digits. */
  key: z.string().regex(/^[0-9a-f]{64}$/),
  name: z.string().max(1024),
  definitionName: z.string().max(1024),
  sizeBytes: z.number().nonnegative(),
  createdAt: z.number(),
  lastUsedAt: z.number(),
});
export type KeptCheckpoint = z.infer<typeof keptCheckpointSchema>;

const imagePath = z.object({ hostId: hostIdSchema, path: hostPathSchema });
const oneBuild = z.object({ id: taskIdSchema });
export const testInputSchema = imagePath;
export type TestInput = z.infer<typeof testInputSchema>;

export const buildsContract = {
  /** What a build of this input would do; fails as the build would on what can be known before. */
  plan: procedure.input(buildInputSchema).output(buildPlanSchema),
  build: procedure.input(buildInputSchema).output(z.object({ taskId: taskIdSchema })),
  /** Newest first. */
  history: procedure.output(z.object({ builds: z.array(buildSummarySchema) })),
  /** Takes builds off the history; their images and logs stay. Fails with input.invalid for one that runs. */
  forget: procedure.input(z.object({ ids: z.array(taskIdSchema).max(1000) })).output(z.object({})),
  /** Fails with build.unknown. */
  detail: procedure.input(oneBuild).output(buildRecordSchema),
  /** The same build again. Fails with input.invalid where a secret argument would be missing. */
  rerun: procedure
    .input(oneBuild.extend({ overwrite: z.boolean() }))
    .output(z.object({ taskId: taskIdSchema })),
  /** A sentence for the methods section of a paper. */
  methods: procedure.input(oneBuild).output(z.object({ text: z.string() })),
  /** The build that made an unchanged image, and what its test last said; nulls where that is not known. */
  howMade: procedure
    .input(imagePath)
    .output(z.object({ build: buildSummarySchema.nullable(), test: imageTestSchema.nullable() })),
  /** Kept checkpoints, the last used first, and how many days and bytes of them stay without being asked. */
  checkpoints: procedure.input(z.object({ hostId: checkpointHostSchema }).optional()).output(
    z.object({
      folder: hostPathSchema,
      checkpoints: z.array(keptCheckpointSchema),
      keptDays: z.number(),
      capBytes: z.number(),
    }),
  ),
  /** Removes those named, those not used for some days, and the least used until the others take so many bytes. */
  removeCheckpoints: procedure
    .input(
      z.object({
        hostId: checkpointHostSchema,
        keys: z.array(keptCheckpointSchema.shape.key).max(10_000),
        olderThanDays: z.number().nonnegative().nullable(),
        keepBytes: z.number().nonnegative().nullable(),
      }),
    )
    .output(z.object({ removed: z.array(keptCheckpointSchema) })),
  /** Runs the image's %test and remembers what it said; the result's fact `test` is `none` where there is no %test. */
  test: procedure.input(testInputSchema).output(z.object({ taskId: taskIdSchema })),
};
