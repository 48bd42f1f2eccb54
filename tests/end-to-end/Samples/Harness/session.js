// runs the two front-end methods of the document in one object, and shows what they leave to their reader: handling a message
class FrontEnd {
  constructor(base) {
    this.apiBaseUrl = base;
    this.sessionId = 'session_' + Date.now() + '_sample';
    this.frames = [];
  }
}

globalThis.runFrontEnd = (streamChat, query) => {
  const frontEnd = new FrontEnd(location.origin);
  const parse = JSON.parse;
  JSON.parse = (text) => {
    const data = parse(text);
    frontEnd.frames.push(data);
    return data;
  };
  streamChat.call(frontEnd, query);
  return frontEnd;
};
