import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import { commandLog } from './en/commandLog.ts';
import { common } from './en/common.ts';
import { frame } from './en/frame.ts';
import { hosts } from './en/hosts.ts';
import { images } from './en/images.ts';
import { settings } from './en/settings.ts';
import { shells } from './en/shells.ts';
import { storage } from './en/storage.ts';
import { tasks } from './en/tasks.ts';
import { welcome } from './en/welcome.ts';

/** The language file: one part for each feature. */
const english = { common, frame, images, shells, tasks, commandLog, hosts, settings, storage, welcome };

export type TextParts = typeof english;

declare module 'i18next' {
  interface CustomTypeOptions {
    readonly defaultNS: 'common';
    readonly resources: TextParts;
  }
}

type Leaf<Node> = {
  [Key in keyof Node & string]: Node[Key] extends string ? Key : `${Key}.${Leaf<Node[Key]>}`;
}[keyof Node & string];

/** Address of a text anywhere in the language file: `images:pull.title`. */
export type TextKey = { [Part in keyof TextParts]: `${Part}:${Leaf<TextParts[Part]>}` }[keyof TextParts];

void i18next.use(initReactI18next).init({
  lng: 'en',
  resources: { en: english },
  defaultNS: 'common',
  ns: Object.keys(english),
  initAsync: false,
  // React escapes what it shows; file names in texts must not be escaped twice.
  interpolation: { escapeValue: false },
});

/** The texts of one feature, in a component: `const text = useText('images'); text('pull.title')`. */
export function useText<Part extends keyof TextParts>(part: Part) {
  return useTranslation(part).t;
}

/** A text by its whole address, where no component is at hand. */
export function textOf(key: TextKey, values: Readonly<Record<string, string | number>> = {}): string {
  return i18next.t(key as 'common:close', values); // the key is checked above; i18next's own type cannot follow it
}
