import { test } from '@playwright/test';
import { findElectron } from '../fixtures/electronBinary.ts';

// Stands for the whole suite where Electron cannot be run, so that its absence is counted and its reason printed.
test('the suite in the desktop application', () => {
  const found = findElectron();
  test.skip('reason' in found, 'reason' in found ? found.reason : '');
});
