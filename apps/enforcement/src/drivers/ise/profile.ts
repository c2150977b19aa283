/** ISE keeps no mark on an assignment: what is ours is told by the policy's name. */
export const iseCan = { renews: true, marks: false };
