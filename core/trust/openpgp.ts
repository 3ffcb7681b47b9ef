/** OpenPGP.js, loaded when keys are first looked at: most commands never do. */
export const openpgp = () => import('openpgp');
