import { z } from 'zod';
import { procedure } from './errors.ts';
import { hostPathSchema } from './hostPath.ts';
import { hostIdSchema } from './ids.ts';

/** The longest definition file that is read, linted or written, in bytes (and, as text, in UTF-16 units). */
export const definitionLimitBytes = 1_048_576;

const definitionTextSchema = z.string().max(definitionLimitBytes);

/** A part of a text. */
export const textRangeSchema = z.object({
  /** Offsets in UTF-16 units, as an editor counts; `to` is the first one after the part. */
  from: z.number().int(),
  to: z.number().int(),
  /** Line and column of `from` and of `to`, from 1 on. */
  line: z.number().int(),
  column: z.number().int(),
  endLine: z.number().int(),
  endColumn: z.number().int(),
});
export type TextRange = z.infer<typeof textRangeSchema>;

/** A change of a text: what lies between two offsets becomes `text`. */
export const textEditSchema = z.object({ from: z.number().int(), to: z.number().int(), text: z.string() });
export type TextEdit = z.infer<typeof textEditSchema>;

export const findingSeveritySchema = z.enum(['error', 'warning', 'hint']);
export type FindingSeverity = z.infer<typeof findingSeveritySchema>;

/** What lint says about a place of a definition file. */
export const findingSchema = z.object({
  /** Permanent: `section.unknown`. */
  code: z.string(),
  /** error: a build of it fails; warning: it builds, and hardly does what was meant; hint: worth knowing. */
  severity: findingSeveritySchema,
  range: textRangeSchema,
  /** One short sentence. */
  message: z.string(),
  /** Why, and what to do. */
  detail: z.string(),
  fix: z.object({ title: z.string(), edits: z.array(textEditSchema) }).nullable(),
  /** The runtime refuses the file while it reads it, before it builds anything. */
  isRefused: z.boolean(),
  /** A part of what the runtime prints then; null where it prints nothing about it. */
  runtimeSays: z.string().nullable(),
});
export type Finding = z.infer<typeof findingSchema>;

const outlineSectionSchema = z.object({
  /** In lower case, as the runtime takes it: `post`, `apprun`. */
  name: z.string(),
  /** What follows the name on its line; null when nothing does. */
  argument: z.string().nullable(),
  range: textRangeSchema,
});
export const outlineSchema = z.object({
  stages: z.array(
    z.object({
      /** Of the `Stage:` header. */
      name: z.string().nullable(),
      /** Values of `Bootstrap:` and `From:`, with build arguments put in where they are known. */
      agent: z.string().nullable(),
      base: z.string().nullable(),
      range: textRangeSchema,
      headers: z.array(z.object({ name: z.string(), value: z.string(), range: textRangeSchema })),
      sections: z.array(outlineSectionSchema),
      /** Steps of `%post`, in order. */
      checkpoints: z.array(z.object({ name: z.string(), range: textRangeSchema })),
    }),
  ),
  /** What a build may or must be given: `defaultValue` is null where the file has none. */
  buildArguments: z.array(
    z.object({ name: z.string(), defaultValue: z.string().nullable(), isSecret: z.boolean() }),
  ),
});
export type Outline = z.infer<typeof outlineSchema>;

/** A word that an editor offers, with what it says when the pointer rests on it. */
const definitionWordSchema = z.object({ name: z.string(), detail: z.string(), documentation: z.string() });
export type DefinitionWord = z.infer<typeof definitionWordSchema>;

export const definitionWordsSchema = z.object({
  agents: z.array(
    definitionWordSchema.extend({
      requiredHeaders: z.array(z.string()),
      optionalHeaders: z.array(z.string()),
    }),
  ),
  headers: z.array(definitionWordSchema),
  sections: z.array(
    definitionWordSchema.extend({
      /** host: as you, on the machine that builds; container: in the new image; file: it is text, not run. */
      runs: z.enum(['host', 'container', 'file']),
      /** What may follow the name, such as `from STAGE`; null when nothing does. */
      argument: z.string().nullable(),
      isApp: z.boolean(),
    }),
  ),
});
export type DefinitionWords = z.infer<typeof definitionWordsSchema>;

export const definitionTemplateSchema = z.object({
  /** File name without its ending: `mpi-hybrid`. */
  id: z.string(),
  title: z.string(),
  description: z.string(),
  text: z.string(),
});
export type DefinitionTemplate = z.infer<typeof definitionTemplateSchema>;

export const convertedDockerfileSchema = z.object({
  definition: z.string(),
  /** What was not carried over, or not exactly: line (from 1 on) of the Dockerfile, its text, and why. */
  unsupported: z.array(z.object({ line: z.number().int(), text: z.string(), reason: z.string() })),
});
export type ConvertedDockerfile = z.infer<typeof convertedDockerfileSchema>;

const savedDefinitionSchema = z.object({
  path: hostPathSchema,
  /** Milliseconds since 1970, with their fraction: says whether the file on the disk is still this one. */
  modifiedAt: z.number(),
});

export const definitionsContract = {
  /** Findings in the order of the text, for what the doctor knows of the host. For the newest runtimes where `hostId` is null, or the host has none. Fails with host.*. */
  lint: procedure
    .input(
      z.object({
        text: definitionTextSchema,
        hostId: hostIdSchema.nullable(),
        buildArguments: z.record(z.string().max(256), z.string().max(65_536)),
      }),
    )
    .output(z.object({ findings: z.array(findingSchema), outline: outlineSchema })),
  /** Fails with host.pathMissing, host.permissionDenied, and input.invalid when it is too long or no UTF-8 text. */
  read: procedure
    .input(z.object({ hostId: hostIdSchema, path: hostPathSchema }))
    .output(savedDefinitionSchema.extend({ text: definitionTextSchema, isDockerfile: z.boolean() })),
  /**
   * Replaces the file at once, or leaves it as it was; links are followed. `expectedModifiedAt` is what `read` or the
   * last `write` said; null for a file that is not there yet. Fails with input.changedOnDisk when it is another one now.
   */
  write: procedure
    .input(
      z.object({
        hostId: hostIdSchema,
        path: hostPathSchema,
        text: definitionTextSchema,
        expectedModifiedAt: z.number().nullable(),
      }),
    )
    .output(savedDefinitionSchema),
  templates: procedure.output(z.object({ templates: z.array(definitionTemplateSchema) })),
  convertDockerfile: procedure
    .input(z.object({ text: definitionTextSchema }))
    .output(convertedDockerfileSchema),
  /** What an editor completes and explains. */
  words: procedure.output(definitionWordsSchema),
};
