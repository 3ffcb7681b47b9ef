import { useState } from 'react';
import { baseName, type HostPath } from '#core/contract/hostPath.ts';
import type { Overlay } from '#core/contract/overlays.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { type GridColumn, RowGrid } from '#renderer/ui/RowGrid.tsx';
import { overlayState, stateTones } from './overlayState.ts';
import { overlaysStore } from './overlaysState.ts';

export interface OverlayTableProps {
  readonly rows: readonly Overlay[];
  readonly chosenPath: HostPath | null;
}

/** The overlays of a host, one a line. */
export function OverlayTable({ rows, chosenPath }: OverlayTableProps) {
  const text = useText('overlays');
  const [active, setActive] = useState<string | null>(chosenPath);
  const columns: readonly GridColumn<Overlay>[] = [
    {
      id: 'name',
      label: text('columns.name'),
      width: 'minmax(8rem, 1fr)',
      cell: ({ path, isEmbedded }) => (
        <>
          <bdi dir="ltr" className="truncate font-medium" title={showControls(path)}>
            {showControls(baseName(path))}
          </bdi>
          {isEmbedded ? <Badge>{text('embedded')}</Badge> : null}
        </>
      ),
    },
    {
      id: 'used',
      label: text('columns.used'),
      width: '5.5rem',
      isEnd: true,
      cell: ({ usedBytes }) => (usedBytes === null ? null : formatBytes(usedBytes)),
    },
    {
      id: 'size',
      label: text('columns.size'),
      width: '5.5rem',
      isEnd: true,
      cell: ({ sizeBytes }) => formatBytes(sizeBytes),
    },
    {
      id: 'state',
      label: text('columns.state'),
      width: '8.5rem',
      cell: (overlay) => {
        const state = overlayState(overlay);
        return <Badge tone={stateTones[state]}>{text(`states.${state}`)}</Badge>;
      },
    },
  ];
  return (
    <RowGrid
      label={text('table')}
      hint={text('tableHint')}
      rows={rows}
      keyOf={({ path }) => path}
      nameOf={({ path }) => baseName(path)}
      columns={columns}
      openKey={chosenPath}
      activeKey={rows.some(({ path }) => path === active) ? active : (rows[0]?.path ?? null)}
      onActive={setActive}
      onOpen={({ path }) => overlaysStore.setState({ chosenPath: path })}
      isBusy={false}
      placeholder={null}
    />
  );
}
