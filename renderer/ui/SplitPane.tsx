import type { ReactNode } from 'react';
import { Panel, PanelGroup, PanelResizeHandle } from 'react-resizable-panels';
import { useText } from '#renderer/i18n/i18n.ts';

export interface SplitPaneProps {
  /** Remembers the sizes under this name. */
  readonly id: string;
  readonly direction?: 'horizontal' | 'vertical';
  readonly first: ReactNode;
  /** Null shows only the first. */
  readonly second: ReactNode;
  /** Share of the second, in percent. */
  readonly secondSize?: number;
  readonly secondMinSize?: number;
  readonly firstMinSize?: number;
}

/** Two places side by side (or one above the other) with a line to drag; arrow keys move the line. */
export function SplitPane({
  id,
  direction = 'horizontal',
  first,
  second,
  secondSize = 34,
  secondMinSize = 20,
  firstMinSize = 25,
}: SplitPaneProps) {
  return (
    <PanelGroup direction={direction} autoSaveId={`split.${id}`} className="min-h-0">
      <Panel id="first" order={1} minSize={firstMinSize} className="min-h-0 min-w-0">
        {first}
      </Panel>
      {second === null ? null : (
        <>
          <ResizeHandle direction={direction} />
          <Panel
            id="second"
            order={2}
            defaultSize={secondSize}
            minSize={secondMinSize}
            className="min-h-0 min-w-0"
          >
            {second}
          </Panel>
        </>
      )}
    </PanelGroup>
  );
}

/** The line between two panels: one pixel to see, seven to take hold of. */
export function ResizeHandle({ direction }: { readonly direction: 'horizontal' | 'vertical' }) {
  const text = useText('common');
  return (
    <PanelResizeHandle
      aria-label={text('resize')}
      hitAreaMargins={{ coarse: 12, fine: 4 }}
      className={
        direction === 'horizontal'
          ? 'w-px bg-line transition-colors hover:bg-accent focus-visible:bg-accent data-[resize-handle-state=drag]:bg-accent'
          : 'h-px bg-line-strong transition-colors hover:bg-accent focus-visible:bg-accent data-[resize-handle-state=drag]:bg-accent'
      }
    />
  );
}
