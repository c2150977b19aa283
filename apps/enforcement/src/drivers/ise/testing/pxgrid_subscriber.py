"""Cisco's own WebSocket and STOMP classes, as a second subscriber beside our driver: prints every message as a line.

Arguments: WebSocket URL, CA file, node name, secret, name of the pubsub node, topics.
"""

import asyncio
import ssl
import sys

from pxgrid_util.ws_stomp import WebSocketStomp

url, ca_file, node_name, secret, host, *topics = sys.argv[1:]


async def main():
    context = ssl.create_default_context(cafile=ca_file)
    socket = WebSocketStomp(url, node_name, secret, context)
    await socket.connect()
    await socket.stomp_connect(host)
    for topic in topics:
        await socket.stomp_subscribe(topic, {"id": topic.replace("/", "-")})
    print("subscribed", flush=True)
    while True:
        # Its parser leaves the frame's closing NUL and what may follow in the content.
        content = await socket.stomp_read_message()
        print(content.split("\0")[0].strip(), flush=True)


asyncio.run(main())
