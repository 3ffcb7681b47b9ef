import { baseName, folderName, type HostPath } from '#core/contract/hostPath.ts';
import type { PushInput, PushPlan } from '#core/contract/images.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { FileFacts } from '#core/hosts/host.ts';
import { readRowAt } from '#core/images/imageRow.ts';
import { targetPath } from '#core/images/pullTarget.ts';
import { verifyImage } from '#core/images/verifyImage.ts';
import { quotePath, quoteWord } from '#core/runtime/shellWords.ts';
import type { SendSource } from './localBytes.ts';
import type { KnownPushHost, PushMeans } from './pushMeans.ts';
import { canSendDelta } from './rsyncDelta.ts';
import { beginsAlike } from './sendFile.ts';

/** Where an image would go. Fails with input.invalid for what is no folder or name. */
export function pushTarget(input: PushInput, imageFolder: HostPath): HostPath {
  return targetPath(input.folder ?? imageFolder, input.fileName ?? baseName(input.path));
}

/** What a person would type: rsync where it is an update, which is never done in place. */
export function pushByHand(input: PushInput, destination: string, target: HostPath): string {
  const source = quotePath(input.path);
  if (input.overwrite)
    return `rsync -I --partial-dir=.rsync-partial -s -- ${source} ${quotePath(`${destination}:${target}` as HostPath)}`;
  return `scp -- ${source} ${quoteWord(`${destination}:`)}${quotePath(target)}`;
}

/** The image that would be sent. Fails with image.missing, image.notAnImage, image.truncated, image.hostileHeader. */
export async function pushSource(means: PushMeans, path: HostPath): Promise<SendSource> {
  await verifyImage(means.local, path, { mustBeSif: false, shownAs: path });
  const facts = await means.local.files.stat(path);
  if (facts === null) throw workbenchError('image.missing', { path }, { hostId: means.local.id });
  return { host: means.local, path, facts };
}

/** What a push of this input would do; fails as the push would on what can be known before. */
export async function planPush(input: PushInput, means: PushMeans, known: KnownPushHost): Promise<PushPlan> {
  const target = pushTarget(input, await means.imageFolder());
  const source = await pushSource(means, input.path);
  const [existing, freeBytes, warning] = await Promise.all([
    means.host.files.stat(target),
    means.host.files.freeBytes(folderName(target)),
    architectureWarning(means, input.path),
  ]);
  if (existing !== null && existing.kind !== 'file')
    throw workbenchError('image.targetExists', { path: target, sizeBytes: null }, { hostId: means.host.id });
  const isSame = existing !== null && (await isSameThere(means, source, { target, existing }));
  const destination = known(input.hostId)?.destination ?? means.connection.label;
  return {
    target,
    sizeBytes: source.facts.sizeBytes,
    exists: existing === null ? null : { sizeBytes: existing.sizeBytes, isSame },
    freeBytes,
    warning,
    byHand: pushByHand(input, destination, target),
    means: await meansText(means, source, { target, existing, isSame }),
  };
}

/** A sentence where the host cannot run the image's programs; null where it can, or nobody knows. */
export async function architectureWarning(means: PushMeans, path: HostPath): Promise<string | null> {
  const image = await readRowAt(means.local, path);
  const architecture = image?.architecture ?? null;
  if (architecture === null) return null;
  const there = await means.architecture();
  if (architecture === there || (architecture === '386' && there === 'amd64')) return null;
  return `The image is for ${architecture}, and ${means.host.label} is ${there}: its programs cannot run there.`;
}

async function isSameThere(
  means: PushMeans,
  source: SendSource,
  there: { readonly target: HostPath; readonly existing: FileFacts },
): Promise<boolean> {
  if (there.existing.sizeBytes !== source.facts.sizeBytes) return false;
  if (!(await beginsAlike(means.host, there.target, source))) return false;
  const [ours, theirs] = await Promise.all([
    knownDigest(means, 'local', source.path, source.facts),
    knownDigest(means, 'host', there.target, there.existing),
  ]);
  return (
    (ours ?? (await means.local.files.sha256(source.path))) ===
    (theirs ?? (await means.host.files.sha256(there.target)))
  );
}

/** SHA-256 that one of our tasks recorded of a file that is unchanged since. */
export async function knownDigest(
  means: PushMeans,
  where: 'local' | 'host',
  path: HostPath,
  facts: FileFacts,
): Promise<string | null> {
  return (await means.ledgers[where].find(path, facts))?.sha256 ?? null;
}

async function meansText(
  means: PushMeans,
  source: SendSource,
  there: { readonly target: HostPath; readonly existing: FileFacts | null; readonly isSame: boolean },
): Promise<string> {
  if (there.isSame) return 'The same image is there already: nothing is sent.';
  const line = means.transferConnection ?? means.connection;
  const over = means.transferConnection === null ? '' : ` It goes over ${line.label}.`;
  const { signal } = new AbortController();
  const isDelta =
    there.existing !== null &&
    (await canSendDelta({ source, line, target: there.target, signal }, there.existing));
  return isDelta
    ? `rsync sends what differs from the old image; the old one stays until the new one is proved.${over}`
    : `A copy that goes on where it was interrupted, proved by its SHA-256 there.${over}`;
}
