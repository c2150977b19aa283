/**
 * ClearPass keeps attributes by MAC and reads them at each authentication. Writing one moves no live session: that is an
 * action of its own. An endpoint has room for our mark.
 */
export const clearpassCan = { renews: true, marks: true };
