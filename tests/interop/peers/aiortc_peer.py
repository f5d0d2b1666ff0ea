"""Drives aiortc connections for a parent process, by lines of JSON. Ends with its stdin."""

import asyncio
import json
import sys

import aioice.ice
from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from aiortc.sdp import candidate_from_sdp

from aiortc_media import FilledTrack, read
from wire import decode, encode, snake_case, tell


class Connection:
    """One RTCPeerConnection, its channels and its tracks, which are known to the parent by name."""

    def __init__(self, number, configuration):
        if configuration.get("iceTransportPolicy") == "relay":
            # aiortc knows no such policy. Without an address of its own, which holds for the whole
            # process from here on, it has nothing but what a TURN server gives it.
            aioice.ice.get_host_addresses = lambda *_, **__: []
        self.number = number
        self.channels = {}
        self.sent = {}
        self.received = {}
        self.readers = set()
        servers = [RTCIceServer(**server) for server in configuration.get("iceServers", [])]
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=servers))
        for event in ("connectionstatechange", "iceconnectionstatechange",
                      "icegatheringstatechange", "signalingstatechange"):
            self.pc.on(event, lambda event=event: self.emit(event))
        self.pc.on("datachannel", self.announce)
        self.pc.on("track", self.announce_track)

    def tell(self, **message):
        tell(pc=self.number, states=self.states(), **message)

    def emit(self, event, **details):
        self.tell(event=event, **details)

    def states(self):
        return {
            "connectionState": self.pc.connectionState,
            "iceConnectionState": self.pc.iceConnectionState,
            "iceGatheringState": self.pc.iceGatheringState,
            "signalingState": self.pc.signalingState,
            "localDescription": describe(self.pc.localDescription),
        }

    def watch_channel(self, channel, key):
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
        self.watch_channel(channel, key)

    async def create_offer(self, options):
        return describe(await self.pc.createOffer())

    async def create_answer(self):
        return describe(await self.pc.createAnswer())

    async def set_local_description(self, description):
        await self.pc.setLocalDescription(RTCSessionDescription(**description))

    async def set_remote_description(self, description):
        await self.pc.setRemoteDescription(RTCSessionDescription(**description))

    async def add_ice_candidate(self, candidate):
        # It has no call for the end of candidates that comes one by one.
        if candidate["candidate"] == "":
            return
        parsed = candidate_from_sdp(candidate["candidate"].split(":", 1)[1])
        parsed.sdpMid = candidate["sdpMid"]
        parsed.sdpMLineIndex = candidate["sdpMLineIndex"]
        await self.pc.addIceCandidate(parsed)

    async def create_data_channel(self, channel, label, options):
        self.watch_channel(self.pc.createDataChannel(label, **options), channel)

    async def send(self, channel, text=None, base64=None):
        self.channels[channel].send(decode(text, base64))

    async def close_channel(self, channel):
        self.channels[channel].close()

    def announce_track(self, track):
        key = f"remote-{len(self.received)}"
        self.received[key] = track
        self.emit("track", track=key, kind=track.kind)

    async def add_track(self, track, kind, source):
        self.sent[track] = FilledTrack(kind)
        self.pc.addTrack(self.sent[track])

    async def show_picture(self, track, width, height, base64):
        self.sent[track].show_picture(width, height, decode(None, base64))

    async def play_sound(self, track, sample_rate, base64):
        self.sent[track].play_sound(sample_rate, decode(None, base64))

    async def watch(self, track):
        task = asyncio.create_task(read(
            self.received[track],
            lambda **contents: self.emit("media", track=track, **contents)))
        self.readers.add(task)
        task.add_done_callback(self.readers.discard)

    async def close(self):
        await self.pc.close()
        for task in self.readers:
            task.cancel()


def describe(description):
    return description and {"type": description.type, "sdp": description.sdp}


async def answer(connection, method, identity, parameters):
    try:
        names = {snake_case(name): value for name, value in parameters.items()}
        result = await getattr(connection, snake_case(method))(**names)
        connection.tell(id=identity, result=result)
    except Exception as error:  # the parent's promise rejects with it
        connection.tell(id=identity, error=f"{type(error).__name__}: {error}")


async def main():
    reader = asyncio.StreamReader(limit=2**24)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    connections = {}
    tasks = set()
    while line := await reader.readline():
        command = json.loads(line)
        identity, number, method = (command.pop(key) for key in ("id", "pc", "method"))
        if method == "create":
            connections[number] = Connection(number, **command)
            connections[number].tell(id=identity, result=None)
            continue
        # Tasks begin in the order of the commands; a gathering must not hold up a close.
        task = asyncio.create_task(answer(connections[number], method, identity, command))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*(connection.close() for connection in connections.values()))


asyncio.run(main())
