import { localHostId } from '#core/contract/ids.ts';
import type { Client } from '#core/contract/index.ts';
import { type Recipe, type RecipeChoice, recipeChoiceSchema } from '#core/contract/recipes.ts';
import { actionOptions } from './actionArguments.ts';
import { type CommandLine, type CommonOptions, openClient, writeJson } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { UsageError } from './failure.ts';
import { followTask, writeEnd } from './followTask.ts';
import { type ChosenHost, type HostOption, hostFromArgument } from './hostArgument.ts';
import { imageFromArgument } from './imageArgument.ts';
import { pathFromArgument, pathThere } from './pathArgument.ts';
import { printable } from './printable.ts';
import { workspaceFromArgument } from './workspaceArgument.ts';
import { workspaceText } from './workspaceText.ts';

export interface SetUpOptions extends CommonOptions, HostOption {
  readonly image: string;
  readonly from?: string;
  readonly reference?: string;
  readonly jobs: string;
  readonly folder: string;
  readonly bind?: readonly string[];
  readonly dryRun?: boolean;
}

interface Words {
  readonly workspace: string;
  readonly recipe: string;
  readonly packages: readonly string[];
}

/** Runs a recipe on this terminal, then notes what it left. Answers the recipe's own exit status where it failed. */
export async function setUpWorkspace(
  line: CommandLine,
  words: Words,
  options: SetUpOptions,
): Promise<number> {
  actionOptions(options, line.workingFolder); // what is wrong with the words is said before anything is asked of a host
  const client = await openClient(line);
  const host = await hostFromArgument(line, client, options.host);
  const choice = choiceOf(words, options, host);
  const workspace = await workspaceFromArgument(client, host.id, words.workspace);
  const prepared = await client.recipes.prepare({
    hostId: host.id,
    id: workspace.id,
    imagePath: await imageFromArgument(client, host, options.image),
    options: actionOptions(options, host.workingFolder),
    choice,
  });
  if (options.dryRun === true) return await explain(line, client, { choice, prepared }, options);
  for (const warning of prepared.warnings) line.stderr.write(`Warning: ${printable(warning)}\n`);
  const core = await line.openCore();
  const spec = await core.resolveAction(prepared.action, null);
  const release = line.holdInterrupts();
  let status: number;
  try {
    status = await core.runAttached(host.id, spec);
  } finally {
    release();
  }
  if (status !== 0) return status;
  const { taskId } = await client.workspaces.measure({ hostId: host.id, id: workspace.id });
  const task = await followTask(line, client, taskId, options);
  const end = writeEnd(line, task, options, {
    done: () => 'Noted what is there now',
    cancelled: 'Cancelled.',
  });
  if (end === exitStatus.done && options.json !== true)
    line.stdout.write(workspaceText(await workspaceFromArgument(client, host.id, workspace.id)));
  return end;
}

function choiceOf({ recipe, packages }: Words, options: SetUpOptions, host: ChosenHost): RecipeChoice {
  const pathOf = (text: string) =>
    (host.id === localHostId ? pathFromArgument : pathThere)(text, host.workingFolder);
  const { from, reference } = options;
  const needsFrom = (what: string) => new UsageError(`say with --from ${what}`);
  const parse = (value: unknown): RecipeChoice => {
    const parsed = recipeChoiceSchema.safeParse(value);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new UsageError(`${issue?.path.join(' ')}: ${issue?.message}`);
  };
  if (recipe !== 'pip' && recipe !== 'r' && packages.length > 0)
    throw new UsageError(`${recipe} takes no packages here: install them in a shell of the workspace`);
  switch (recipe) {
    case 'spack': {
      if (from === undefined) throw needsFrom('where Spack is: a git address, an archive, or a folder');
      const isAddress = /^[a-z]+:\/\/|^[^/]+@[^/]+:/.test(from);
      const source = isAddress ? { kind: 'git', address: from } : { kind: 'path', path: pathOf(from) };
      return parse({
        kind: recipe,
        from: source,
        reference: reference ?? null,
        buildJobs: Number(options.jobs),
      });
    }
    case 'conda':
      if (from === undefined) throw needsFrom('where the installer is');
      return parse({ kind: recipe, installer: pathOf(from) });
    case 'pip': {
      const wheels = from === undefined ? null : pathOf(from);
      return parse({ kind: recipe, folder: options.folder, packages, wheels });
    }
    default:
      return parse({ kind: 'r', packages, repository: from ?? null });
  }
}

async function explain(
  line: CommandLine,
  client: Client,
  {
    choice,
    prepared,
  }: { readonly choice: RecipeChoice; readonly prepared: Awaited<ReturnType<Client['recipes']['prepare']>> },
  options: CommonOptions,
): Promise<number> {
  const { recipes } = await client.recipes.list();
  const recipe = recipes.find(({ kind }) => kind === choice.kind);
  if (options.json === true) writeJson(line.stdout, { recipe, ...prepared });
  else {
    line.stdout.write(recipe === undefined ? '' : recipeText(recipe));
    line.stderr.write(prepared.script);
  }
  return exitStatus.done;
}

function recipeText({ title, steps, reasons }: Recipe): string {
  const list = (lines: readonly string[]) => lines.map((text) => `  - ${text}\n`).join('');
  return `${title}\n${list(steps)}Why\n${list(reasons)}`;
}
