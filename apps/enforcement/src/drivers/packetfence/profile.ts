/**
 * PacketFence has its queue ask the switch, and answers before that. It keeps what is open over restarts and moves, by
 * MAC. Rows of security events have no room that its API lets us write a mark into: what is ours is told by the rule.
 */
export const packetfenceCan = { renews: true, marks: false };
