/** count is 1,204. */
export const count = (n: number): string => n.toLocaleString('en-US')
