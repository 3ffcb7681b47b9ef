// biome-ignore-all lint/a11y/useSemanticElements: rows of a table cannot be placed where a virtual list needs them
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus, and names its active row
import { Box, CloudOff, FileBox, FileX2, FolderTree, TriangleAlert } from 'lucide-react';
import { memo } from 'react';
import type { Image } from '#core/contract/images.ts';
import type { ImageVerdict } from '#core/contract/trust.ts';
import { classNames } from '#renderer/ui/classNames.ts';
import { HostLabel } from '#renderer/ui/HostLabel.tsx';
import { isOtherArchitecture, type SortColumn } from './imageRow.ts';
import { sizeText, whenText } from './imageWords.ts';
import type { RowHost } from './rowHosts.ts';
import type { RowWords } from './rowWords.ts';
import { TrustBadge } from './TrustBadge.tsx';
import { wholeMoment } from './when.ts';

export interface ImageTableRowProps {
  readonly id: string;
  readonly image: Image;
  /** 0-based, among the images in view. */
  readonly index: number;
  /** 1-based, in the whole grid. */
  readonly ariaRowIndex: number;
  readonly top: number;
  readonly isSelected: boolean;
  readonly isActive: boolean;
  readonly columns: readonly SortColumn[];
  readonly host: RowHost;
  /** What verifying it as it is now found; null where nobody has. */
  readonly verdict: ImageVerdict | null;
  readonly words: RowWords;
  /** Start of today: rows say `today` anew after midnight. */
  readonly now: number;
}

/** One image as a row of the grid. It is drawn again only when something in it changed. */
export const ImageTableRow = memo(function ImageTableRow(props: ImageTableRowProps) {
  const { columns, isSelected, isActive, host, words } = props;
  return (
    <div
      role="row"
      id={props.id}
      aria-rowindex={props.ariaRowIndex}
      aria-selected={isSelected}
      data-index={props.index}
      title={host.isOld ? words.old(host.label) : undefined}
      style={{ transform: `translateY(${props.top}px)` }}
      className={classNames(
        'absolute inset-x-0 top-0 grid h-7 grid-cols-(--columns) items-center border-b border-line/55',
        isSelected ? 'bg-selected' : 'hover:bg-hover',
        host.isOld && 'text-ink-3',
        isActive &&
          'group-focus-visible/grid:outline-2 group-focus-visible/grid:-outline-offset-2 group-focus-visible/grid:outline-accent',
      )}
    >
      {columns.map((column) => (
        <Cell key={column} column={column} {...props} />
      ))}
    </div>
  );
});

function Cell({
  column,
  image,
  host,
  verdict,
  words,
  now,
}: ImageTableRowProps & { readonly column: SortColumn }) {
  switch (column) {
    case 'name':
      return (
        <div role="gridcell" title={image.path} className="flex min-w-0 items-center gap-2 pr-2 pl-3">
          <FormatIcon image={image} />
          <bdi dir="ltr" className="truncate font-[550]">
            {image.name}
          </bdi>
        </div>
      );
    case 'host':
      return (
        <div role="gridcell" className="flex min-w-0 items-center gap-1.5 px-2">
          <HostLabel colour={host.colour} label={host.label} />
          {host.isOld ? (
            <>
              <CloudOff aria-hidden className="size-3.5 shrink-0" strokeWidth={1.75} />
              <span className="sr-only">{words.old(host.label)}</span>
            </>
          ) : null}
        </div>
      );
    case 'size':
      return (
        <div role="gridcell" className="truncate px-2 text-right tabular-nums">
          {image.sizeBytes === null ? (
            <span className="text-ink-3" title={sizeText(image)}>
              –
            </span>
          ) : (
            sizeText(image)
          )}
        </div>
      );
    case 'architecture':
      return <ArchitectureCell image={image} host={host} words={words} />;
    case 'source':
      return (
        <div role="gridcell" title={image.source ?? undefined} className="truncate px-2 text-ink-3">
          <bdi dir="ltr">{image.source ?? ''}</bdi>
        </div>
      );
    case 'created': {
      const at = image.createdAt ?? image.modifiedAt;
      return (
        <div role="gridcell" title={wholeMoment(at) ?? undefined} className="truncate px-2 tabular-nums">
          {whenText(at, now)}
        </div>
      );
    }
    case 'trust':
      return (
        <div role="gridcell" className="flex min-w-0 items-center overflow-hidden px-2">
          <TrustBadge image={image} verdict={verdict} words={words} />
        </div>
      );
    case 'format':
      return (
        <div role="gridcell" className="truncate px-2 text-ink-2">
          {words.formats[image.format]}
        </div>
      );
  }
}

function ArchitectureCell({ image, host, words }: Pick<ImageTableRowProps, 'image' | 'host' | 'words'>) {
  const architecture = image.architecture ?? '';
  if (!isOtherArchitecture(image, host.architecture)) {
    return (
      <div role="gridcell" className="truncate px-2">
        {architecture}
      </div>
    );
  }
  const explanation = words.otherArchitecture(architecture);
  return (
    <div role="gridcell" title={explanation} className="flex min-w-0 items-center gap-1 px-2 text-warn">
      <TriangleAlert aria-hidden className="size-3.5 shrink-0" />
      <span className="truncate">{architecture}</span>
      <span className="sr-only">{explanation}</span>
    </div>
  );
}

function FormatIcon({ image }: { readonly image: Image }) {
  const className = classNames('size-4 shrink-0', image.format === 'damaged' ? 'text-bad' : 'text-ink-3');
  if (image.format === 'damaged') return <FileX2 aria-hidden className={className} strokeWidth={1.5} />;
  if (image.format === 'sandbox') return <FolderTree aria-hidden className={className} strokeWidth={1.5} />;
  if (image.format === 'sif' || image.format === 'oci-sif') {
    return <Box aria-hidden className={className} strokeWidth={1.5} />;
  }
  return <FileBox aria-hidden className={className} strokeWidth={1.5} />;
}
