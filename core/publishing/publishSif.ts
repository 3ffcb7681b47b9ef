import { baseName, type HostPath, hostPathToText } from '#core/contract/hostPath.ts';
import { parseImageReference } from '#core/contract/imageReference.ts';
import type { PublishInput } from '#core/contract/images.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { digestOf } from '#core/registry/digest.ts';
import { findTag, putManifest, sifConfig, sifManifest } from '#core/registry/pushManifest.ts';
import { uploadBlob } from '#core/registry/upload.ts';
import type { UploadedBlob } from '#core/registry/uploadOptions.ts';
import type { UploadPlace } from '#core/registry/uploadSession.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { createTransferMeter } from '#core/tasks/transferMeter.ts';
import { annotationsOf } from './annotations.ts';
import { fileBytes, fileDigest, requireUnchanged, type SentFile } from './fileBytes.ts';
import { openSif, type PublishingRoom, sifUnder } from './publishingMeans.ts';
import { type PublishTarget, publishByHand, publishTarget } from './publishRequest.ts';

/** Of the whole work, so much is the sending. */
const sendShare = 0.97;

/** One push, once everything about it is known. */
interface RunningPush {
  readonly room: PublishingRoom;
  readonly input: PublishInput;
  readonly context: TaskContext;
  readonly target: PublishTarget;
  readonly place: UploadPlace;
  readonly file: SentFile;
  /** `sha256:…` where it is recorded. */
  readonly knownDigest: string | null;
  readonly mountFrom: readonly string[];
}

/**
 * `image.publish`: the file and its configuration as blobs, then the manifest under the tag. Nothing has the tag before
 * all of it is there, and a tag that another image has stays as it is without `overwrite`.
 */
export async function publishSif(
  room: PublishingRoom,
  input: PublishInput,
  context: TaskContext,
): Promise<TaskResult> {
  const push = await startPush(room, input, context);
  const { target, file, place } = push;
  const image = await room.describeImage(input.hostId, input.path);
  const annotations = annotationsOf(image, input.annotations);
  const alreadyThere = await refuseTaken(push);
  if (alreadyThere !== null) return alreadyThere;
  const [layer, config] = await Promise.all([sendFile(push), sendConfig(push)]);
  context.report({ phase: 'finish', fraction: sendShare, text: '', bytes: null });
  await requireUnchanged(file);
  const manifest = sifManifest({ ...layer, fileName: titleOf(input.path) }, annotations);
  const change = { tag: target.tag, manifest, overwrite: input.overwrite, shown: target.shown };
  await putManifest(place, change);
  await room.places.add(layer.digest.slice('sha256:'.length), target);
  context.log('note', `${target.shown} is ${manifest.digest}`);
  return {
    path: null,
    digest: manifest.digest,
    sizeBytes: layer.sizeBytes,
    facts: {
      bytesSent: layer.sentBytes + config.sentBytes,
      bytesReused: Math.max(0, layer.sizeBytes - layer.sentBytes),
      isMounted: layer.how === 'mounted',
      fileDigest: layer.digest,
    },
  };
}

async function startPush(
  room: PublishingRoom,
  input: PublishInput,
  context: TaskContext,
): Promise<RunningPush> {
  const target = publishTarget(input.reference);
  context.log('command', publishByHand(input, target));
  context.report({ phase: 'verify', fraction: null, text: '' });
  const file = await openSif(room, input);
  const requests = room.openRequests(target.registry, {
    isHttpAllowed: input.allowHttp,
    credentials: input.credentials,
    onNotice: (text) => context.log('note', text),
  });
  const place = { requests, repository: target.repository, signal: context.signal };
  const known = await room.knownFile(input.hostId, input.path);
  const published = known === null ? [] : await room.places.find(known.sha256, target.registry);
  const origin = repositoryOf(known?.reference ?? null, target.registry);
  return {
    room,
    input,
    context,
    target,
    place,
    file,
    knownDigest: known === null ? null : `sha256:${known.sha256}`,
    mountFrom: [...new Set([...published, ...(origin === null ? [] : [origin])])],
  };
}

/**
 * Before anything is sent: a tag that another image has is refused. The result, where it is this very file that has the
 * tag already and nothing else was asked for.
 */
async function refuseTaken(push: RunningPush): Promise<TaskResult | null> {
  const { input, place, target, file, context } = push;
  if (input.overwrite) return null;
  const digest = await findTag(place, target.tag);
  if (digest === null) return null;
  const there = await sifUnder(place, digest);
  const mayBeSame = there !== null && there.sizeBytes === file.facts.sizeBytes;
  const isSame = mayBeSame && there.digest === (push.knownDigest ?? (await fileDigest(file, context.signal)));
  if (!isSame || Object.keys(input.annotations).length > 0)
    throw workbenchError('registry.tagTaken', { reference: target.shown, digest });
  context.log('note', `${target.shown} is this file already.`);
  const { sizeBytes } = file.facts;
  return {
    path: null,
    digest,
    sizeBytes,
    facts: { bytesSent: 0, bytesReused: sizeBytes, isMounted: false, fileDigest: there.digest },
  };
}

async function sendFile(push: RunningPush): Promise<UploadedBlob> {
  const { room, context, target, place, file } = push;
  const { sizeBytes } = file.facts;
  const meter = createTransferMeter();
  context.report({ phase: 'send', fraction: 0, text: '', bytes: { done: 0, total: sizeBytes } });
  return await uploadBlob({
    requests: place.requests,
    repository: target.repository,
    blob: fileBytes(file),
    digest: push.knownDigest ?? ((signal) => fileDigest(file, signal)),
    mountFrom: push.mountFrom,
    record: { records: room.records, key: keyOf(file) },
    signal: context.signal,
    onProgress: ({ doneBytes, sentBytes }) =>
      context.report({
        phase: 'send',
        fraction: sizeBytes === 0 ? null : (doneBytes / sizeBytes) * sendShare,
        bytes: { done: doneBytes, total: sizeBytes },
        ...meter.measure(sentBytes, sizeBytes - doneBytes),
      }),
    onNotice: (text) => context.log('note', text),
  });
}

async function sendConfig({ place, target, context }: RunningPush): Promise<UploadedBlob> {
  return await uploadBlob({
    requests: place.requests,
    repository: target.repository,
    blob: { sizeBytes: sifConfig.byteLength, read: configBytes },
    digest: digestOf(sifConfig),
    mountFrom: [],
    record: null,
    signal: context.signal,
  });
}

/** These very bytes, as far as facts of a file can tell; the registry checks the digest at the end. */
function keyOf({ host, path, facts }: SentFile): string {
  return JSON.stringify([host.id, path, facts.sizeBytes, facts.modifiedAt, facts.inode]);
}

async function* configBytes(): AsyncGenerator<Uint8Array, void, undefined> {
  yield sifConfig;
}

/** The name of the file; what could not be shown stays escaped. */
function titleOf(path: HostPath): string {
  const name = baseName(path);
  return name.includes('\\x') ? name : (hostPathToText(name) ?? name);
}

/** The repository that a file was pulled from as a SIF, where that is in this registry. */
function repositoryOf(reference: string | null, registry: string): string | null {
  const parsed = reference === null ? null : parseImageReference(reference);
  if (parsed?.ok !== true || parsed.reference.kind !== 'oras') return null;
  return parsed.reference.registry === registry ? parsed.reference.repository : null;
}
