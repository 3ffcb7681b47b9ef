import type { ImageForm } from './images.ts';

/** What is said of a pasted text; the page has words for each code, with the facts in them. */
export interface PastedNote {
  readonly code: PastedExplanation;
  readonly facts: Readonly<Record<string, string>>;
}

/** Why a text was taken as it was, or what came of an old habit. */
export type PastedExplanation =
  /** `program`. */
  | 'command'
  /** `site`. */
  | 'webPage'
  | 'shortName'
  /** A line of a Dockerfile, definition or workflow; `word`. */
  | 'fileLine'
  /** `library://` without a server; `host`: the one that is asked. */
  | 'libraryDefault'
  /** `--remote`: there is no builder elsewhere. */
  | 'remoteBuild'
  /** `--docker-login`: nobody asks in a terminal. */
  | 'dockerLogin'
  /** `shub://`: what is left of it is an archive. */
  | 'shubArchive'
  /** `--nohttps` and its like. */
  | 'noHttps'
  /** Another name of Docker Hub; `host`. */
  | 'hubHost'
  /** `singularity import`, `bootstrap`, `create` of 2.x; `verb`. */
  | 'oldVerb'
  /** `count`. */
  | 'several'
  /** A definition file is built, not pulled; `path`. */
  | 'definitionFile'
  /** An image of a local engine; `engine`. */
  | 'engineImage'
  /** A line that pushes. */
  | 'pushLine'
  /** A page of a known site that names no image; `site`. */
  | 'pageWithoutImage'
  /** A line of a known program without an image; `program`. */
  | 'lineWithoutImage'
  /** Quotes or a backslash are left open. */
  | 'openLine'
  | 'notUnderstood'
  | 'tooLong'
  | 'control';

export type PastedWarning =
  /** A password of the line was not taken over. */
  | 'passwordLeftOut'
  /** What the line would have run is not run. */
  | 'onlyPulled'
  /** This place has no `latest`; `registry`. */
  | 'needsTag'
  /** `tag` was written beside a digest, which alone counts. */
  | 'digestCounts';

export interface PastedText {
  /**
   * `reference`: one image, whose grammar is not checked yet; `file`: a path of some machine; `several`: choose one of
   * `references`; `nothing`: empty, or nothing that names an image.
   */
  readonly kind: 'reference' | 'file' | 'nothing' | 'several';
  /** What works here: `docker://…`, `oras://…`, `library://host/…`, an address, or the path of a file. */
  readonly reference: string | null;
  readonly references: readonly string[];
  readonly form: ImageForm;
  /** OCI name, where the text asked for one. */
  readonly architecture: string | null;
  /** Name of the target, where the text had one: without folder. */
  readonly fileName: string | null;
  /** Whole path of the target's folder, where the text had one. */
  readonly folder: string | null;
  /** The text asked for plain http. */
  readonly allowHttp: boolean;
  readonly explanation: PastedNote | null;
  readonly warnings: readonly {
    readonly code: PastedWarning;
    readonly facts: Readonly<Record<string, string>>;
  }[];
}

/** What a reader of one notation found. `reference` is as written there, and null where it names no image. */
export interface PastedPart {
  readonly reference: string | null;
  readonly isFile?: boolean;
  readonly form?: ImageForm;
  readonly architecture?: string | null;
  readonly fileName?: string | null;
  readonly folder?: string | null;
  readonly allowHttp?: boolean;
  readonly explanation?: PastedNote;
  readonly warnings?: readonly PastedWarning[];
}
