import type { Referrer } from '#core/contract/registries.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import { isDigest, parseDigest } from './digest.ts';
import { fetchManifest } from './fetchManifest.ts';
import { namedTexts } from './imageFactsConfig.ts';
import {
  type DescribedBlob,
  describedBlob,
  descriptorListSchema,
  parseDescribed,
} from './imageFactsDetails.ts';
import { linkedPages } from './linkHeaderPages.ts';
import { acceptedManifests } from './manifest.ts';
import { mapLimited } from './mapLimited.ts';
import { referrerKind } from './referrersKind.ts';
import type { RegistryRequests } from './registryRequests.ts';

export interface FoundReferrers {
  readonly referrers: readonly Referrer[];
  /** How they were found, or why they are not known. */
  readonly note: string;
}

/** More signatures than this on one image are somebody's mistake or mischief. */
const referrerLimit = 500;

const emptyBodyLimit = 64 * 1024;

/** cosign's tags beside an image (cosign, specs/SIGNATURE_SPEC.md, "Tag-based discovery"), and what is under them. */
const cosignTags = [
  { suffix: 'sig', artifactType: 'application/vnd.dev.cosign.artifact.sig.v1+json' },
  { suffix: 'att', artifactType: 'application/vnd.in-toto+json' },
  { suffix: 'sbom', artifactType: 'application/vnd.dev.cosign.artifact.sbom.v1+json' },
] as const;

/**
 * What points at these digests of a repository: by the referrers list (OCI distribution spec 1.1, "Listing Referrers"),
 * where there is none by the tag `sha256-<hex>` ("Referrers Tag Schema"), and by cosign's tags. All types are asked for,
 * so that no filter is left to the registry. A refusal is told in the note: the image itself can be shown without them.
 */
export async function listReferrers(
  requests: RegistryRequests,
  subject: { readonly repository: string; readonly digests: readonly string[] },
  signal: AbortSignal,
): Promise<FoundReferrers> {
  const found = new Map<string, Referrer>();
  const notes = new Set<string>();
  for (const digest of subject.digests) {
    const asked = { repository: subject.repository, digest, signal };
    const parts = [listed(requests, asked), cosigned(requests, asked)];
    for (const part of await Promise.all(parts.map(toldWhenRefused))) {
      notes.add(part.note);
      for (const one of part.referrers) if (found.size < referrerLimit) found.set(one.digest, one);
    }
  }
  notes.delete('');
  return { referrers: [...found.values()], note: [...notes].join(' ') };
}

interface Asked {
  readonly repository: string;
  readonly digest: string;
  readonly signal: AbortSignal;
}

async function toldWhenRefused(work: Promise<FoundReferrers>): Promise<FoundReferrers> {
  try {
    return await work;
  } catch (thrown) {
    if (!(thrown instanceof WorkbenchError)) throw thrown;
    return { referrers: [], note: `Signatures and SBOMs are not known: ${thrown.report.title}.` };
  }
}

async function listed(requests: RegistryRequests, asked: Asked): Promise<FoundReferrers> {
  const { repository, digest, signal } = asked;
  const pages = linkedPages(requests, {
    path: `${repository}/referrers/${digest}`,
    repository,
    what: 'referrers',
    scope: `repository:${repository}:pull`,
    schema: descriptorListSchema,
    headers: { accept: 'application/vnd.oci.image.index.v1+json' },
    signal,
  });
  const found: DescribedBlob[] = [];
  try {
    for await (const { manifests } of pages) {
      found.push(...manifests.map(describedBlob));
      if (manifests.length === 0 || found.length >= referrerLimit) break;
    }
  } catch (thrown) {
    if (found.length > 0 || !hasNoList(thrown)) throw thrown;
    return await byTag(requests, asked);
  }
  return { referrers: found.map(referrerOf), note: 'Found by the registry’s list of referrers.' };
}

/** A registry of before version 1.1 knows no such path: it says so in one of these ways, or answers with a page. */
function hasNoList(thrown: unknown): boolean {
  if (!(thrown instanceof WorkbenchError)) return false;
  const { code, data } = thrown.report;
  return (
    code === 'registry.notFound' ||
    (code === 'registry.protocol' &&
      [undefined, 400, 405, 406].some((status) => data['status'] === status)) ||
    (code === 'registry.serverError' && data['status'] === 501)
  );
}

async function byTag(requests: RegistryRequests, asked: Asked): Promise<FoundReferrers> {
  const tag = tagOf(asked.digest);
  const note = `The registry has no list of referrers; looked for the tag ${tag.slice(0, 14)}… in its place.`;
  // HEAD first: where pulls are counted, a GET would be one.
  if ((await headOf(requests, { ...asked, tag })) === null) return { referrers: [], note };
  const { repository, signal } = asked;
  const { manifest } = await fetchManifest(requests, { repository, tagOrDigest: tag, signal });
  const described = parseDescribed(manifest.bytes, { registry: requests.registry, repository });
  return { referrers: described.slice(0, referrerLimit).map(referrerOf), note };
}

async function cosigned(requests: RegistryRequests, asked: Asked): Promise<FoundReferrers> {
  const found = await mapLimited(cosignTags, cosignTags.length, async ({ suffix, artifactType }) => {
    const head = await headOf(requests, { ...asked, tag: `${tagOf(asked.digest)}.${suffix}` });
    return head === null ? [] : [referrerOf({ ...head, mediaType: '', artifactType, annotations: {} })];
  });
  const referrers = found.flat();
  return { referrers, note: referrers.length > 0 ? 'Some were found by cosign’s tags.' : '' };
}

/** Digest and size of what a tag names; null when there is no such tag. */
async function headOf(
  requests: RegistryRequests,
  { repository, tag, signal }: Asked & { readonly tag: string },
): Promise<{ readonly digest: string; readonly sizeBytes: number } | null> {
  const answer = await requests.send(`${repository}/manifests/${tag}`, {
    method: 'HEAD',
    scope: `repository:${repository}:pull`,
    repository,
    what: tag,
    headers: { accept: acceptedManifests },
    signal,
    expected: [200, 404],
  });
  await answer.readAll(emptyBodyLimit); // nothing, but the connection is free for the next
  const digest = answer.headers.get('docker-content-digest');
  if (answer.status !== 200 || digest === null || !isDigest(digest)) return null;
  const size = Number(answer.headers.get('content-length') ?? 0);
  return { digest, sizeBytes: Number.isSafeInteger(size) && size >= 0 ? size : 0 };
}

/** `sha256:ab…` → `sha256-ab…`, cut to 64 characters of the hash as the specification says. */
function tagOf(digest: string): string {
  const parts = parseDigest(digest);
  return `${parts?.algorithm ?? ''}-${parts?.hex.slice(0, 64) ?? ''}`;
}

function referrerOf(blob: DescribedBlob): Referrer {
  const artifactType = blob.artifactType ?? blob.mediaType;
  return {
    digest: blob.digest,
    artifactType,
    kind: referrerKind(artifactType, blob.annotations),
    sizeBytes: blob.sizeBytes,
    annotations: namedTexts(blob.annotations),
  };
}
