import { isTokenFile, keyDetail, mayHoldKey, tokenDetail } from './secretFiles.ts';
import { byBytes, type SyncDecision, type SyncSide } from './syncDecision.ts';
import { findKeys, type SyncHost } from './syncHost.ts';
import { shownPath, type TreeEntry, type TreePath } from './syncRecord.ts';

/** A file that is known to hold passwords, tokens or a private key, and the side that it would leave. */
export interface SecretAt {
  readonly path: TreePath;
  readonly side: SyncSide;
  readonly detail: string;
  readonly sizeBytes: number;
  /** It stays where it is: nobody confirmed that it may go. */
  readonly isLeftOut: boolean;
}

/** What of a sync holds secrets: of the files that go, and of those in conflict, either of which may be chosen. */
export async function findSecrets(
  sides: Readonly<Record<SyncSide, SyncHost>>,
  { toHere, toThere, conflicts }: SyncDecision,
  confirmed: ReadonlySet<TreePath>,
): Promise<readonly SecretAt[]> {
  const filesOf = (side: SyncSide): readonly TreeEntry[] => {
    const going = (side === 'here' ? toThere : toHere).map(({ entry }) => entry);
    return [...going, ...conflicts.map((conflict) => conflict[side].now)].flatMap((entry) =>
      entry?.kind === 'file' ? [entry] : [],
    );
  };
  const secretsOf = async (side: SyncSide): Promise<readonly SecretAt[]> => {
    const files = filesOf(side);
    const others = files.filter((file) => !isTokenFile(file) && mayHoldKey(file));
    const keys = await findKeys(
      sides[side],
      others.map(({ path }) => path),
    );
    return files.flatMap((file) => {
      const { path, sizeBytes } = file;
      const isToken = isTokenFile(file);
      if (!isToken && !keys.has(path)) return [];
      const name = shownPath(path.slice(path.lastIndexOf('/') + 1));
      const detail = isToken ? tokenDetail(name) : keyDetail;
      return [{ path, side, detail, sizeBytes, isLeftOut: !confirmed.has(path) }];
    });
  };
  const found = await Promise.all([secretsOf('here'), secretsOf('there')]);
  return found.flat().sort((left, right) => byBytes(left.path, right.path));
}
