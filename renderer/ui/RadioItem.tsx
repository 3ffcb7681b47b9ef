import { RadioGroup } from 'radix-ui';
import type { ComponentProps, FocusEvent } from 'react';

/**
 * A choice of a radio group. It is chosen as soon as an arrow key brings the focus to it: Radix moves the focus a moment
 * after the key, and chooses only while the key is still held.
 */
export function RadioItem(props: Omit<ComponentProps<typeof RadioGroup.Item>, 'onFocus'>) {
  return <RadioGroup.Item {...props} onFocus={chooseBesideChosen} />;
}

/** Where nothing is chosen yet, Tab only shows where one is. */
function chooseBesideChosen({ currentTarget }: FocusEvent<HTMLButtonElement>): void {
  const chosen = currentTarget.closest('[role="radiogroup"]')?.querySelector('[aria-checked="true"]');
  if (chosen && chosen !== currentTarget) currentTarget.click();
}
