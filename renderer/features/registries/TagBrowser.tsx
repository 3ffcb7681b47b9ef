import { ArrowLeft, Tag as TagIcon, TriangleAlert } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { formatBytes } from '#core/contract/quantity.ts';
import type { Tag } from '#core/contract/registries.ts';
import { abilitiesOf } from '#core/contract/registryKinds.ts';
import type { RegistrySettings } from '#core/contract/registryList.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { EmptyState } from '#renderer/ui/EmptyState.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { type GridColumn, RowGrid } from '#renderer/ui/RowGrid.tsx';
import { SearchField } from '#renderer/ui/SearchField.tsx';
import { SkeletonRows } from '#renderer/ui/SkeletonRows.tsx';
import { wholeTimeText } from '#renderer/ui/when.ts';
import { DigestCell } from './DigestCell.tsx';
import { FailureNotice } from './FailureNotice.tsx';
import { ListEnd } from './ListEnd.tsx';
import type { Listing } from './listing.ts';
import { forgetRegistry, useTags } from './lists.ts';
import { referenceBase, referenceOf } from './references.ts';
import { goTo, type Place, takeFocus, wantFocus } from './registriesState.ts';
import { dayText } from './registryWords.ts';
import { filterTags, sortTags, type TagColumn, type TagSort } from './tagOrder.ts';
import { type TagFacts, useTagFacts } from './useTagFacts.ts';

export interface TagBrowserProps {
  readonly registry: RegistrySettings;
  readonly place: Place;
  readonly repository: string;
}

/** The tags of a repository. */
export function TagBrowser({ registry, place, repository }: TagBrowserProps) {
  const text = useText('registries');
  const { tagsHaveFacts } = abilitiesOf(registry.kind);
  const listing = useTags(registry, repository);
  const facts = useTagFacts(registry, repository, { isNeeded: !tagsHaveFacts, run: listing.run });
  const [filter, setFilter] = useState('');
  const [sort, setSort] = useState<TagSort>({ column: 'version', isDescending: true });
  const [active, setActive] = useState<string | null>(place.shown?.tag ?? null);
  const rows = useMemo(
    () => sortTags(filterTags(listing.items, filter), sort),
    [listing.items, filter, sort],
  );
  const columns = useColumns({ facts, sort, onSort: setSort, canSort: tagsHaveFacts });

  function show(tag: Tag) {
    const base = place.base ?? referenceBase(registry, repository);
    goTo(registry.id, {
      shown: { reference: referenceOf(base, tag.name), name: `${repository}:${tag.name}`, tag: tag.name },
    });
  }
  function back() {
    wantFocus();
    goTo(registry.id, { repository: null, base: null, shown: null });
  }
  return (
    <>
      <div className="flex min-w-0 shrink-0 items-center gap-1.5 px-3 pb-1.5">
        <IconButton size="small" icon={ArrowLeft} label={text('tags.back')} onClick={back} />
        <h3 className="min-w-0 truncate font-semibold" title={showControls(repository)}>
          <bdi dir="ltr">{showControls(repository)}</bdi>
        </h3>
        <p className="min-w-0 flex-1 truncate text-right text-small text-ink-3">
          <Counts listing={listing} shown={rows.length} />
        </p>
      </div>
      <search className="shrink-0 px-3 pb-2">
        <SearchField
          label={text('tags.filter')}
          value={filter}
          onChange={setFilter}
          onKeyDown={(event) => {
            if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
            event.preventDefault();
            event.currentTarget.closest('section')?.querySelector<HTMLElement>('[role="grid"]')?.focus();
          }}
        />
      </search>
      <FactsFailure facts={facts} />
      <div className="min-h-0 flex-1 border-t border-line">
        <RowGrid
          takesFocus={takeFocus}
          label={text('tags.table', { repository: showControls(repository) })}
          hint={text('tags.tableHint')}
          rows={rows}
          keyOf={nameOf}
          columns={columns}
          sorted={{ id: sort.column, isDescending: sort.isDescending }}
          openKey={place.shown?.tag ?? null}
          activeKey={rows.some(({ name }) => name === active) ? active : (rows[0]?.name ?? null)}
          onActive={setActive}
          onOpen={(tag, by) => {
            if (by === 'key' && place.shown?.tag === tag.name)
              document.querySelector<HTMLElement>('[data-image-start]')?.focus();
            else show(tag);
          }}
          onBack={back}
          onRange={(first, last) => facts.onView(rows.slice(first, last + 1))}
          isBusy={!listing.isDone && listing.failure === null}
          end={<ListEnd registry={registry} listing={listing} />}
          placeholder={
            <NoTags
              registry={registry}
              repository={repository}
              listing={listing}
              filter={filter}
              onShowAll={() => setFilter('')}
            />
          }
        />
      </div>
    </>
  );
}

const nameOf = ({ name }: Tag) => name;

interface ColumnsOptions {
  readonly facts: TagFacts;
  readonly sort: TagSort;
  readonly onSort: (sort: TagSort) => void;
  /** Whether the list itself tells sizes and times. */
  readonly canSort: boolean;
}

function useColumns({ facts, sort, onSort, canSort }: ColumnsOptions): readonly GridColumn<Tag>[] {
  const text = useText('registries');
  const [now] = useState(Date.now);
  const sorting = (column: TagColumn) => ({
    onSort: () => onSort({ column, isDescending: sort.column === column ? !sort.isDescending : true }),
    problem: column === 'version' || canSort ? null : text('tags.cannotSort'),
  });
  return [
    {
      id: 'version',
      label: text('tags.columns.version'),
      width: 'minmax(5.5rem, 1fr)',
      sort: sorting('version'),
      cell: ({ name }) => (
        <bdi dir="ltr" className="truncate font-[550]" title={showControls(name)}>
          {showControls(name)}
        </bdi>
      ),
    },
    {
      id: 'updated',
      label: text('tags.columns.updated'),
      width: '6.5rem',
      sort: sorting('updated'),
      cell: (tag) => {
        const { updatedAt } = facts.factsOf(tag);
        return (
          <span className="truncate" title={updatedAt === null ? undefined : wholeTimeText(updatedAt)}>
            {dayText(updatedAt, now)}
          </span>
        );
      },
    },
    {
      id: 'size',
      label: text('tags.columns.size'),
      width: '4.75rem',
      isEnd: true,
      sort: sorting('size'),
      cell: (tag) => {
        const { sizeBytes } = facts.factsOf(tag);
        return sizeBytes === null ? null : formatBytes(sizeBytes);
      },
    },
    {
      id: 'architectures',
      label: text('tags.columns.architectures'),
      width: 'minmax(5.25rem, 0.5fr)',
      cell: (tag) => <Architectures names={facts.factsOf(tag).architectures} />,
    },
    {
      id: 'digest',
      label: text('tags.columns.digest'),
      width: '8.25rem',
      fromRem: 30,
      cell: (tag) => {
        const { digest } = facts.factsOf(tag);
        return digest === null ? null : (
          <DigestCell digest={digest} label={text('tags.copyDigest', { tag: showControls(tag.name) })} />
        );
      },
    },
  ];
}

function Architectures({ names }: { readonly names: readonly string[] }) {
  const text = useText('registries');
  const shown = names.map(showControls);
  const [first] = shown;
  if (first === undefined) return null;
  const all = shown.join(', ');
  return (
    <span className="truncate text-ink-2" title={all}>
      {shown.length <= 2 ? all : text('tags.more', { first, count: shown.length - 1 })}
    </span>
  );
}

function Counts({ listing, shown }: { readonly listing: Listing<Tag>; readonly shown: number }): ReactNode {
  const text = useText('registries');
  const count = listing.items.length;
  if (count === 0) return null;
  const values = { count, shown };
  if (!listing.isDone && listing.failure === null) return text('tags.countSoFar', values);
  return text(shown === count ? 'tags.count' : 'tags.countOf', values);
}

function FactsFailure({ facts }: { readonly facts: TagFacts }) {
  const text = useText('registries');
  if (facts.failure === null) return null;
  return (
    <p
      role="status"
      className="mx-3 mb-2 flex items-center gap-1.5 rounded-control bg-warn-soft py-0.5 pr-1 pl-2 text-small"
    >
      <TriangleAlert aria-hidden className="size-3.5 shrink-0 text-warn" />
      <span className="min-w-0 flex-1 [overflow-wrap:anywhere]" title={facts.failure.cause}>
        {text('tags.factsFailed', { title: facts.failure.title })}
      </span>
      <Button tone="quiet" className="h-6! px-2!" onClick={facts.retry}>
        {text('failure.retry')}
      </Button>
    </p>
  );
}

interface NoTagsProps extends Pick<TagBrowserProps, 'registry' | 'repository'> {
  readonly listing: Listing<Tag>;
  readonly filter: string;
  readonly onShowAll: () => void;
}

function NoTags({ registry, repository, listing, filter, onShowAll }: NoTagsProps) {
  const text = useText('registries');
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
  if (listing.items.length > 0) {
    return (
      <EmptyState
        icon={TagIcon}
        title={text('tags.noMatch')}
        text={text('tags.noMatchText', { count: listing.items.length, filter: showControls(filter) })}
      >
        <Button onClick={onShowAll}>{text('tags.showAll')}</Button>
      </EmptyState>
    );
  }
  if (!listing.isDone) return <SkeletonRows label={text('loading')} />;
  return (
    <EmptyState
      icon={TagIcon}
      title={text('tags.none')}
      text={text('tags.noneText', { repository: showControls(repository) })}
    />
  );
}
