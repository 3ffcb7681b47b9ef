import i18next from 'i18next';
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
import { instances } from './en/instances.ts';
import { overlays } from './en/overlays.ts';
import { registries } from './en/registries.ts';
import { registriesForms } from './en/registriesForms.ts';
import { sandboxes } from './en/sandboxes.ts';
import { settings } from './en/settings.ts';
import { shells } from './en/shells.ts';
import { storage } from './en/storage.ts';
import { tasks } from './en/tasks.ts';
import { trust } from './en/trust.ts';
import { trustForms } from './en/trustForms.ts';
import { welcome } from './en/welcome.ts';
import { workspaces } from './en/workspaces.ts';
import { workspacesForms } from './en/workspacesForms.ts';

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
  instances,
  overlays,
  registries,
  registriesForms,
  sandboxes,
  settings,
  storage,
  trust,
  trustForms,
  welcome,
  workspaces,
  workspacesForms,
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

void i18next.init({
  lng: 'en',
  resources: { en: english },
  defaultNS: 'common',
  ns: Object.keys(english),
  initAsync: false,
  // React escapes what it shows; file names in texts must not be escaped twice.
  interpolation: { escapeValue: false },
});

type Text<Part extends keyof TextParts> = (key: PartKey<Part>, values?: TextValues) => string;

type AnyText = (key: string, values?: TextValues) => string;
const texts = new Map<keyof TextParts, AnyText>();

/**
 * The texts of one feature, in a component: `const text = useText('images'); text('pull.title')`. The same function each
 * time: the language does not change while the page stands.
 */
export function useText<Part extends keyof TextParts>(part: Part): Text<Part> {
  const known = texts.get(part);
  // The keys are checked by our own type, which i18next's cannot express.
  if (known !== undefined) return known as Text<Part>;
  const text: AnyText = (key, values) =>
    (values === undefined ? plainText(part, key) : undefined) ?? i18next.t(key, { ns: part, ...values });
  texts.set(part, text);
  return text as Text<Part>;
}

/** A text without values, read where it stands: the first picture asks for hundreds. */
function plainText(part: keyof TextParts, key: string): string | undefined {
  let node: unknown = english[part];
  for (const step of key.split('.')) node = isBranch(node) ? node[step] : undefined;
  return typeof node === 'string' && !/\{\{|\$t\(/.test(node) ? node : undefined;
}

function isBranch(node: unknown): node is Readonly<Record<string, unknown>> {
  return typeof node === 'object' && node !== null;
}

/** A text by its whole address, where no component is at hand. */
export function textOf(key: TextKey, values: TextValues = {}): string {
  return i18next.t(key, values);
}
