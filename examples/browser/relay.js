// Where the relay is: on the server that the page came from.

export async function relay() {
  const { username, password } = await (await fetch('/credentials')).json();
  const url = new URL('/relay', location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  return { url: url.href, username, credential: password };
}
