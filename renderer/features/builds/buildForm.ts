import type { BuildArgument, BuildInput, BuildPlan, BuildRecord, PickedFile } from '#core/contract/builds.ts';
import type { Outline } from '#core/contract/definitions.ts';
import { baseName, folderName, type HostPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import { localHostId } from '#core/contract/ids.ts';
import type { Compression, ImageForm } from '#core/contract/images.ts';
import { typedPath, withoutLastSlash } from '#renderer/ui/typedPath.ts';
import type { AskedBuild, OpenDocument } from './buildsState.ts';

/** A build argument as typed. */
export interface ArgumentRow {
  readonly id: number;
  readonly name: string;
  readonly value: string;
  readonly isSecret: boolean;
  /** What the definition has for it; null where it must be given, undefined where the definition does not name it. */
  readonly defaultValue: string | null | undefined;
}

/** The form of a build, as typed. */
export interface BuildForm {
  readonly hostId: HostId;
  /** The image comes to this machine though it is built elsewhere. */
  readonly comesHere: boolean;
  readonly form: ImageForm;
  /** Null is the default folder of the machine that it comes to. */
  readonly folder: string | null;
  /** Null while it follows the definition. */
  readonly fileName: string | null;
  readonly arguments: readonly ArgumentRow[];
  /** What the definition names, and lies elsewhere. */
  readonly picked: readonly PickedFile[];
  /** One a line. */
  readonly binds: string;
  readonly nv: boolean;
  /** Null is the host's own. */
  readonly architecture: string | null;
  readonly noTest: boolean;
  /** Null is the setting's. */
  readonly compression: Compression | null;
  readonly isReproducible: boolean;
  /** Seconds since 1970, as typed. */
  readonly epoch: string;
  /** Whose rights the build has. */
  readonly way: BuildInput['way'];
  /** What becomes of checkpoints in %post. */
  readonly checkpoints: BuildInput['checkpoints'];
  readonly overwrite: boolean;
  /** Empty is the setting's. */
  readonly temporaryFolder: string;
}

export type ArgumentProblem = 'name' | 'twice' | 'value' | 'missing';

export interface CheckedBuild {
  readonly folderProblem: 'notAbsolute' | null;
  readonly temporaryFolderProblem: 'notAbsolute' | null;
  readonly fileNameProblem: 'empty' | 'slash' | null;
  readonly epochProblem: boolean;
  readonly argumentProblems: ReadonlyMap<number, ArgumentProblem>;
  /** Null where something is missing or wrong. */
  readonly input: BuildInput | null;
  /** The same for `builds.plan`: what is secret does not leave the form while it is typed. */
  readonly question: BuildInput | null;
}

/** Stands for a secret that is still being typed. */
const secretStandIn = 'secret';

/** The form that a document's build begins with; `like` is a build to repeat. */
export function firstForm(options: {
  readonly document: OpenDocument;
  readonly outline: Outline | null;
  readonly hostId: HostId;
  readonly like: BuildRecord | null;
}): BuildForm {
  const { document, outline, hostId, like } = options;
  const rows = argumentRows(outline, like?.buildArguments ?? []);
  const seconds = Math.floor((document.modifiedAt ?? 0) / 1000);
  return {
    hostId: like?.hostId ?? hostId,
    comesHere: like === null || like.targetHostId === localHostId,
    form: like?.options.form ?? 'sif',
    folder: like === null ? null : folderName(like.target),
    fileName: like === null ? null : baseName(like.target),
    arguments: rows,
    picked: like?.elsewhere ?? [],
    binds: like?.options.binds.join('\n') ?? '',
    nv: like?.options.nv ?? false,
    architecture: like?.options.architecture ?? null,
    noTest: like?.options.noTest ?? false,
    compression: like?.options.compression ?? null,
    isReproducible: (like?.options.sourceDateEpoch ?? null) !== null,
    epoch: String(like?.options.sourceDateEpoch ?? seconds),
    way: like?.way ?? 'own',
    checkpoints: like?.options.checkpoints ?? 'use',
    overwrite: false,
    temporaryFolder: '',
  };
}

function argumentRows(outline: Outline | null, given: readonly BuildArgument[]): readonly ArgumentRow[] {
  const values = new Map(given.map((argument) => [argument.name, argument]));
  const known = outline?.buildArguments ?? [];
  const names = new Set(known.map(({ name }) => name));
  return [
    ...known.map(({ name, defaultValue, isSecret }) => ({
      name,
      value: values.get(name)?.value ?? '',
      isSecret: values.get(name)?.isSecret ?? isSecret,
      defaultValue,
    })),
    ...given
      .filter(({ name }) => !names.has(name))
      .map(({ name, value, isSecret }) => ({ name, value: value ?? '', isSecret, defaultValue: undefined })),
  ].map((row, index) => ({ id: index + 1, ...row }));
}

/** What was typed → what is wrong with it, and the input of the calls. */
export function checkBuild(form: BuildForm, document: OpenDocument, textFolder: HostPath): CheckedBuild {
  const folder = withoutLastSlash((form.folder ?? '').trim());
  const temporaryFolder = withoutLastSlash(form.temporaryFolder.trim());
  const epoch = form.epoch.trim();
  const problems = {
    folderProblem: isRelative(folder) ? ('notAbsolute' as const) : null,
    temporaryFolderProblem: isRelative(temporaryFolder) ? ('notAbsolute' as const) : null,
    fileNameProblem: fileNameProblem(form.fileName),
    epochProblem: form.isReproducible && !/^\d{1,12}$/.test(epoch),
    argumentProblems: argumentProblems(form.arguments),
  };
  const hasProblem =
    problems.folderProblem !== null ||
    problems.temporaryFolderProblem !== null ||
    problems.fileNameProblem !== null ||
    problems.epochProblem ||
    problems.argumentProblems.size > 0;
  if (hasProblem || document.text === '') return { ...problems, input: null, question: null };
  const input: BuildInput = {
    definition:
      document.path !== null && document.text === document.savedText
        ? { kind: 'file', hostId: document.hostId, path: document.path }
        : {
            kind: 'text',
            hostId: document.hostId,
            text: document.text,
            folder: document.path === null ? textFolder : folderName(document.path),
            name: document.name,
          },
    elsewhere: [...form.picked],
    hostId: form.hostId,
    target: {
      hostId: form.comesHere ? localHostId : form.hostId,
      folder: folder === '' ? null : typedPath(folder),
      fileName: form.fileName === null ? null : typedPath(form.fileName),
    },
    form: form.form,
    buildArguments: form.arguments.flatMap(({ name, value, isSecret, defaultValue }) =>
      value === '' && typeof defaultValue === 'string' ? [] : [{ name, value, isSecret }],
    ),
    binds: form.binds.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()])),
    nv: form.nv,
    architecture: form.architecture,
    noTest: form.noTest,
    compression: form.form === 'sif' ? form.compression : null,
    sourceDateEpoch: form.isReproducible ? Number(epoch) : null,
    way: form.way,
    checkpoints: form.checkpoints,
    overwrite: form.overwrite,
    temporaryFolder: temporaryFolder === '' ? null : typedPath(temporaryFolder),
  };
  const buildArguments = input.buildArguments.map((argument) =>
    argument.isSecret ? { ...argument, value: secretStandIn } : argument,
  );
  return { ...problems, input, question: { ...input, buildArguments } };
}

/** What lint is told of a form: a value that is secret, or not typed yet, is only known to be given. */
export function askedBuild({ hostId, arguments: rows }: BuildForm): AskedBuild {
  const given = rows.filter(({ name, value }) => name !== '' && value !== '');
  return {
    hostId,
    buildArguments: Object.fromEntries(
      given.map(({ name, value, isSecret }) => [name, isSecret ? secretStandIn : value]),
    ),
  };
}

/** The picked files with one more; each source has one place. */
export function withPicked(picked: readonly PickedFile[], one: PickedFile): readonly PickedFile[] {
  return [...picked.filter(({ source }) => source !== one.source), one];
}

function isRelative(path: string): boolean {
  return path !== '' && !path.startsWith('/');
}

function fileNameProblem(fileName: string | null): 'empty' | 'slash' | null {
  if (fileName === null) return null;
  if (fileName.trim() === '') return 'empty';
  return fileName.includes('/') ? 'slash' : null;
}

/** The runtime cuts spaces off the ends of a value, so there may be none. */
function argumentProblems(rows: readonly ArgumentRow[]): ReadonlyMap<number, ArgumentProblem> {
  const problems = new Map<number, ArgumentProblem>();
  const names = new Set<string>();
  for (const { id, name, value, defaultValue } of rows) {
    if (!/^\w{1,128}$/.test(name)) problems.set(id, 'name');
    else if (names.has(name)) problems.set(id, 'twice');
    else if (value === '' && defaultValue === null) problems.set(id, 'missing');
    else if (value.trim() !== value) problems.set(id, 'value');
    names.add(name);
  }
  return problems;
}

/** Whether a plan is one that can be started. */
export function canStart(plan: BuildPlan, overwrite: boolean): boolean {
  return (
    plan.way.canBuild &&
    (plan.exists === null || overwrite) &&
    !plan.files.some(({ kind }) => kind === 'missing')
  );
}
