import type { ErrorCode } from '#core/contract/errors.ts';
import type { FailureVerb } from './stderrRule.ts';

/** How to make the real runtime write what a row of the table knows. */
export interface Provocation {
  readonly id: string;
  readonly verb: FailureVerb;
  /** A line for /bin/sh in the test's folder; `$TINY`, `$REGISTRY`, `$AUTH`, `$WEB` are set. */
  readonly line: string;
  readonly code: ErrorCode;
  /** `DIR` stands for the test's folder. */
  readonly facts?: Readonly<Record<string, string>>;
  readonly exitStatus?: number;
}

/** Root in a user namespace of one's own, with mounts and limits that only it sees. */
export const alone = (script: string) => `unshare -Urm sh -c '${script}'`;

/** The user with his own id, in a namespace where the first script changed a fact of the host. */
export const changed = (change: string, script: string) =>
  `unshare -Urm sh -ec '${change}; exec unshare -U --map-user=$USER_ID --map-group=$USER_ID sh -c "${script}"'`;
