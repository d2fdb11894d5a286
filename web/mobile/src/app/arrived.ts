/** The address this page was opened by, read before the router makes it its own: a number of twenty digits must stay a text. */
export const arrivedWith: Record<string, string> = Object.fromEntries([...new URLSearchParams(location.search)].filter(([name, value]) => name !== 't' && value.length <= 400).slice(0, 40))
