/**
 * Forescout is told a property of a host, and its own policies decide what follows and when. Nothing of ours makes a
 * session begin anew. A property has a value and no room for a mark.
 */
export const forescoutCan = { renews: false, marks: false };
