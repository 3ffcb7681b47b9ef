import { z } from 'zod';
import { procedure } from './errors.ts';
import { hostPathSchema } from './hostPath.ts';
import { hostIdSchema, workspaceIdSchema } from './ids.ts';
import { actionInputSchema } from './images.ts';
import { actionOptionsSchema } from './runtime.ts';

export const recipeKindSchema = z.enum(['spack', 'conda', 'pip', 'r']);
export type RecipeKind = z.infer<typeof recipeKindSchema>;

/** A name of a folder, or of a package of Python or R with its version: nothing that a program could take for an option. */
const wordSchema = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.+=<>!~,@:/[\]-]{0,255}$/, 'not a name');
const folderSchema = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/, 'not a name of a folder');
/** What git and R fetch from: none that starts a program, and none with a password or token, which others would see. */
const addressSchema = z
  .string()
  .max(4096)
  .regex(
    /^(?:https?|git|file):\/\/(?![^\s/]*@)[^\s]+$|^ssh:\/\/(?![^\s/@]*:[^\s/]*@)[^\s]+$|^[A-Za-z0-9_.-]+@[A-Za-z0-9.-]+:[^\s:][^\s]*$/,
    'not an address',
  );

/** What a person says of each recipe. Files and folders are those of the workspace's host. */
export const recipeChoiceSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('spack'),
    /** A git mirror by its address, or an archive, a bare repository or a folder on the host. */
    from: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('git'), address: addressSchema }),
      z.object({ kind: z.literal('path'), path: hostPathSchema }),
    ]),
    /** Branch or tag of a repository; its own default when null. */
    reference: wordSchema.nullable(),
    buildJobs: z.number().int().min(1).max(64),
  }),
  /** The installer of Miniforge, Miniconda or Anaconda: a shell script. */
  z.object({ kind: z.literal('conda'), installer: hostPathSchema }),
  z.object({
    kind: z.literal('pip'),
    /** Folder of the virtual environment. */
    folder: folderSchema,
    packages: z.array(wordSchema).max(256),
    /** A folder of wheels on the host: nothing is fetched then. */
    wheels: hostPathSchema.nullable(),
  }),
  z.object({
    kind: z.literal('r'),
    packages: z.array(wordSchema).max(256),
    /** Where R fetches packages; R's own setting when null. */
    repository: addressSchema.nullable(),
  }),
]);
export type RecipeChoice = z.infer<typeof recipeChoiceSchema>;

export const recipeSchema = z.object({
  kind: recipeKindSchema,
  title: z.string(),
  /** What it does, step by step, in sentences. */
  steps: z.array(z.string()),
  /** Why it does so, and what to know. */
  reasons: z.array(z.string()),
});
export type Recipe = z.infer<typeof recipeSchema>;

export const recipeInputSchema = z.object({
  hostId: hostIdSchema,
  id: workspaceIdSchema,
  /** In which the recipe runs: what it builds fits this image. */
  imagePath: hostPathSchema,
  options: actionOptionsSchema,
  choice: recipeChoiceSchema,
});
export type RecipeInput = z.infer<typeof recipeInputSchema>;

export const preparedRecipeSchema = z.object({
  /** For a terminal that the person sees. When it ended with 0, the workspace is measured, which notes what is there now. */
  action: actionInputSchema,
  /** What it runs, for whoever wants to read it. */
  script: z.string(),
  warnings: z.array(z.string()),
});
export type PreparedRecipe = z.infer<typeof preparedRecipeSchema>;

export const recipesContract = {
  list: procedure.output(z.object({ recipes: z.array(recipeSchema) })),
  /** Fails with workspace.unknown, host.pathMissing and image.missing; starts nothing. */
  prepare: procedure.input(recipeInputSchema).output(preparedRecipeSchema),
};
