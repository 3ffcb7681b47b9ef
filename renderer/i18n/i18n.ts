import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import { builds } from './en/builds.ts';
import { buildsForms } from './en/buildsForms.ts';
import { commandLog } from './en/commandLog.ts';
import { common } from './en/common.ts';
import { compare } from './en/compare.ts';
import { frame } from './en/frame.ts';
import { hosts } from './en/hosts.ts';
import { hostsForms } from './en/hostsForms.ts';
import { hostsPrompts } from './en/hostsPrompts.ts';
import { images } from './en/images.ts';
import { registries } from './en/registries.ts';
import { registriesForms } from './en/registriesForms.ts';
import { settings } from './en/settings.ts';
import { shells } from './en/shells.ts';
import { storage } from './en/storage.ts';
import { tasks } from './en/tasks.ts';
import { trust } from './en/trust.ts';
import { trustForms } from './en/trustForms.ts';
import { welcome } from './en/welcome.ts';

/** The language file: one part for each feature. */
const english = {
  common,
  frame,
  images,
  shells,
  tasks,
  commandLog,
  compare,
  hosts,
  hostsForms,
  hostsPrompts,
  builds,
  buildsForms,
  registries,
  registriesForms,
  settings,
  storage,
  trust,
  trustForms,
  welcome,
};

export type TextParts = typeof english;

type Leaf<Node> = {
  [Key in keyof Node & string]: Node[Key] extends string ? Key : `${Key}.${Leaf<Node[Key]>}`;
}[keyof Node & string];
/** `taskCount_one` and `taskCount_other` are asked for as `taskCount`, with a `count`. */
type WithoutPlural<Key> = Key extends `${infer Base}_${'one' | 'other'}` ? Base | Key : Key;
type PartKey<Part extends keyof TextParts> = WithoutPlural<Leaf<TextParts[Part]>> & string;
type TextValues = Readonly<Record<string, string | number>>;

/** Address of a text anywhere in the language file: `images:pull.title`. */
export type TextKey = { [Part in keyof TextParts]: `${Part}:${PartKey<Part>}` }[keyof TextParts];

void i18next.use(initReactI18next).init({
  lng: 'en',
  resources: { en: english },
  defaultNS: 'common',
  ns: Object.keys(english),
  initAsync: false,
  // React escapes what it shows; file names in texts must not be escaped twice.
  interpolation: { escapeValue: false },
});

type Text<Part extends keyof TextParts> = (key: PartKey<Part>, values?: TextValues) => string;

/** The texts of one feature, in a component: `const text = useText('images'); text('pull.title')`. */
export function useText<Part extends keyof TextParts>(part: Part): Text<Part> {
  // The keys are checked by our own type, which i18next's cannot express.
  return useTranslation(part).t as Text<Part>;
}

/** A text by its whole address, where no component is at hand. */
export function textOf(key: TextKey, values: TextValues = {}): string {
  return i18next.t(key, values);
}
