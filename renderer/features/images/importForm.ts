import { baseName } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { Compression, ImageForm, ImportInput, ImportPlan } from '#core/contract/images.ts';
import { typedPath, withoutLastSlash } from '#renderer/ui/typedPath.ts';
import { checkFileName } from './pullForm.ts';

/** The form of an import, as typed. */
export interface ImportForm {
  readonly source: 'file' | 'engine';
  readonly path: string;
  /** Which image of an archive, or of an engine; null while none is chosen. */
  readonly member: string | null;
  readonly hostId: HostId;
  /** Null is the host's first image folder. */
  readonly folder: string | null;
  /** Null while it follows the file. */
  readonly fileName: string | null;
  readonly form: ImageForm;
  readonly overwrite: boolean;
  /** Null is the setting's. */
  readonly compression: Compression | null;
}

export interface CheckedImport {
  readonly pathProblem: 'notAbsolute' | null;
  readonly folderProblem: 'notAbsolute' | null;
  readonly fileNameProblem: 'empty' | 'slash' | null;
  /** For `images.planImport`; null where something is missing or wrong. */
  readonly input: ImportInput | null;
}

/** What was typed → what is wrong with it, and the input of the call. */
export function checkImport(form: ImportForm, defaultFolder: string | null): CheckedImport {
  const path = withoutLastSlash(form.path.trim());
  const folder = withoutLastSlash((form.folder ?? '').trim());
  const checked = {
    pathProblem: path !== '' && !path.startsWith('/') ? ('notAbsolute' as const) : null,
    folderProblem: folder !== '' && !folder.startsWith('/') ? ('notAbsolute' as const) : null,
    fileNameProblem: form.fileName === null ? null : checkFileName(form.fileName),
  };
  const hasSource =
    form.source === 'file'
      ? path !== '' && path !== '/' && checked.pathProblem === null
      : form.member !== null;
  if (!hasSource || checked.folderProblem !== null || checked.fileNameProblem !== null) {
    return { ...checked, input: null };
  }
  return {
    ...checked,
    input: {
      hostId: form.hostId,
      path: form.source === 'file' ? typedPath(path) : null,
      member: form.member,
      folder: folder === '' || folder === defaultFolder ? null : typedPath(folder),
      fileName: form.fileName === null ? null : typedPath(form.fileName),
      form: form.form,
      overwrite: form.overwrite,
      compression: form.form === 'sandbox' ? null : form.compression,
    },
  };
}

/** Whether a plan is one that can be started. */
export function canImport(plan: ImportPlan, overwrite: boolean): boolean {
  return !lacksMember(plan) && (plan.exists === null || overwrite);
}

/** Whether the person has to say which image of several is meant. */
export function lacksMember(plan: ImportPlan): boolean {
  return plan.members.length > 1 && plan.member === null;
}

/** Whether a SIF is made, so that compression matters; else a file is taken as it is. */
export function isMade(plan: ImportPlan | null): boolean {
  return plan !== null && !['sif', 'oci-sif', 'squashfs', 'ext3'].includes(plan.kind);
}

/** The name that the plan proposes. */
export function plannedName(plan: ImportPlan | null): string {
  return plan === null ? '' : baseName(plan.target);
}
