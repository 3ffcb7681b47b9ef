import type { HostPath } from '#core/contract/hostPath.ts';
import { destinationSchema, type Host, type HostPreferences } from '#core/contract/hosts.ts';
import { typedPath, withoutLastSlash } from '#renderer/ui/typedPath.ts';

/** The preferences of an ssh host, as typed. */
export interface HostForm {
  readonly label: string;
  readonly colour: number;
  readonly destination: string;
  readonly port: string;
  readonly initLines: string;
  /** One path a line. */
  readonly imageFolders: string;
  readonly workspaceFolder: string;
  readonly cacheFolder: string;
  readonly temporaryFolder: string;
  readonly runtimePath: HostPath | null;
  readonly sharesConnection: boolean;
  readonly transferDestination: string;
}

export type HostProblem =
  | 'labelEmpty'
  | 'labelLong'
  | 'labelTaken'
  | 'destinationEmpty'
  | 'destinationBad'
  | 'portBad'
  | 'initLinesLong'
  | 'pathNotAbsolute'
  | 'pathsTooMany'
  | 'pathTwice';
export type HostProblems = Readonly<Partial<Record<keyof HostForm, HostProblem>>>;

export type CheckedHost =
  | { readonly ok: true; readonly preferences: HostPreferences }
  | { readonly ok: false; readonly problems: HostProblems };

/** The form of a host that is not there yet. */
export const emptyHostForm: HostForm = {
  label: '',
  colour: 1,
  destination: '',
  port: '',
  initLines: '',
  imageFolders: '',
  workspaceFolder: '',
  cacheFolder: '',
  temporaryFolder: '',
  runtimePath: null,
  sharesConnection: true,
  transferDestination: '',
};

/** Preferences → what the form shows. */
export function hostFormOf(preferences: HostPreferences): HostForm {
  return {
    ...preferences,
    port: preferences.port === null ? '' : String(preferences.port),
    imageFolders: preferences.imageFolders.join('\n'),
    workspaceFolder: preferences.workspaceFolder ?? '',
    cacheFolder: preferences.cacheFolder ?? '',
    temporaryFolder: preferences.temporaryFolder ?? '',
    transferDestination: preferences.transferDestination ?? '',
  };
}

/** What was typed → preferences of the contract, or everything that is wrong with it. */
export function checkHostForm(form: HostForm, takenLabels: readonly string[]): CheckedHost {
  // Characters that nobody sees could make one name look like another's.
  const label = form.label.replace(/[\p{Cc}\p{Cf}]/gu, '').trim();
  const folders = linesOf(form.imageFolders);
  const problems: HostProblems = {
    ...found('label', labelProblem(label, takenLabels)),
    ...found('destination', destinationProblem(form.destination.trim(), true)),
    ...found('port', portProblem(form.port.trim())),
    ...found('initLines', form.initLines.length > 4096 ? 'initLinesLong' : null),
    ...found('imageFolders', foldersProblem(folders)),
    ...found('workspaceFolder', pathProblem(form.workspaceFolder)),
    ...found('cacheFolder', pathProblem(form.cacheFolder)),
    ...found('temporaryFolder', pathProblem(form.temporaryFolder)),
    ...found('transferDestination', destinationProblem(form.transferDestination.trim(), false)),
  };
  if (Object.keys(problems).length > 0) return { ok: false, problems };
  return {
    ok: true,
    preferences: {
      label,
      colour: form.colour,
      destination: form.destination.trim(),
      port: form.port.trim() === '' ? null : Number(form.port),
      initLines: form.initLines.trim(),
      imageFolders: folders.map(typedPath),
      workspaceFolder: pathOrNull(form.workspaceFolder),
      cacheFolder: pathOrNull(form.cacheFolder),
      temporaryFolder: pathOrNull(form.temporaryFolder),
      runtimePath: form.runtimePath,
      sharesConnection: form.sharesConnection,
      transferDestination: form.transferDestination.trim() === '' ? null : form.transferDestination.trim(),
    },
  };
}

/** What is typed or pasted for a host: a destination, a port, or the whole ssh command that a site's page tells. */
export function readDestination(typed: string): { readonly destination: string; readonly port: string } {
  const words = typed.trim().split(/\s+/);
  const isCommand = words[0] === 'ssh' && words.length > 1;
  const options = isCommand
    ? readSshCommand(words.slice(1))
    : { destination: typed.trim(), port: '', user: '' };
  const plain = options.destination.replace(/^ssh:\/\//, '').replace(/\/$/, '');
  const withPort = /^([^:]+):(\d{1,5})$/.exec(plain);
  const destination = withPort?.[1] ?? plain;
  return {
    destination:
      options.user === '' || destination.includes('@') ? destination : `${options.user}@${destination}`,
    port: options.port === '' ? (withPort?.[2] ?? '') : options.port,
  };
}

function readSshCommand(words: readonly string[]) {
  let port = '';
  let user = '';
  const rest: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '-p') {
      at += 1;
      port = words[at] ?? '';
    } else if (word === '-l') {
      at += 1;
      user = words[at] ?? '';
    } else rest.push(word);
  }
  // Any other option stays, and is told as a problem: it belongs into the ssh configuration.
  return { destination: rest.join(' '), port, user };
}

/** A name for a host that is reached by a destination: its alias, or the first part of its machine's name. */
export function proposeLabel(destination: string, takenLabels: readonly string[]): string {
  const machine = destination.slice(destination.lastIndexOf('@') + 1).replace(/^\[|\]$/g, '');
  const isAddress = /^[\d.]+$/.test(machine) || machine.includes(':');
  const first = machine.split('.')[0] ?? machine;
  const isRole = /^(login|login\d+|log|ssh|gateway|gw|head|frontend)\d*$/.test(first);
  const base = (isAddress ? machine : isRole ? (machine.split('.')[1] ?? first) : first).slice(0, 60);
  if (!takenLabels.includes(base)) return base;
  let number = 2;
  while (takenLabels.includes(`${base} ${number}`)) number += 1;
  return `${base} ${number}`;
}

/** The colour (1 to 4) that the fewest hosts have. */
export function proposeColour(hosts: readonly Host[]): number {
  const uses = (colour: number) => hosts.filter((host) => host.colour === colour).length;
  return [1, 2, 3, 4].reduce((best, colour) => (uses(colour) < uses(best) ? colour : best));
}

/** Adds a path to the lines of a field, unless it is there. */
export function withLine(lines: string, path: HostPath): string {
  const known = linesOf(lines);
  return known.includes(path) ? lines : [...known, path].join('\n');
}

/** The lines of a field that say something. */
export function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function found(field: keyof HostForm, problem: HostProblem | null): HostProblems {
  return problem === null ? {} : { [field]: problem };
}

function labelProblem(label: string, takenLabels: readonly string[]): HostProblem | null {
  if (label === '') return 'labelEmpty';
  if (label.length > 64) return 'labelLong';
  return takenLabels.includes(label) ? 'labelTaken' : null;
}

function destinationProblem(destination: string, isNeeded: boolean): HostProblem | null {
  if (destination === '') return isNeeded ? 'destinationEmpty' : null;
  return destinationSchema.safeParse(destination).success ? null : 'destinationBad';
}

function portProblem(port: string): HostProblem | null {
  if (port === '') return null;
  const number = Number(port);
  return /^\d+$/.test(port) && number >= 1 && number <= 65_535 ? null : 'portBad';
}

function foldersProblem(folders: readonly string[]): HostProblem | null {
  if (folders.length > 32) return 'pathsTooMany';
  if (new Set(folders).size < folders.length) return 'pathTwice';
  return folders.every((folder) => folder.startsWith('/')) ? null : 'pathNotAbsolute';
}

function pathProblem(path: string): HostProblem | null {
  const typed = path.trim();
  return typed === '' || typed.startsWith('/') ? null : 'pathNotAbsolute';
}

function pathOrNull(path: string): HostPath | null {
  const typed = path.trim();
  return typed === '' ? null : typedPath(withoutLastSlash(typed));
}
