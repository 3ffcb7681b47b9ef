import { shortcutLabel } from '#renderer/commands/shortcut.ts';

/** Keys of a shortcut (`Mod+Shift+P`) in the platform's words. */
export function Kbd({ shortcut }: { readonly shortcut: string }) {
  return (
    <kbd className="shrink-0 rounded-small border border-line bg-panel px-1.5 font-sans text-tiny leading-[1.05rem] whitespace-nowrap text-ink-3 select-none">
      {shortcutLabel(shortcut)}
    </kbd>
  );
}
