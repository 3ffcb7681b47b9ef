import { useMemo } from 'react';

/**
 * For a dialog that no trigger of its own opened: gives the focus back to what had it, when the dialog closes. Where
 * that is gone (the line of a menu), it goes to the element that the page marked with `data-home-focus`.
 */
export function useReturnFocus(isOpen: boolean): (event: Event) => void {
  const opener = useMemo(() => (isOpen ? document.activeElement : null), [isOpen]);
  return (event) => {
    event.preventDefault();
    const isThere = opener instanceof HTMLElement && opener.isConnected && opener !== document.body;
    const target = isThere ? opener : document.querySelector<HTMLElement>('[data-home-focus]');
    target?.focus({ preventScroll: true });
  };
}
