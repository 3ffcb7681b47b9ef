/** Texts of terminals. */
export const shells = { title: 'Shells' } as const;
