"""Plays scenarios on aiortc for process-peer.mjs."""

import asyncio
import json
import sys

import aiortc
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack


def emit(**message):
    print(json.dumps(message), flush=True)


def track_of(kind):
    return AudioStreamTrack() if kind == "audio" else VideoStreamTrack()


class Unknown(Exception):
    """What a scenario asks for and aiortc does not have."""


def refuse(section, *members):
    for member in members:
        if member in section:
            raise Unknown(f"aiortc has no {member}")


def add(connection, section):
    kind = section["kind"]
    if kind == "data":
        connection.createDataChannel("data")
        return
    refuse(section, "streams", "rids")
    direction = section.get("direction", "sendrecv")
    sends = direction.startswith("send")
    transceiver = connection.addTransceiver(track_of(kind) if sends else kind, direction=direction)
    if "codec" in section:
        codecs = RTCRtpSender.getCapabilities(kind).codecs
        transceiver.setCodecPreferences([c for c in codecs if c.mimeType == section["codec"]])


async def offers(scenario):
    refuse(scenario, "configuration")
    offerer, answerer = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
    said = []
    try:
        for turn in scenario["rounds"]:
            refuse(turn, "restart", "removeTrack", "refuse")
            for section in turn.get("add", []):
                add(offerer, section)
            transceivers = offerer.getTransceivers()
            for at in turn.get("stop", []):
                await transceivers[at].stop()
            for at, direction in turn.get("turn", {}).items():
                transceivers[int(at)].direction = direction
            await offerer.setLocalDescription(await offerer.createOffer())
            offer = offerer.localDescription
            said.append(offer.sdp)
            await answerer.setRemoteDescription(offer)
            await answerer.setLocalDescription(await answerer.createAnswer())
            await offerer.setRemoteDescription(answerer.localDescription)
    finally:
        await offerer.close()
        await answerer.close()
    return said


async def answers(scenario, texts):
    refuse(scenario, "refuse")
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    said = []
    try:
        for round, text in enumerate(texts):
            await connection.setRemoteDescription(RTCSessionDescription(sdp=text, type="offer"))
            if round == 0:
                for section in scenario.get("add", []):
                    connection.addTrack(track_of(section["kind"]))
            await connection.setLocalDescription(await connection.createAnswer())
            said.append(connection.localDescription.sdp)
    finally:
        await connection.close()
    return said


async def main():
    emit(version=aiortc.__version__)
    reader = asyncio.StreamReader(limit=2**24)
    loop = asyncio.get_running_loop()
    # Connections are closed while it still tries to connect them, of which it complains.
    loop.set_exception_handler(lambda *_: None)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        request = json.loads(line)
        try:
            if "offers" in request:
                emit(said=await answers(request["scenario"], request["offers"]))
            else:
                emit(said=await offers(request["scenario"]))
        except Exception as error:
            emit(error=f"{type(error).__name__}: {error}")


asyncio.run(main())
