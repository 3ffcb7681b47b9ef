import { FolderOpen, PackageSearch, Search } from 'lucide-react';
import { type ReactNode, useCallback, useRef } from 'react';
import type { Repository } from '#core/contract/registries.ts';
import { abilitiesOf } from '#core/contract/registryKinds.ts';
import type { RegistrySettings } from '#core/contract/registryList.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { EmptyState } from '#renderer/ui/EmptyState.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { SkeletonRows } from '#renderer/ui/SkeletonRows.tsx';
import { FailureNotice } from './FailureNotice.tsx';
import type { Listing } from './listing.ts';
import { forgetRegistry, useRepositories } from './lists.ts';
import { PathLine } from './PathLine.tsx';
import { RepositoryTable } from './RepositoryTable.tsx';
import { baseOf, parentOf, readTypedName, referenceBase, referenceOf } from './references.ts';
import { goTo, type Place, wantFocus } from './registriesState.ts';
import { SearchLine } from './SearchLine.tsx';

export interface RepositoryBrowserProps {
  readonly registry: RegistrySettings;
  readonly place: Place;
}

/** What a registry has: searched, listed, or walked as folders; or a name is typed where it does none of these. */
export function RepositoryBrowser({ registry, place }: RepositoryBrowserProps) {
  const text = useText('registries');
  const { lists, searches, isTree } = abilitiesOf(registry.kind);
  const isAsked = lists || (searches && place.term.trim() !== '');
  const listing = useRepositories(registry, isAsked ? { term: place.term.trim(), path: place.path } : null);
  const part = useRef<HTMLDivElement>(null);
  const search = useCallback(
    (term: string) => {
      if (lists || searches) goTo(registry.id, { term });
      else openTyped(registry, term);
    },
    [registry, lists, searches],
  );
  const goDown = () => part.current?.querySelector<HTMLElement>('[role="grid"]')?.focus();
  const values = { registry: registry.label };
  const isByName = !lists && !searches;
  const label = isByName
    ? text('repositories.typeName', { example: exampleOf(registry) })
    : isTree && !searches
      ? text('repositories.filter')
      : text('repositories.search', values);

  function open(entry: Repository) {
    if (entry.kind === 'folder') return openFolder(entry.name);
    if (entry.kind === 'repository')
      return openRepository(registry, entry.name, entry.reference === null ? null : baseOf(entry.reference));
    if (entry.reference === null) return;
    goTo(registry.id, { shown: { reference: entry.reference, name: entry.name, tag: null } });
  }
  function openFolder(path: string | null) {
    wantFocus();
    goTo(registry.id, { path, term: '', entered: place.path });
  }

  return (
    <div ref={part} className="flex min-h-0 flex-1 flex-col">
      <SearchLine
        label={label}
        value={isByName ? '' : place.term}
        onSearch={search}
        onDown={goDown}
        {...(isByName
          ? { submitLabel: text(hasTagLists(registry) ? 'repositories.showTags' : 'repositories.showImage') }
          : {})}
      />
      {isTree ? <PathLine registry={registry} path={place.path} onOpen={openFolder} /> : null}
      <div className="min-h-0 flex-1 border-t border-line">
        {isByName ? (
          <EmptyState
            icon={PackageSearch}
            title={text('repositories.typeTitle')}
            text={text(
              hasTagLists(registry) ? 'repositories.typeText' : 'repositories.typeImageText',
              values,
            )}
          />
        ) : isAsked ? (
          <RepositoryTable
            key={place.path ?? ''}
            registry={registry}
            entered={place.entered}
            listing={isTree && !searches ? filtered(listing, place.term) : listing}
            openKey={place.shown?.name ?? null}
            onOpen={open}
            {...(isTree && place.path !== null ? { onBack: () => openFolder(parentOf(place.path)) } : {})}
            placeholder={<Nothing registry={registry} place={place} listing={listing} />}
          />
        ) : (
          <EmptyState
            icon={Search}
            title={text('repositories.searchFirst')}
            text={text('repositories.searchFirstText', values)}
          />
        )}
      </div>
    </div>
  );
}

/** Shows the tags of a repository. */
function openRepository(registry: RegistrySettings, repository: string, base: string | null): void {
  wantFocus();
  goTo(registry.id, { repository, base, entered: repository, shown: null });
}

/** From a typed name straight to its tags, and to the image where a tag was typed too. */
function openTyped(registry: RegistrySettings, typed: string): void {
  const named = readTypedName(typed, registry);
  if (named === null) return;
  if (hasTagLists(registry)) openRepository(registry, named.repository, null);
  const tag = named.tag ?? (hasTagLists(registry) ? null : 'latest');
  if (tag === null) return;
  const reference = referenceOf(referenceBase(registry, named.repository), tag);
  goTo(registry.id, { shown: { reference, name: `${named.repository}:${tag}`, tag } });
}

/** The archive of Singularity Hub knows images by their names, and lists nothing. */
function hasTagLists({ kind }: RegistrySettings): boolean {
  return kind !== 'shub';
}

function exampleOf({ kind }: RegistrySettings): string {
  return kind === 'ghcr' ? 'apptainer/alpine' : kind === 'shub' ? 'vsoch/hello-world' : 'lab/tool';
}

/** A folder that cannot be searched is filtered here. */
function filtered(listing: Listing<Repository>, term: string): Listing<Repository> {
  const wanted = term.trim().toLowerCase();
  if (wanted === '') return listing;
  return { ...listing, items: listing.items.filter(({ name }) => name.toLowerCase().includes(wanted)) };
}

interface NothingProps extends RepositoryBrowserProps {
  readonly listing: Listing<Repository>;
}

function Nothing({ registry, place, listing }: NothingProps): ReactNode {
  const text = useText('registries');
  const { searches, isTree, lists } = abilitiesOf(registry.kind);
  const term = place.term.trim();
  const values = { registry: registry.label, term: showControls(term) };
  if (listing.failure !== null) {
    return (
      <div className="p-3">
        <FailureNotice
          report={listing.failure}
          registry={registry}
          onRetry={() => forgetRegistry(registry.id)}
        />
      </div>
    );
  }
  if (!listing.isDone) return <SkeletonRows label={text('loading')} />;
  if (term !== '') {
    const canOpen = !isTree && readTypedName(term, registry) !== null;
    return (
      <EmptyState
        icon={Search}
        title={text('repositories.noMatch')}
        text={text('repositories.noMatchText', values)}
      >
        {canOpen ? (
          <Button onClick={() => openTyped(registry, term)}>{text('repositories.byName', values)}</Button>
        ) : null}
      </EmptyState>
    );
  }
  if (isTree)
    return (
      <EmptyState
        icon={FolderOpen}
        title={text('repositories.emptyFolder')}
        text={listing.note ?? text('repositories.emptyFolderText')}
      />
    );
  return (
    <EmptyState
      icon={PackageSearch}
      title={text('repositories.nothing')}
      text={
        listing.note ?? text(lists || searches ? 'repositories.nothingText' : 'repositories.typeText', values)
      }
    />
  );
}
