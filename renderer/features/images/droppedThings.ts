import { hostPathFromText } from '#core/contract/hostPath.ts';
import { textOf } from '#renderer/i18n/i18n.ts';
import { goToPage } from '#renderer/state/layout.ts';
import { addNotice } from '#renderer/state/notices.ts';
import { openPull } from '#renderer/state/pullRequest.ts';
import { emptyImportStart, showImagesDialog } from './imagesState.ts';

/** A file or folder that was dropped on the window. */
export interface DroppedFile {
  readonly file: File;
  /** Where the door can tell it; a browser cannot. */
  readonly path: string | null;
  readonly isFolder: boolean;
}

/** What was dropped: files, or else a text such as the address of a dragged link. */
export interface DroppedThings {
  readonly files: readonly DroppedFile[];
  readonly text: string;
}

/** More would be a slip of the hand; core keeps no more copies of a browser's files at once. */
const fileLimit = 8;
const textLimit = 4096;

/** Opens the dialog for what was dropped: files are imported one after the other, a text names an image to be pulled. */
export function takeDropped({ files, text }: DroppedThings): void {
  if (files.length === 0) {
    const words = text.trim().slice(0, textLimit);
    if (words !== '') openPull({ reference: words, form: 'sif', allowHttp: false });
    return;
  }
  // A folder whose path nobody tells has no bytes of its own to send.
  if (files.some(({ path, isFolder }) => path === null && isFolder)) {
    tell(textOf('images:drop.folder'), textOf('images:drop.folderHint'));
  }
  const usable = files.filter(({ path, isFolder }) => path !== null || !isFolder);
  const taken = usable.slice(0, fileLimit);
  if (taken.length < usable.length) {
    tell(textOf('images:drop.tooMany', { limit: fileLimit, count: usable.length }), null);
  }
  if (taken.length === 0) return;
  goToPage('images');
  const given = taken.flatMap(({ path }) =>
    path === null ? [] : [{ path: hostPathFromText(path), upload: null }],
  );
  const [first, ...others] = given;
  if (first === undefined) showImagesDialog({ kind: 'upload', files: taken.map(({ file }) => file) });
  else showImagesDialog({ kind: 'import', start: { ...emptyImportStart, file: first, others } });
}

function tell(title: string, detail: string | null): void {
  addNotice({ tone: 'plain', title, detail, taskId: null, report: null });
}
