import type { ErrorReport } from '#core/contract/errors.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { Image, PushInput, PushPlan } from '#core/contract/images.ts';
import { typedPath, withoutLastSlash } from '#renderer/ui/typedPath.ts';
import { checkFileName } from './pullForm.ts';

/** The form of sending images, as typed. */
export interface SendForm {
  readonly hostId: HostId;
  /** Empty is the host's first image folder. */
  readonly folder: string;
  /** Null keeps the name; only a single image can get another. */
  readonly fileName: string | null;
  readonly overwrite: boolean;
}

export interface SendProblems {
  readonly folder: 'notAbsolute' | null;
  readonly fileName: 'empty' | 'slash' | null;
}

/** What is wrong with the form. */
export function checkSend(form: SendForm): SendProblems {
  const folder = form.folder.trim();
  return {
    folder: folder !== '' && !folder.startsWith('/') ? 'notAbsolute' : null,
    fileName: form.fileName === null ? null : checkFileName(form.fileName),
  };
}

/** The input of the call for one image. */
export function pushInput(image: Image, form: SendForm): PushInput {
  const folder = withoutLastSlash(form.folder.trim());
  const { fileName } = form;
  return {
    path: image.path,
    hostId: form.hostId,
    folder: folder === '' ? null : typedPath(folder),
    fileName: fileName === null || fileName === image.name ? null : typedPath(fileName),
    overwrite: form.overwrite,
  };
}

/** An image to be sent, and what would happen: `other` has another file in its way, `replaces` takes its place. */
export type SendRow =
  | { readonly image: Image; readonly state: 'planning' }
  | { readonly image: Image; readonly state: 'failed'; readonly report: ErrorReport }
  | {
      readonly image: Image;
      readonly state: 'new' | 'same' | 'other' | 'replaces';
      readonly plan: PushPlan;
    };

export interface SendAnswer {
  readonly plan: PushPlan | null;
  readonly failure: ErrorReport | null;
}

/** What would happen to one image. */
export function sendRow(image: Image, answer: SendAnswer, overwrite: boolean): SendRow {
  const { plan, failure } = answer;
  if (failure !== null) return { image, state: 'failed', report: failure };
  if (plan === null) return { image, state: 'planning' };
  if (plan.exists === null) return { image, state: 'new', plan };
  if (plan.exists.isSame) return { image, state: 'same', plan };
  return { image, state: overwrite ? 'replaces' : 'other', plan };
}

export interface SendSummary {
  /** Images that are sent now. */
  readonly going: readonly { readonly image: Image; readonly plan: PushPlan }[];
  readonly sizeBytes: number;
  /** Null where the host cannot say. */
  readonly freeBytes: number | null;
  readonly lacksSpace: boolean;
  /** Images that have another file in their way, overwritten or not. */
  readonly others: number;
  readonly isPlanning: boolean;
  /** Each way once. */
  readonly means: readonly string[];
}

/** What would happen to all of them together. */
export function summarizeSend(rows: readonly SendRow[]): SendSummary {
  const going = rows.flatMap((row) =>
    row.state === 'new' || row.state === 'replaces' ? [{ image: row.image, plan: row.plan }] : [],
  );
  const free = going.flatMap(({ plan }) => plan.freeBytes ?? []);
  const sizeBytes = going.reduce((sum, { plan }) => sum + plan.sizeBytes, 0);
  const freeBytes = free.length === 0 ? null : Math.min(...free);
  return {
    going,
    sizeBytes,
    freeBytes,
    lacksSpace: freeBytes !== null && sizeBytes > freeBytes,
    others: rows.filter((row) => row.state === 'other' || row.state === 'replaces').length,
    isPlanning: rows.some((row) => row.state === 'planning'),
    means: [...new Set(going.map(({ plan }) => plan.means))],
  };
}
