import { BadgeCheck, Box, CircleSlash, Folder, Package, Star } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { formatBytes } from '#core/contract/quantity.ts';
import type { Repository } from '#core/contract/registries.ts';
import { abilitiesOf } from '#core/contract/registryKinds.ts';
import type { RegistrySettings } from '#core/contract/registryList.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { showControls } from '#renderer/ui/hostileText.ts';
import { type GridColumn, RowGrid } from '#renderer/ui/RowGrid.tsx';
import { wholeTimeText } from '#renderer/ui/when.ts';
import { ListEnd } from './ListEnd.tsx';
import type { Listing } from './listing.ts';
import { takeFocus } from './registriesState.ts';
import { dayText } from './registryWords.ts';

export interface RepositoryTableProps {
  readonly registry: RegistrySettings;
  readonly listing: Listing<Repository>;
  /** Where the keyboard starts, where that is listed. */
  readonly entered: string | null;
  readonly openKey: string | null;
  readonly onOpen: (entry: Repository) => void;
  readonly onBack?: () => void;
  readonly placeholder: ReactNode;
}

const icons = { repository: Package, folder: Folder, image: Box } as const;
const keyOf = ({ name }: Repository) => name;

/** Repositories, or the images and folders of a tree, in the order in which the registry tells them. */
export function RepositoryTable({ registry, listing, entered, ...rest }: RepositoryTableProps) {
  const text = useText('registries');
  const { isTree } = abilitiesOf(registry.kind);
  const [active, setActive] = useState<string | null>(entered);
  const [now] = useState(Date.now);
  const { items } = listing;
  const has = {
    description: items.some(({ description }) => description !== null && description !== ''),
    stars: items.some(({ stars }) => stars !== null),
    size: items.some(({ sizeBytes }) => sizeBytes !== null),
    updated: items.some(({ updatedAt }) => updatedAt !== null),
  };
  const columns: (GridColumn<Repository> | null)[] = [
    {
      id: 'name',
      label: text('repositories.columns.name'),
      width: 'minmax(9rem, 1fr)',
      cell: (entry) => <Name entry={entry} isTree={isTree} />,
    },
    has.description
      ? {
          id: 'description',
          label: text('repositories.columns.description'),
          width: 'minmax(5rem, 1.3fr)',
          fromRem: 38,
          cell: ({ description }) => (
            <bdi className="truncate text-ink-3" title={showControls(description ?? '')}>
              {showControls(description ?? '')}
            </bdi>
          ),
        }
      : null,
    has.stars
      ? {
          id: 'stars',
          label: text('repositories.columns.stars'),
          width: '4.5rem',
          isEnd: true,
          cell: ({ stars }) =>
            stars === null || stars === 0 ? null : (
              <>
                <Star aria-hidden className="size-3 shrink-0 text-ink-3" />
                {compact.format(stars)}
              </>
            ),
        }
      : null,
    has.size
      ? {
          id: 'size',
          label: text('repositories.columns.size'),
          width: '5.25rem',
          isEnd: true,
          cell: ({ sizeBytes }) => (sizeBytes === null ? null : formatBytes(sizeBytes)),
        }
      : null,
    has.updated
      ? {
          id: 'updated',
          label: text('repositories.columns.updated'),
          width: '6.75rem',
          cell: ({ updatedAt }) => (
            <span className="truncate" title={updatedAt === null ? undefined : wholeTimeText(updatedAt)}>
              {dayText(updatedAt, now)}
            </span>
          ),
        }
      : null,
  ];
  return (
    <RowGrid
      takesFocus={takeFocus}
      label={text(isTree ? 'repositories.entries' : 'repositories.table')}
      hint={text('repositories.tableHint')}
      rows={items}
      keyOf={keyOf}
      columns={columns.filter((column) => column !== null)}
      activeKey={items.some(({ name }) => name === active) ? active : (items[0]?.name ?? null)}
      onActive={setActive}
      isBusy={!listing.isDone && listing.failure === null}
      end={<ListEnd registry={registry} listing={listing} />}
      {...rest}
    />
  );
}

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

function Name({ entry, isTree }: { readonly entry: Repository; readonly isTree: boolean }) {
  const text = useText('registries');
  const Icon = icons[entry.kind];
  // A folder's entries stand under its name already.
  const isPlainFile = entry.kind === 'image' && entry.reference === null;
  const name = isTree ? lastPart(entry.name) : entry.name;
  return (
    <>
      <Icon
        aria-hidden
        strokeWidth={1.75}
        className={entry.kind === 'folder' ? 'size-4 shrink-0 text-accent' : 'size-4 shrink-0 text-ink-3'}
      />
      <span className="sr-only">{text(`kindsOfEntry.${entry.kind}`)} </span>
      <bdi
        dir="ltr"
        className={isPlainFile ? 'truncate text-ink-3' : 'truncate font-[550]'}
        title={showControls(entry.name)}
      >
        {showControls(name)}
      </bdi>
      {isPlainFile ? (
        <span title={text('repositories.noImage')} className="shrink-0 text-ink-3">
          <CircleSlash aria-hidden className="size-3.5" />
          <span className="sr-only">{text('repositories.noImage')}</span>
        </span>
      ) : null}
      {entry.isOfficial ? (
        <span title={text('repositories.official')} className="shrink-0 text-ok">
          <BadgeCheck aria-hidden className="size-4" strokeWidth={1.75} />
          <span className="sr-only">{text('repositories.official')}</span>
        </span>
      ) : null}
    </>
  );
}

function lastPart(name: string): string {
  const bare = name.replace(/\/+$/, '');
  return bare.slice(bare.lastIndexOf('/') + 1) || name;
}
