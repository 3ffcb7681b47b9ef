import type { Terminal } from '@xterm/xterm';

type Cell = readonly [column: number, row: number];

/** What is used of @xterm/xterm 6.0.0 beyond its public interface (src/browser/services/RenderService.ts). */
interface Internals {
  readonly _core: {
    readonly _renderService: {
      handleSelectionChanged(start: Cell | undefined, end: Cell | undefined, isColumns: boolean): void;
    };
  };
}

/**
 * The emulator tells its renderer of the selection at every scroll, and the renderer draws all rows again for it, also
 * where nothing was and is selected: output then costs twice the drawing. Such news is dropped. For an opened terminal.
 */
export function skipEmptySelections(terminal: Terminal): void {
  const service = (terminal as unknown as Internals)._core._renderService;
  const tell = service.handleSelectionChanged.bind(service);
  let wasSelected = false;
  service.handleSelectionChanged = (start, end, isColumns) => {
    const isSelected = start !== undefined && end !== undefined && !isSame(start, end);
    if (isSelected || wasSelected) tell(start, end, isColumns);
    wasSelected = isSelected;
  };
}

/** A click leaves a selection that ends where it starts. */
function isSame(start: Cell, end: Cell): boolean {
  return start[0] === end[0] && start[1] === end[1];
}
