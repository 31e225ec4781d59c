// Makes calls to the API port that never end: each sends nearly all of a message and then waits.
//   node hoard.mjs CA PORT CONNECTIONS CALLS MESSAGE_BYTES
// Prints "settled" when each call was either taken or refused, and "ended" when the gateway has closed every connection.
import fs from 'node:fs';
import http2 from 'node:http2';

const [ca, port, connections, calls, size] = process.argv.slice(2);
const headers = { ':method': 'POST', ':path': '/postern.v1.Access/ListTokens', 'content-type': 'application/grpc', te: 'trailers' };
const message = Buffer.alloc(5 + Number(size) - 64, 0x41);
message[0] = 0;
message.writeUInt32BE(Number(size), 1);

function call(session) {
  return new Promise((settled) => {
    const stream = session.request(headers);
    stream.on('error', settled);
    stream.on('close', settled);
    stream.write(message, settled);
  });
}

const sessions = Array.from({ length: Number(connections) }, () => http2.connect(`https://localhost:${port}`, { ca: fs.readFileSync(ca) }));
const ended = sessions.map((session) => new Promise((done) => session.on('close', done).on('error', done)));
await Promise.all(sessions.flatMap((session) => Array.from({ length: Number(calls) }, () => call(session))));
console.log('settled');
await Promise.all(ended);
console.log('ended');
