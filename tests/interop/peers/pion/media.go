package main

import (
	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v3"
)

// An echo sends back what comes of its kind, packet by packet, and knows no codec.
type echo struct {
	track  *webrtc.TrackLocalStaticRTP
	remote webrtc.SSRC
}

func (c *connection) startEcho(kind, mimeType string) error {
	track, err := webrtc.NewTrackLocalStaticRTP(
		webrtc.RTPCodecCapability{MimeType: mimeType}, kind, "echo")
	if err != nil {
		return err
	}
	sender, err := c.pc.AddTrack(track)
	if err != nil {
		return err
	}
	c.lock.Lock()
	c.echoes[kind] = &echo{track: track}
	c.lock.Unlock()
	go c.hearRequests(sender, kind)
	return nil
}

func (c *connection) echo(kind string) *echo {
	c.lock.Lock()
	defer c.lock.Unlock()
	return c.echoes[kind]
}

func (c *connection) receive(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
	kind := track.Kind().String()
	back := c.echo(kind)
	c.lock.Lock()
	back.remote = track.SSRC()
	c.lock.Unlock()
	// Interceptors see what somebody reads.
	go func() {
		for {
			if _, _, err := receiver.ReadRTCP(); err != nil {
				return
			}
		}
	}()
	for {
		packet, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		c.tell(object{"event": "rtp", "echo": kind, "sequenceNumber": packet.SequenceNumber})
		if err := back.track.WriteRTP(packet); err != nil {
			return
		}
	}
}

func (c *connection) hearRequests(sender *webrtc.RTPSender, kind string) {
	for {
		packets, _, err := sender.ReadRTCP()
		if err != nil {
			return
		}
		for _, packet := range packets {
			switch packet.(type) {
			case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
				c.tell(object{"event": "keyframerequest", "echo": kind})
			}
		}
	}
}

func (c *connection) requestKeyFrame(kind string) error {
	back := c.echo(kind)
	c.lock.Lock()
	ssrc := uint32(back.remote)
	c.lock.Unlock()
	return c.pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: ssrc}})
}
