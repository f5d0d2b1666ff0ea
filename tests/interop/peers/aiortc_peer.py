"""Drives aiortc connections for a parent process.

One JSON object per line. Commands on stdin: {"id", "pc", "method", ...}; answers on stdout:
{"id", "result"} or {"id", "error"}; and events: {"pc", "event", ...}. Ends with its stdin.
"""

import asyncio
import base64
import json
import sys

import aioice.ice
from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from aiortc.sdp import candidate_from_sdp


def emit(**message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


class Connection:
    """One RTCPeerConnection and its channels, which are known to the parent by number."""

    def __init__(self, number, ice_servers, relay_only=False):
        if relay_only:
            # aiortc knows no iceTransportPolicy. Without an address of its own, which holds for the
            # whole process from here on, it has nothing but what a TURN server gives it.
            aioice.ice.get_host_addresses = lambda *_, **__: []
        self.number = number
        self.channels = {}
        servers = [RTCIceServer(**server) for server in ice_servers]
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=servers))
        for event in ("connectionstatechange", "iceconnectionstatechange",
                      "icegatheringstatechange", "signalingstatechange"):
            self.pc.on(event, lambda event=event: self.emit(event))
        self.pc.on("datachannel", self.announce)

    def emit(self, event, **details):
        emit(pc=self.number, event=event, states=self.states(), **details)

    def states(self):
        return {
            "connectionState": self.pc.connectionState,
            "iceConnectionState": self.pc.iceConnectionState,
            "iceGatheringState": self.pc.iceGatheringState,
            "signalingState": self.pc.signalingState,
        }

    def watch(self, channel, key):
        self.channels[key] = channel
        channel.on("open", lambda: self.emit("open", channel=key))
        channel.on("close", lambda: self.emit("close", channel=key))
        channel.on("message", lambda data: self.emit("message", channel=key, **encode(data)))

    def announce(self, channel):
        key = f"remote-{len(self.channels)}"
        self.emit(
            "datachannel",
            channel=key,
            label=channel.label,
            readyState=channel.readyState,
            protocol=channel.protocol,
            ordered=channel.ordered,
            maxRetransmits=channel.maxRetransmits,
            maxPacketLifeTime=channel.maxPacketLifeTime,
        )
        self.watch(channel, key)

    async def create_offer(self):
        return describe(await self.pc.createOffer())

    async def create_answer(self):
        return describe(await self.pc.createAnswer())

    async def set_local_description(self, type, sdp):
        await self.pc.setLocalDescription(RTCSessionDescription(sdp=sdp, type=type))
        return describe(self.pc.localDescription)

    async def set_remote_description(self, type, sdp):
        await self.pc.setRemoteDescription(RTCSessionDescription(sdp=sdp, type=type))

    async def add_ice_candidate(self, candidate, sdpMid, sdpMLineIndex):
        parsed = candidate_from_sdp(candidate.split(":", 1)[1])
        parsed.sdpMid = sdpMid
        parsed.sdpMLineIndex = sdpMLineIndex
        await self.pc.addIceCandidate(parsed)

    async def add_transceiver(self, kind):
        self.pc.addTransceiver(kind)

    async def create_data_channel(self, channel, label, options):
        self.watch(self.pc.createDataChannel(label, **options), channel)

    async def send(self, channel, text=None, base64=None):
        self.channels[channel].send(decode(text, base64))

    async def close_channel(self, channel):
        self.channels[channel].close()

    async def close(self):
        await self.pc.close()


def describe(description):
    return {"type": description.type, "sdp": description.sdp}


def encode(data):
    if isinstance(data, str):
        return {"text": data}
    return {"base64": base64.b64encode(data).decode()}


def decode(text, encoded):
    return text if text is not None else base64.b64decode(encoded)


async def run(connections, command):
    number = command.pop("pc")
    method = command.pop("method")
    if method == "create":
        connections[number] = Connection(number, **command)
        return None
    return await getattr(connections[number], method)(**command)


async def answer(connections, command):
    identity = command.pop("id")
    try:
        emit(id=identity, result=await run(connections, command))
    except Exception as error:  # the parent's promise rejects with it
        emit(id=identity, error=f"{type(error).__name__}: {error}")


async def main():
    reader = asyncio.StreamReader(limit=2**24)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    connections = {}
    tasks = set()
    while line := await reader.readline():
        # Tasks begin in the order of the commands; a gathering must not hold up a close.
        task = asyncio.create_task(answer(connections, json.loads(line)))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*(connection.close() for connection in connections.values()))


asyncio.run(main())
