"""Tracks of aiortc that a parent process fills and reads, as tests/interop/support/remote-media.js says."""

import asyncio
import base64
import fractions

from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame, VideoFrame

VIDEO_CLOCK = 90_000
# aiortc's encoders take sound by 20 ms.
PERIODS = 50
# Pictures that wait for the encoder; of more the parent has too many for this machine.
MOST_WAITING = 8


class FilledTrack(MediaStreamTrack):
    """Shows what the parent brings."""

    def __init__(self, kind):
        super().__init__()
        self.kind = kind
        self.frames = asyncio.Queue()
        self.sound = b""
        self.played = 0
        self.began = None

    async def recv(self):
        return await self.frames.get()

    def show_picture(self, width, height, data):
        now = asyncio.get_running_loop().time()
        self.began = self.began or now
        if self.frames.qsize() >= MOST_WAITING:
            return
        frame = VideoFrame(width, height, "yuv420p")
        for plane in frame.planes:
            rows, data = data[:plane.width * plane.height], data[plane.width * plane.height:]
            gap = bytes(plane.line_size - plane.width)
            plane.update(b"".join(rows[at:at + plane.width] + gap
                                  for at in range(0, len(rows), plane.width)))
        frame.pts = int((now - self.began) * VIDEO_CLOCK)
        frame.time_base = fractions.Fraction(1, VIDEO_CLOCK)
        self.frames.put_nowait(frame)

    def play_sound(self, sample_rate, data):
        self.sound += data
        samples = sample_rate // PERIODS
        while len(self.sound) >= 2 * samples:
            frame = AudioFrame(format="s16", layout="mono", samples=samples)
            frame.planes[0].update(self.sound[:2 * samples])
            self.sound = self.sound[2 * samples:]
            frame.sample_rate = sample_rate
            frame.pts = self.played
            frame.time_base = fractions.Fraction(1, sample_rate)
            self.played += samples
            self.frames.put_nowait(frame)


async def read(track, tell):
    """Tells all that a received track shows, until it ends."""
    try:
        while True:
            tell(**contents(await track.recv()))
    except MediaStreamError:
        pass


def contents(frame):
    if isinstance(frame, VideoFrame):
        data = b"".join(visible(plane) for plane in frame.reformat(format="yuv420p").planes)
        return {"width": frame.width, "height": frame.height, "base64": encoded(data)}
    channels = len(frame.layout.channels)
    # The plane may be longer than what is in it.
    data = bytes(frame.planes[0])[:2 * channels * frame.samples]
    return {"sampleRate": frame.sample_rate, "channelCount": channels, "base64": encoded(data)}


def visible(plane):
    data = bytes(plane)
    if plane.line_size == plane.width:
        return data[:plane.width * plane.height]
    return b"".join(data[at:at + plane.width]
                    for at in range(0, plane.line_size * plane.height, plane.line_size))


def encoded(data):
    return base64.b64encode(data).decode()
