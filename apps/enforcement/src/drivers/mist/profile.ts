/**
 * Mist reads a client's labels when it authenticates, and takes a change of authorization for a live one. A user MAC has
 * no field that is ours alone: what is ours is told by the label.
 */
export const mistCan = { renews: true, marks: false };
