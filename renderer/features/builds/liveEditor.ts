/** What commands ask of the editor that is shown. It is loaded with the page, long after the commands. */
export interface LiveEditor {
  /** Puts the cursor to a line and column (from 1 on), in the middle of the view. */
  goTo(line: number, column: number): void;
  /** Goes to the problem after (`1`) or before (`-1`) the cursor, around the end. */
  goToProblem(direction: 1 | -1): void;
  openSearch(): void;
  focus(): void;
  /** Changes parts of the text, as one step of undo. */
  edit(edits: readonly { readonly from: number; readonly to: number; readonly text: string }[]): void;
}

let live: LiveEditor | null = null;

/** The editor in view; null when there is none. */
export function liveEditor(): LiveEditor | null {
  return live;
}

/** The editor is shown; call what it gives when it goes. */
export function setLiveEditor(editor: LiveEditor): () => void {
  live = editor;
  return () => {
    if (live === editor) live = null;
  };
}
