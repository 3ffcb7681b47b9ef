import { type HostPath, hostPathToText } from '#core/contract/hostPath.ts';
import type { Isolation } from '#core/contract/runtime.ts';
import {
  type Preflight,
  type PreflightItem,
  type WorkspaceImage,
  type WorkspaceRoute,
  type WorkspaceWriter,
  workspaceHome,
} from '#core/contract/workspaces.ts';
import type { Dialect } from '#core/runtime/dialect.ts';
import { isWithin } from '#core/runtime/hostEntries.ts';
import { quotePath } from '#core/runtime/shellWords.ts';
import { fitsHomeOption, fitsOverlayOption } from '#core/runtime/workspaceMount.ts';
import { type LayeredFacts, layeredItems } from './preflightLayered.ts';

/** What is known before a container has a workspace. Null is unknown, and then nothing is said of it. */
export interface PreflightFacts {
  readonly dialect: Dialect;
  readonly isolation: Isolation;
  /** The container's own tree is written to (`--writable`), or its program acts as root (`--fakeroot`). */
  readonly isWritable: boolean;
  readonly isFakeroot: boolean;
  /** Switches of the runtime's configuration. */
  readonly configuration: {
    readonly userBindControl: boolean | null;
    readonly mountHome: boolean | null;
    readonly enableOverlay: boolean | null;
    readonly enableUnderlay: boolean | null;
  };
  readonly homeFolder: HostPath;
  readonly hostArchitecture: string | null;
  readonly tree: HostPath;
  readonly isTreeThere: boolean;
  /** A layer that shows a link to the tree at `/home/mysingularity`. */
  readonly link: HostPath;
  /** Set for a workspace over its packed file. */
  readonly layered: LayeredFacts | null;
  /** The image of the container. */
  readonly image: ImageFacts;
  /** The image in which the workspace was made. */
  readonly madeIn: WorkspaceImage | null;
  readonly writers: readonly WorkspaceWriter[];
}

export interface ImageFacts {
  /** There is a folder `/home` in it. */
  readonly hasHome: boolean | null;
  /** Names in its `/home`. */
  readonly homeNames: readonly string[];
  readonly architecture: string | null;
  readonly libc: 'glibc' | 'musl' | null;
}

/** Whether a container can have a workspace, by which route, and what should be known before. */
export function preflight(facts: PreflightFacts): Preflight {
  const { route, sentence, items } = routeOf(facts);
  const all = [...items, ...(route === 'none' ? [] : otherItems(facts, route))];
  const isBlocked = all.some(({ level }) => level === 'blocked');
  return isBlocked && route !== 'none'
    ? { route: 'none', sentence: 'The workspace cannot be opened this way.', items: all }
    : { route, sentence, items: all };
}

interface Decision {
  readonly route: WorkspaceRoute;
  readonly sentence: string;
  readonly items: readonly PreflightItem[];
}

const straight = `The workspace is seen at ${workspaceHome} and is the home folder inside (--home).`;

function routeOf(facts: PreflightFacts): Decision {
  if (!facts.isTreeThere)
    return {
      route: 'none',
      sentence: 'The workspace cannot be opened.',
      items: [
        {
          code: 'sourceMissing',
          level: 'blocked',
          sentence: `${quotePath(facts.tree)} is not there: the runtime would put an empty folder in memory in its place, without a word, and lose what is written to it.`,
          nextStep: 'Restore the folder, or choose another workspace.',
        },
      ],
    };
  if (facts.configuration.userBindControl === false) return routeWithoutBinds(facts);
  if (fitsHomeOption(facts.tree)) return { route: 'home', sentence: straight, items: [] };
  return {
    route: 'bind',
    sentence: `The workspace is bound to ${workspaceHome} and is the home folder inside: its path holds a colon, which --home cannot take.`,
    items: [],
  };
}

const askAdministrator =
  'Ask the administrator of this host to set “user bind control = yes” in the runtime’s configuration.';

/** What is left where the person may bind nothing: ways by the home folder, which the runtime itself lets in. */
function routeWithoutBinds(facts: PreflightFacts): Decision {
  const why = 'The administrator of this host forbids binds (user bind control = no), and --home with them.';
  const blocked = (reason: string, nextStep: string): Decision => ({
    route: 'none',
    sentence: 'The workspace cannot be opened.',
    items: [{ code: 'userBindControl', level: 'blocked', sentence: `${why} ${reason}`, nextStep }],
  });
  if (facts.layered !== null)
    return blocked(
      'A workspace with layers needs them.',
      'Adopt what it was packed to again, unpacked: then other ways may work.',
    );
  if (facts.isolation !== 'host')
    return blocked(
      'The other ways go by your home folder, which this isolation keeps out.',
      'Choose the isolation “host”.',
    );
  if (facts.configuration.mountHome === false)
    return blocked('It also keeps home folders out (mount home = no).', askAdministrator);
  if (!isWithin(facts.tree, facts.homeFolder))
    return blocked(
      `The other ways go by your home folder, and ${quotePath(facts.tree)} lies outside of it.`,
      `Move the workspace below ${quotePath(facts.homeFolder)}.`,
    );
  // Only root may lay folders over an image with a setuid starter; `--writable` takes no overlay at all.
  const canOverlay =
    facts.configuration.enableOverlay !== false &&
    facts.dialect.isSetuid !== true &&
    !facts.isWritable &&
    fitsOverlayOption(facts.link);
  return canOverlay
    ? {
        route: 'overlay',
        sentence: `A link at ${workspaceHome} leads to the workspace in your home folder, because binds are forbidden here.`,
        items: [
          {
            code: 'userBindControl',
            level: 'warning',
            sentence: `${why} Your whole home folder is seen inside too, and programs that ask for the real path of ${workspaceHome} get another.`,
            nextStep: askAdministrator,
          },
        ],
      }
    : {
        route: 'environment',
        sentence: 'Only HOME is set to the workspace, at its own path, because nothing else is allowed here.',
        items: [
          {
            code: 'userBindControl',
            level: 'warning',
            sentence: `${why} Software in the workspace that was built for ${workspaceHome} does not find itself.`,
            nextStep: askAdministrator,
          },
        ],
      };
}

function otherItems(facts: PreflightFacts, route: WorkspaceRoute): readonly PreflightItem[] {
  return [
    ...(route === 'home' || route === 'bind' ? placeItems(facts) : []),
    ...fakerootItems(facts, route),
    ...layeredItems(facts.layered),
    ...architectureItems(facts),
    ...libcItems(facts),
    ...facts.writers.flatMap((writer) => writerItems(writer, facts)),
    ...documentationItems(facts.dialect),
  ];
}

/**
 * Where the image has no `/home/mysingularity`, the runtime makes it in a layer; without one (both switched off, or
 * `--writable`), it puts a folder of its own over the image's `/home`, which must be there. Seen with Apptainer 1.4.5.
 */
function placeItems({ isWritable, configuration, image }: PreflightFacts): readonly PreflightItem[] {
  const { enableOverlay, enableUnderlay } = configuration;
  if (!isWritable && (enableOverlay !== false || enableUnderlay !== false)) return [];
  const code = isWritable ? 'writable' : 'noOverlay';
  const why = isWritable
    ? 'A container that is written to has no layer'
    : 'The runtime may use no layer here (enable overlay = no, enable underlay = no)';
  const nextStep = isWritable
    ? `Make the folder ${workspaceHome} in the sandbox, or open it read-only.`
    : `Use an image that has a folder /home, or ask the administrator to set “enable overlay = yes”.`;
  if (image.hasHome === false)
    return [
      {
        code,
        level: 'blocked',
        sentence: `${why}, and the image has no folder /home: there is no place for ${workspaceHome}.`,
        nextStep,
      },
    ];
  if (image.hasHome === null)
    return [
      {
        code,
        level: 'warning',
        sentence: `${why}: the image must have a folder /home, or the container does not start.`,
        nextStep,
      },
    ];
  return image.homeNames.length === 0
    ? []
    : [
        {
          code: 'hiddenHome',
          level: 'warning',
          sentence: `${why}, so what the image has in /home is hidden: ${namesOf(image.homeNames)}.`,
          nextStep: null,
        },
      ];
}

function namesOf(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => quotePath(name as HostPath));
  return names.length > shown.length
    ? `${shown.join(', ')} and ${names.length - shown.length} more`
    : shown.join(', ');
}

function fakerootItems({ isFakeroot }: PreflightFacts, route: WorkspaceRoute): readonly PreflightItem[] {
  if (!isFakeroot) return [];
  return [
    {
      code: 'fakerootHome',
      level: 'note',
      sentence:
        route === 'home' || route === 'bind'
          ? `As root inside, the home would be /root; with the workspace it is ${workspaceHome}. Its files are shown as root’s, and stay yours on the host.`
          : 'As root inside, some programs take /root for their home whatever HOME says.',
      nextStep: null,
    },
  ];
}

function architectureItems({ madeIn, image, hostArchitecture }: PreflightFacts): readonly PreflightItem[] {
  const here = image.architecture ?? hostArchitecture;
  const made = madeIn?.architecture ?? null;
  if (here === null || made === null || here === made) return [];
  return [
    {
      code: 'architecture',
      level: 'warning',
      sentence: `The workspace was made for ${made}, and this image is for ${here}: programs built in it do not run.`,
      nextStep: `Use an image for ${made} on a host of that architecture, or build the programs again.`,
    },
  ];
}

function libcItems({ madeIn, image }: PreflightFacts): readonly PreflightItem[] {
  const made = /^(glibc|musl)\b/.exec(madeIn?.libc ?? '')?.[1];
  if (made === undefined || image.libc === null || made === image.libc) return [];
  return [
    {
      code: 'libc',
      level: 'warning',
      sentence: `The workspace was made in an image with ${madeIn?.libc}, and this one has ${image.libc}: programs built in it do not start.`,
      nextStep: `Use an image with ${made}, or build the programs again.`,
    },
  ];
}

function writerItems(writer: WorkspaceWriter, { layered }: PreflightFacts): readonly PreflightItem[] {
  if (writer.isAlive === false) return [];
  const since = new Date(writer.since).toISOString().replace('T', ' ').slice(0, 16);
  const who = `${writer.user} has it open on ${writer.node} since ${since} UTC (${writer.what}, process ${writer.processId})`;
  // The kernel calls what two overlays with one upper folder do undefined.
  if (layered !== null && writer.isAlive === true)
    return [
      {
        code: 'otherWriters',
        level: 'blocked',
        sentence: `${who}. A workspace over its packed file can be open only once.`,
        nextStep: 'End that session, or unpack the workspace.',
      },
    ];
  return [
    {
      code: 'otherWriters',
      level: 'warning',
      sentence: `${who}${writer.isAlive === null ? ', or had: that cannot be seen from this node' : ''}. Both can write: mind the same files.`,
      nextStep: null,
    },
  ];
}

function documentationItems({ knowledge, product, version }: Dialect): readonly PreflightItem[] {
  if (knowledge === 'run') return [];
  return [
    {
      code: 'documentationOnly',
      level: 'note',
      sentence: `How ${product} ${version} does this is known from its documentation; it was not tried.`,
      nextStep: null,
    },
  ];
}

/** A path that the runtime cannot be given at all, in a sentence; null where it can. */
export function unnameable(tree: HostPath): string | null {
  const text = hostPathToText(tree);
  if (text === null) return `${quotePath(tree)} is not valid UTF-8, and the runtime cannot open such paths.`;
  return /[\r\n]/.test(text)
    ? `${quotePath(tree)} holds a line end, which the runtime cannot be given.`
    : null;
}
