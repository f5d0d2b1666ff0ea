#include "cpp/sdp/description.h"

namespace rtc::sdp {
namespace {

void writeLine(std::string& out, char type, std::string_view text) {
  out += type;
  out += '=';
  out += text;
  out += "\r\n";
}

size_t lengthOf(const Section& section) {
  size_t length = 0;
  for (const Line& line : section.lines())
    length += line.text().size() + 4;
  return length;
}

void writeSection(std::string& out, const Section& section) {
  for (const Line& line : section.lines())
    writeLine(out, line.type(), line.text());
}

}  // namespace

std::string Section::print() const {
  std::string out;
  out.reserve(lengthOf(*this));
  writeSection(out, *this);
  return out.size() < 4 ? out : out.substr(2, out.size() - 4);
}

const std::string* Section::other(char type) const {
  for (const Line& line : lines_) {
    if (line.type() == type)
      return &line.text();
  }
  return nullptr;
}

void Section::setOther(char type, std::string text) {
  auto firstAttribute = lines_.end();
  for (auto it = lines_.begin(); it != lines_.end(); ++it) {
    if (it->type() == type) {
      *it = Line::other(type, std::move(text));
      return;
    }
    if (it->type() == 'a' && firstAttribute == lines_.end())
      firstAttribute = it;
  }
  lines_.insert(firstAttribute, Line::other(type, std::move(text)));
}

std::string serialize(const SessionDescription& description) {
  std::string out;
  size_t length = 256 + lengthOf(description.session);  // the head, about
  for (const MediaSection& media : description.media)
    length += 128 + lengthOf(media);
  out.reserve(length);
  writeLine(out, 'v', "0");
  const Origin& origin = description.origin;
  writeLine(out, 'o',
            origin.username + " " + origin.sessionId + " " + origin.sessionVersion + " " +
                origin.netType + " " + origin.addressType + " " + origin.address);
  writeLine(out, 's', description.name);
  writeSection(out, description.session);
  for (const MediaSection& media : description.media) {
    std::string line = media.kind + " " + std::to_string(media.port);
    if (media.portCount)
      line += "/" + std::to_string(*media.portCount);
    line += " " + media.protocol;
    for (const std::string& format : media.formats)
      line += " " + format;
    writeLine(out, 'm', line);
    writeSection(out, media);
  }
  return out;
}

}  // namespace rtc::sdp
