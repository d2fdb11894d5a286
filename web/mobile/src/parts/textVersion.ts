/** textVersion is what people read of the version of a text they agree to: "1#07aa" is 1, "diabetes:1#07aa hcp:2#19bc" is 1, 2. */
export const textVersion = (version: string): string => [...new Set(version.split(' ').map((part) => part.replace(/^[^:]*:/, '').replace(/#.*$/, '')))].join(', ')
