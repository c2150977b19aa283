/**
 * A Kafka source for ansible-rulebook, for where the collection ansible.eda can't be installed. It gives events of the
 * same shape (`body`, `meta.headers`) and is as strict as that one: it ends at a header without a value.
 */
export const EVENT_SOURCE = `
import json

from aiokafka import AIOKafkaConsumer


async def main(queue, args):
    consumer = AIOKafkaConsumer(
        args["topic"],
        bootstrap_servers=f"{args['host']}:{args['port']}",
        group_id=args["group_id"],
        auto_offset_reset=args["offset"],
    )
    await consumer.start()
    try:
        async for message in consumer:
            headers = {name: value.decode() for name, value in message.headers}
            body = json.loads(message.value)
            if body:
                await queue.put({"body": body, "meta": {"headers": headers, "key": message.key.decode()}})
    finally:
        await consumer.stop()
`;
