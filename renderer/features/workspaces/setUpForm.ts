import { type RecipeChoice, type RecipeKind, recipeChoiceSchema } from '#core/contract/recipes.ts';
import { wholePath } from './workspaceForm.ts';

/** What a person types to set software up. What one recipe asks stays while another is looked at. */
export interface SetUpForm {
  readonly kind: RecipeKind;
  readonly image: string;
  /** Whether Spack comes from an address or from a path of the workspace's host. */
  readonly from: 'git' | 'path';
  readonly address: string;
  readonly path: string;
  /** Branch or tag; empty for the repository's own default. */
  readonly reference: string;
  readonly buildJobs: string;
  readonly installer: string;
  readonly folder: string;
  /** Names with spaces between them. */
  readonly pythonPackages: string;
  readonly wheels: string;
  readonly rPackages: string;
  readonly repository: string;
}

export type SetUpField = Exclude<keyof SetUpForm, 'kind' | 'from'>;

interface SetUpProblem {
  readonly what: 'missing' | 'bad';
  /** The part that is wrong, where a field takes several words; else all of it. */
  readonly word: string;
}

export interface CheckedSetUp {
  /** Null where something is missing or wrong. */
  readonly choice: RecipeChoice | null;
  readonly problems: ReadonlyMap<SetUpField, SetUpProblem>;
}

/** The form that setting up begins with: few jobs, because login nodes are shared. */
export function emptySetUp(image: string): SetUpForm {
  return {
    kind: 'spack',
    image,
    from: 'git',
    address: '',
    path: '',
    reference: '',
    buildJobs: '2',
    installer: '',
    folder: 'venv',
    pythonPackages: '',
    wheels: '',
    rPackages: '',
    repository: '',
  };
}

/** What was typed → the choice of the contract, or what is wrong with each field of the chosen recipe. */
export function checkSetUp(form: SetUpForm): CheckedSetUp {
  const parsed = recipeChoiceSchema.safeParse(choiceOf(form));
  if (parsed.success) return { choice: parsed.data, problems: new Map() };
  const problems = new Map<SetUpField, SetUpProblem>();
  for (const { path } of parsed.error.issues) {
    const field = fieldOf(form.kind, path);
    if (field === null || problems.has(field)) continue;
    const typed = form[field].trim();
    const place = path.at(-1);
    const word = typeof place === 'number' ? (wordsOf(typed)[place] ?? typed) : typed;
    problems.set(field, { what: typed === '' ? 'missing' : 'bad', word });
  }
  return { choice: null, problems };
}

/** The field in which a recipe names a file or folder of the host; null where it names none. */
export function sourceField({ kind, from }: SetUpForm): SetUpField | null {
  if (kind === 'spack') return from === 'path' ? 'path' : null;
  return kind === 'conda' ? 'installer' : kind === 'pip' ? 'wheels' : null;
}

function choiceOf(form: SetUpForm): unknown {
  const orNull = (typed: string) => (typed.trim() === '' ? null : typed.trim());
  switch (form.kind) {
    case 'spack':
      return {
        kind: 'spack',
        from:
          form.from === 'git'
            ? { kind: 'git', address: form.address.trim() }
            : { kind: 'path', path: wholePath(form.path) },
        reference: orNull(form.reference),
        buildJobs: Number(form.buildJobs),
      };
    case 'conda':
      return { kind: 'conda', installer: wholePath(form.installer) };
    case 'pip':
      return {
        kind: 'pip',
        folder: form.folder.trim(),
        packages: wordsOf(form.pythonPackages),
        // Null would say that none is wanted.
        wheels: form.wheels.trim() === '' ? null : (wholePath(form.wheels) ?? false),
      };
    case 'r':
      return { kind: 'r', packages: wordsOf(form.rPackages), repository: orNull(form.repository) };
  }
}

function wordsOf(typed: string): readonly string[] {
  return typed.split(/\s+/).filter((word) => word !== '');
}

/** The field that a part of the contract's choice comes from. */
function fieldOf(kind: RecipeKind, path: readonly PropertyKey[]): SetUpField | null {
  const name = path.filter((part) => typeof part === 'string').join('.');
  switch (name) {
    case 'from.address':
      return 'address';
    case 'from.path':
      return 'path';
    case 'packages':
      return kind === 'pip' ? 'pythonPackages' : 'rPackages';
    case 'reference':
    case 'buildJobs':
    case 'installer':
    case 'folder':
    case 'wheels':
    case 'repository':
      return name;
    default:
      return null;
  }
}
