// Plays scenarios on pion/webrtc for process-peer.mjs.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/pion/webrtc/v3"
)

type section struct {
	Kind      string    `json:"kind"`
	Direction string    `json:"direction"`
	Streams   *[]string `json:"streams"`
	Rids      []string  `json:"rids"`
	Codec     string    `json:"codec"`
}

type round struct {
	Add         []section         `json:"add"`
	Stop        []int             `json:"stop"`
	Turn        map[string]string `json:"turn"`
	RemoveTrack []int             `json:"removeTrack"`
	Restart     bool              `json:"restart"`
	Refuse      []int             `json:"refuse"`
}

type scenario struct {
	Configuration struct {
		BundlePolicy string `json:"bundlePolicy"`
		Lite         bool   `json:"lite"`
	} `json:"configuration"`
	Gathered bool      `json:"gathered"`
	PlanB    bool      `json:"planB"`
	Rounds   []round   `json:"rounds"`
	Add      []section `json:"add"`
	Refuse   []int     `json:"refuse"`
}

type request struct {
	Scenario scenario `json:"scenario"`
	Offers   []string `json:"offers"`
}

// Of the packages that this is built with; told by the one who built it.
var version string

func emit(message interface{}) {
	text, err := json.Marshal(message)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(text))
}

func connect(s scenario) (*webrtc.PeerConnection, error) {
	media := &webrtc.MediaEngine{}
	if err := media.RegisterDefaultCodecs(); err != nil {
		return nil, err
	}
	for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
		for _, uri := range []string{
			"urn:ietf:params:rtp-hdrext:sdes:mid",
			"urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
			"urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
		} {
			extension := webrtc.RTPHeaderExtensionCapability{URI: uri}
			if err := media.RegisterHeaderExtension(extension, kind); err != nil {
				return nil, err
			}
		}
	}
	settings := webrtc.SettingEngine{}
	settings.SetLite(s.Configuration.Lite)
	configuration := webrtc.Configuration{}
	switch s.Configuration.BundlePolicy {
	case "max-bundle":
		configuration.BundlePolicy = webrtc.BundlePolicyMaxBundle
	case "max-compat":
		configuration.BundlePolicy = webrtc.BundlePolicyMaxCompat
	}
	if s.PlanB {
		configuration.SDPSemantics = webrtc.SDPSemanticsPlanB
	}
	api := webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithSettingEngine(settings))
	return api.NewPeerConnection(configuration)
}

var tracks int

func newTrack(s section, rid string) (webrtc.TrackLocal, error) {
	stream := "only"
	if s.Streams != nil {
		if len(*s.Streams) != 1 {
			return nil, fmt.Errorf("pion's tracks are in one stream")
		}
		stream = (*s.Streams)[0]
	}
	codec := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus}
	if s.Kind == "video" {
		codec = webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}
	}
	if s.Codec != "" {
		codec.MimeType = s.Codec
	}
	options := []func(*webrtc.TrackLocalStaticRTP){}
	if rid != "" {
		options = append(options, webrtc.WithRTPStreamID(rid))
	} else {
		tracks++
	}
	return webrtc.NewTrackLocalStaticSample(codec, fmt.Sprintf("%s-%d", s.Kind, tracks), stream, options...)
}

func add(pc *webrtc.PeerConnection, s section, planB bool) error {
	if s.Kind == "data" {
		_, err := pc.CreateDataChannel("data", nil)
		return err
	}
	direction := webrtc.RTPTransceiverDirectionSendrecv
	if s.Direction != "" {
		direction = webrtc.NewRTPTransceiverDirection(s.Direction)
	}
	init := webrtc.RTPTransceiverInit{Direction: direction}
	if !strings.HasPrefix(direction.String(), "send") {
		_, err := pc.AddTransceiverFromKind(webrtc.NewRTPCodecType(s.Kind), init)
		return err
	}
	rids := s.Rids
	if rids == nil {
		rids = []string{""}
	}
	track, err := newTrack(s, rids[0])
	if err != nil {
		return err
	}
	if planB {
		_, err := pc.AddTrack(track)
		return err
	}
	transceiver, err := pc.AddTransceiverFromTrack(track, init)
	if err != nil {
		return err
	}
	for _, rid := range rids[1:] {
		another, err := newTrack(s, rid)
		if err != nil {
			return err
		}
		if err := transceiver.Sender().AddEncoding(another); err != nil {
			return err
		}
	}
	if s.Codec == "" {
		return nil
	}
	wanted := []webrtc.RTPCodecParameters{}
	for _, codec := range transceiver.Receiver().GetParameters().Codecs {
		if codec.MimeType == s.Codec {
			wanted = append(wanted, codec)
		}
	}
	return transceiver.SetCodecPreferences(wanted)
}

// What makes the other side refuse a section.
func withoutKnownCodecs(sdp string, sections []int) string {
	parts := strings.Split(sdp, "\r\nm=")
	for _, at := range sections {
		lines := strings.Split(parts[at+1], "\r\n")
		for i, line := range lines {
			if strings.HasPrefix(line, "a=rtpmap:") {
				slash := strings.Index(line, "/")
				space := strings.Index(line, " ")
				lines[i] = line[:space+1] + "unknown" + line[slash:]
			}
		}
		parts[at+1] = strings.Join(lines, "\r\n")
	}
	return strings.Join(parts, "\r\nm=")
}

func answer(pc *webrtc.PeerConnection, offer string, gathered bool) (string, error) {
	description := webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}
	if err := pc.SetRemoteDescription(description); err != nil {
		return "", err
	}
	return describe(pc, func() (webrtc.SessionDescription, error) { return pc.CreateAnswer(nil) }, gathered)
}

func describe(pc *webrtc.PeerConnection, create func() (webrtc.SessionDescription, error), gathered bool) (string, error) {
	complete := webrtc.GatheringCompletePromise(pc)
	created, err := create()
	if err != nil {
		return "", err
	}
	if err := pc.SetLocalDescription(created); err != nil {
		return "", err
	}
	// Always: it panics when it is restarted or closed while it gathers.
	<-complete
	if !gathered {
		return created.SDP, nil
	}
	return pc.LocalDescription().SDP, nil
}

func offers(s scenario) (said []string, err error) {
	offerer, err := connect(s)
	if err != nil {
		return nil, err
	}
	defer offerer.Close()
	answerer, err := connect(s)
	if err != nil {
		return nil, err
	}
	defer answerer.Close()
	for _, r := range s.Rounds {
		if len(r.Turn) > 0 {
			return nil, fmt.Errorf("pion's directions cannot be set")
		}
		for _, section := range r.Add {
			if err := add(offerer, section, s.PlanB); err != nil {
				return nil, err
			}
		}
		for _, at := range r.Stop {
			if err := offerer.GetTransceivers()[at].Stop(); err != nil {
				return nil, err
			}
		}
		for _, at := range r.RemoveTrack {
			if err := offerer.RemoveTrack(offerer.GetTransceivers()[at].Sender()); err != nil {
				return nil, err
			}
		}
		options := &webrtc.OfferOptions{ICERestart: r.Restart}
		create := func() (webrtc.SessionDescription, error) { return offerer.CreateOffer(options) }
		text, err := describe(offerer, create, s.Gathered)
		if err != nil {
			return nil, err
		}
		said = append(said, text)
		answered, err := answer(answerer, withoutKnownCodecs(text, r.Refuse), s.Gathered)
		if err != nil {
			return nil, err
		}
		description := webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answered}
		if err := offerer.SetRemoteDescription(description); err != nil {
			return nil, err
		}
	}
	return said, nil
}

func answers(s scenario, texts []string) (said []string, err error) {
	pc, err := connect(s)
	if err != nil {
		return nil, err
	}
	defer pc.Close()
	for i, text := range texts {
		if i == len(texts)-1 {
			text = withoutKnownCodecs(text, s.Refuse)
		}
		for _, section := range s.Add {
			if i > 0 {
				break
			}
			track, err := newTrack(section, "")
			if err != nil {
				return nil, err
			}
			if _, err := pc.AddTrack(track); err != nil {
				return nil, err
			}
		}
		answered, err := answer(pc, text, s.Gathered)
		if err != nil {
			return nil, err
		}
		said = append(said, answered)
	}
	return said, nil
}

func main() {
	emit(map[string]string{"version": version})
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var r request
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			panic(err)
		}
		var said []string
		var err error
		if r.Offers != nil {
			said, err = answers(r.Scenario, r.Offers)
		} else {
			said, err = offers(r.Scenario)
		}
		if err != nil {
			emit(map[string]string{"error": err.Error()})
		} else {
			emit(map[string][]string{"said": said})
		}
	}
}
