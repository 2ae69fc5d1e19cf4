/** The administrator's pages are in the navigation of administrators; the server refuses everybody else. */
export const administers = (role: string | undefined): boolean => role === 'admin';
