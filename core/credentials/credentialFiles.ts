import { homedir } from 'node:os';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { RuntimeProduct } from '#core/contract/runtime.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import type { HostFiles } from '#core/hosts/host.ts';
import { configLimitBytes, type DockerConfig, parseDockerConfig } from './dockerConfig.ts';

/** A file with credentials, as it was just read. It is never written. */
export interface CredentialFile {
  readonly path: HostPath;
  /** For sentences: `~/.docker/config.json`. */
  readonly shown: string;
  readonly state: 'missing' | 'broken' | 'read';
  /** Null unless it was read. */
  readonly config: DockerConfig | null;
  /** The end of a sentence that begins with the file, where it is broken. */
  readonly problem: string | null;
}

/** Where the runtime looks: into its own file when that exists, else (Apptainer) into another. */
export interface RuntimeFiles {
  readonly own: HostPath;
  readonly fallback: HostPath | null;
}

/** Where credentials may be on a machine. */
export interface CredentialPlaces {
  readonly home: HostPath;
  readonly runtime: Readonly<Record<'apptainer' | 'singularity', RuntimeFiles>>;
  readonly docker: HostPath;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Places on a machine whose environment is known (`{}`: the usual ones below its home folder). Apptainer does not read
 * DOCKER_CONFIG; with a configuration folder of its own it falls back to `config.json` there, not to Docker's file.
 * SingularityCE has no fallback. Source: pkg/syfs/syfs.go of both; Apptainer's was seen with 1.4.5.
 */
export function credentialPlaces(environment: Environment, home: HostPath): CredentialPlaces {
  const named = (...names: readonly string[]): HostPath | null => {
    const value = names.map((name) => environment[name]).find((text) => text !== undefined && text !== '');
    return value?.startsWith('/') === true ? hostPathFromText(value) : null;
  };
  const dockerOfHome = dockerFileOf(home);
  const dockerFolder = named('DOCKER_CONFIG');
  const apptainerFolder = named('APPTAINER_CONFIGDIR', 'SINGULARITY_CONFIGDIR');
  const singularityFolder = named('SINGULARITY_CONFIGDIR') ?? below(home, '.singularity');
  return {
    home,
    runtime: {
      apptainer: {
        own: below(apptainerFolder ?? below(home, '.apptainer'), 'docker-config.json'),
        fallback: apptainerFolder === null ? dockerOfHome : below(apptainerFolder, 'config.json'),
      },
      singularity: { own: below(singularityFolder, 'docker-config.json'), fallback: null },
    },
    docker: dockerFolder === null ? dockerOfHome : below(dockerFolder, 'config.json'),
  };
}

function dockerFileOf(home: HostPath): HostPath {
  return below(home, '.docker', 'config.json');
}

function below(folder: HostPath, ...names: readonly string[]): HostPath {
  return names.reduce<HostPath>((path, name) => joinPath(path, hostPathFromText(name)), folder);
}

/** The home folder of an environment. */
export function homeOf(environment: Environment): HostPath {
  const { HOME: home } = environment;
  return hostPathFromText(home?.startsWith('/') === true ? home : homedir());
}

/** Where a product of the two families looks. */
export function runtimeFilesFor(places: CredentialPlaces, product: RuntimeProduct): RuntimeFiles {
  return places.runtime[product === 'apptainer' ? 'apptainer' : 'singularity'];
}

/** The files in the order in which they count for us; each once. */
export async function readCredentialFiles(
  files: HostFiles,
  places: CredentialPlaces,
): Promise<readonly CredentialFile[]> {
  const { apptainer, singularity } = places.runtime;
  const own = await readCredentialFile(files, apptainer.own, places.home);
  // As the runtime itself would: its fallback counts only where its own file is not there.
  const fallback = own.state === 'missing' ? apptainer.fallback : null;
  const isDockers = fallback === dockerFileOf(places.home);
  const others = [
    ...(fallback === null || isDockers ? [] : [fallback]),
    singularity.own,
    places.docker,
    ...(fallback !== null && isDockers ? [fallback] : []),
  ];
  const rest = [...new Set(others)].filter((path) => path !== own.path);
  return [own, ...(await Promise.all(rest.map((path) => readCredentialFile(files, path, places.home))))];
}

/** Reads a file of a host, at most 256 KiB. What is wrong with it is told in the result, never thrown. */
export async function readCredentialFile(
  files: HostFiles,
  path: HostPath,
  home: HostPath,
): Promise<CredentialFile> {
  const shown = path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
  const broken = (problem: string): CredentialFile => ({
    path,
    shown,
    state: 'broken',
    config: null,
    problem,
  });
  try {
    const facts = await files.stat(path);
    if (facts === null) return { path, shown, state: 'missing', config: null, problem: null };
    if (facts.kind !== 'file') return broken('is not a file');
    const [bytes] = await files.readMany([{ path, offset: 0, length: configLimitBytes + 1 }]);
    if (bytes === undefined || bytes === null) return broken('may not be read');
    const parsed = parseDockerConfig(bytes);
    return typeof parsed === 'string'
      ? broken(parsed)
      : { path, shown, state: 'read', config: parsed, problem: null };
  } catch (thrown) {
    if (thrown instanceof WorkbenchError && isAboutFile(thrown)) return broken('may not be read');
    throw thrown;
  }
}

function isAboutFile({ report }: WorkbenchError): boolean {
  return report.code === 'host.permissionDenied' || report.code === 'host.notADirectory';
}
