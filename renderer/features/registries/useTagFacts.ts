import { useEffect, useEffectEvent, useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import type { Tag } from '#core/contract/registries.ts';
import type { RegistrySettings } from '#core/contract/registryList.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { contractQuery, queryClient } from '#renderer/api/query.ts';

/** The contract's own limit. */
const batchSize = 50;
/** Rows that only fly by are not asked for. */
const restMs = 200;

export interface TagFacts {
  /** A tag with what was read of it. */
  readonly factsOf: (tag: Tag) => Tag;
  readonly failure: ErrorReport | null;
  /** Says which rows are in view. */
  readonly onView: (tags: readonly Tag[]) => void;
  readonly retry: () => void;
}

export interface TagFactsOptions {
  /** False where the list tells all of it. */
  readonly isNeeded: boolean;
  /** Grows when the list was asked for again; then these are, too. */
  readonly run: number;
}

/** Digest, size, time and architectures of the tags in view, for registries whose lists do not tell them. Kept by name. */
export function useTagFacts(
  registry: RegistrySettings,
  repository: string,
  { isNeeded, run }: TagFactsOptions,
): TagFacts {
  const [known, setKnown] = useState<ReadonlyMap<string, Tag>>(new Map());
  const [inView, setInView] = useState<readonly string[]>([]);
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  const [knownRun, setKnownRun] = useState(run);
  if (run !== knownRun) {
    setKnownRun(run);
    setKnown(new Map());
    setFailure(null);
  }
  const wanted = isNeeded && failure === null ? inView.filter((name) => !known.has(name)) : [];
  const asked = wanted.slice(0, batchSize);
  const key = asked.join('\n');
  const read = useEffectEvent(async (signal: AbortSignal) => {
    try {
      const { tags } = await queryClient.fetchQuery(
        contractQuery({
          path: 'registries.tagFacts',
          hostId: null,
          input: [registry.id, repository, asked],
          call: () =>
            client.registries.tagFacts({ registryId: registry.id, repository, tags: asked }, { signal }),
        }),
      );
      if (signal.aborted) return;
      const told = new Map(tags.map((tag) => [tag.name, tag]));
      // A tag of which nothing was told is not asked for again.
      setKnown(
        (old) => new Map([...old, ...asked.map((name) => [name, told.get(name) ?? empty(name)] as const)]),
      );
    } catch (thrown) {
      if (!signal.aborted) setFailure(failureReport(thrown));
    }
  });
  useEffect(() => {
    if (key === '') return;
    const stop = new AbortController();
    const timer = setTimeout(() => void read(stop.signal), restMs);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [key]);
  return {
    factsOf: (tag) => merged(tag, known.get(tag.name)),
    failure,
    onView: (tags) => {
      if (!isNeeded) return;
      const names = tags.filter((tag) => !isWhole(tag)).map(({ name }) => name);
      setInView((old) => (old.join('\n') === names.join('\n') ? old : names));
    },
    retry: () => setFailure(null),
  };
}

function empty(name: string): Tag {
  return { name, digest: null, updatedAt: null, sizeBytes: null, architectures: [] };
}

function isWhole(tag: Tag): boolean {
  return tag.digest !== null && tag.sizeBytes !== null;
}

function merged(tag: Tag, facts: Tag | undefined): Tag {
  if (facts === undefined) return tag;
  return {
    name: tag.name,
    digest: tag.digest ?? facts.digest,
    updatedAt: tag.updatedAt ?? facts.updatedAt,
    sizeBytes: tag.sizeBytes ?? facts.sizeBytes,
    architectures: tag.architectures.length > 0 ? tag.architectures : facts.architectures,
  };
}
