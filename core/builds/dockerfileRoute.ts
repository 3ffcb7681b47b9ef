import type { BuildInput, BuildPlan } from '#core/contract/builds.ts';
import { baseName, hostPathFromText, hostPathToText } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { convertDockerfile } from '#core/runtime/definition/convertDockerfile.ts';
import { definitionDialect } from '#core/runtime/definition/definitionDialect.ts';
import { isDockerfile } from '#core/runtime/definition/dockerfileText.ts';
import {
  type DockerfileEngine,
  dockerfileByHand,
  dockerfileEngines,
  isEngineVariable,
} from '#core/runtime/dockerfileBuild.ts';
import { quotePath } from '#core/runtime/shellWords.ts';
import type { BuildRequest } from './buildRequest.ts';

/** By what a Dockerfile is built on a host. */
export type DockerfileRoute =
  /** The runtime's own source (Apptainer 1.5); from its documentation, run by no test. */
  | { readonly kind: 'buildkit'; readonly definitionText: string }
  | { readonly kind: 'engine'; readonly engine: DockerfileEngine }
  | { readonly kind: 'none' };

/**
 * The runtime's own source where a BuildKit daemon is named (BUILDKIT_HOST), else podman or buildah, else that source with
 * the daemon where it looks by itself. Fails with input.invalid for what cannot be had of a Dockerfile.
 */
export async function dockerfileRoute(request: BuildRequest, host: Host): Promise<DockerfileRoute> {
  refuseImpossible(request.input);
  const { engine, hasDaemon } = await enginesOf(host);
  const isHere = request.definition.hostId === localHostId && host.id === localHostId;
  const definitionText = isHere ? buildkitDefinition(request) : null;
  if (definitionText !== null && (hasDaemon || engine === null)) return { kind: 'buildkit', definitionText };
  return engine === null ? { kind: 'none' } : { kind: 'engine', engine };
}

/** Null where the runtime has no such source, or it cannot say what is asked for. */
function buildkitDefinition({ runtime, definition, input }: BuildRequest): string | null {
  if (!definitionDialect(runtime.dialect).agents.has('buildkit')) return null;
  if (definition.path === null || input.buildArguments.length > 0) return null;
  const [folder, name] = [hostPathToText(definition.folder), hostPathToText(baseName(definition.path))];
  if (folder === null || name === null || /[\r\n{}#]/.test(folder + name)) return null;
  return `Bootstrap: buildkit\nFrom: ${folder}\nFilename: ${name}\n`;
}

/** What a plan says otherwise where a Dockerfile is built. Fails with input.invalid for what cannot be had of it. */
export async function planDockerfile(
  request: BuildRequest,
  { builder, sentBytes }: { readonly builder: Host; readonly sentBytes: number },
): Promise<Pick<BuildPlan, 'way' | 'byHand' | 'means'>> {
  const route = await dockerfileRoute(request, builder);
  const isElsewhere = builder.id !== localHostId;
  const place = isElsewhere ? builder.label : 'this machine';
  const shared = { asRoot: null, canSudo: false, mode: 'subuid' as const };
  if (route.kind === 'buildkit')
    return {
      way: {
        ...shared,
        canBuild: true,
        sentence: `${request.runtime.dialect.programName} has its BuildKit build the Dockerfile: a BuildKit daemon must run.`,
        limits: [],
        isFromDocumentation: true,
      },
      byHand: `${request.runtime.dialect.programName} build ${quotePath(request.target)} buildkit.def`,
      means: `The runtime builds from its own buildkit source: ${route.definitionText.trim().replaceAll('\n', '; ')}.`,
    };
  if (route.kind === 'none') {
    const { unsupported } = convertDockerfile(request.definition.text);
    return {
      way: {
        ...shared,
        mode: 'none',
        canBuild: false,
        sentence: `Nothing on ${place} builds Dockerfiles: podman and buildah are not there. It can be converted to a definition file${isElsewhere ? ', or be built on a machine that has one of them' : ''}.`,
        limits: unsupported
          .slice(0, 100)
          .map(({ line, text, reason }) => `Line ${line} would not be carried over (${text}): ${reason}`),
        isFromDocumentation: false,
      },
      byHand: request.byHand,
      means: 'Convert it to a definition file, and build that.',
    };
  }
  const { engine } = route;
  return {
    way: {
      ...shared,
      canBuild: true,
      sentence: `${engine} on ${place} builds the Dockerfile without root, in a private storage; the runtime makes the image of what it saved.`,
      limits: [
        ...(hasSubordinateIds(request)
          ? []
          : [`There are no subordinate ids on ${place}: files of other owners than root fail in it.`]),
        'EXPOSE, VOLUME, HEALTHCHECK and STOPSIGNAL mean nothing in the image, and USER is whoever runs it.',
        ...(request.options.nv ? ['GPU libraries of the host are not visible to it.'] : []),
      ],
      isFromDocumentation: false,
    },
    byHand: engineByHand(request, engine),
    means: [
      `${engine} makes an OCI archive of the Dockerfile and its folder; ${request.runtime.dialect.programName} builds ${request.options.form === 'sandbox' ? 'a sandbox' : `a SIF (${request.compression})`} of its layers.`,
      ...(sentBytes === 0
        ? []
        : [`${formatBytes(sentBytes)} of files ${isElsewhere ? 'are sent there' : 'come here'} before.`]),
      ...(isElsewhere ? ['It goes on when the line is cut.'] : []),
    ].join(' '),
  };
}

const withoutRoot = 'A Dockerfile is built without root: podman and buildah need none.';

/** What sudo is not for. Fails with input.invalid. */
export function refuseForDockerfile({ definition }: BuildRequest): void {
  if (isDockerfile(definition.text))
    throw workbenchError('input.invalid', { field: 'way', reason: withoutRoot });
}

function refuseImpossible(input: BuildInput): void {
  const refuse = (field: string, reason: string) => {
    throw workbenchError('input.invalid', { field, reason });
  };
  if (input.way === 'sudo') refuse('way', withoutRoot);
  const bad = input.buildArguments.find(({ name, isSecret }) => isSecret && isEngineVariable(name));
  if (bad !== undefined)
    refuse(bad.name, 'A secret of this name would change the engine itself: call the argument otherwise.');
  const odd = input.buildArguments.find(({ name, isSecret }) => isSecret && /^\d/.test(name));
  if (odd !== undefined) refuse(odd.name, 'The name of a secret must not begin with a digit.');
}

function hasSubordinateIds({ runtime }: BuildRequest): boolean {
  const mode = runtime.conditions?.fakeroot;
  return mode === undefined || mode === 'subuid' || mode === 'root';
}

export function engineByHand(
  { definition, input, options, target, runtime }: BuildRequest,
  engine: DockerfileEngine,
): string {
  return dockerfileByHand({
    engine,
    programName: runtime.dialect.programName,
    file: definition.path ?? hostPathFromText(definition.name),
    contextFolder: definition.folder,
    target,
    isSandbox: options.form === 'sandbox',
    buildArguments: input.buildArguments,
  });
}

/** What a host has to build Dockerfiles with. */
async function enginesOf(host: Host): Promise<{ engine: DockerfileEngine | null; hasDaemon: boolean }> {
  const look =
    'test -z "$BUILDKIT_HOST" || printf daemon; echo; for one do command -v "$one" >/dev/null && printf %s "$one" && exit; done';
  const spec = commandSpec('/bin/sh', ['-c', look, 'sh', ...dockerfileEngines], {
    purpose: 'Look for podman and buildah',
  });
  const [daemon, found] = (await host.run(spec, { isQuiet: true })).stdout.split('\n');
  return {
    engine: dockerfileEngines.find((engine) => engine === found) ?? null,
    hasDaemon: daemon === 'daemon',
  };
}
